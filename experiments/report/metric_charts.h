#pragma once

#include <string>
#include <vector>

#include "experiments/pictures/chart.h"
#include "experiments/runs/run_contents.h"

namespace tengen {

struct ChartGroup {
  std::string title;
  std::vector<Chart> charts;
};

// The curves of a run.
struct RunCharts {
  std::vector<Chart> strength;         // what it is all about: Elo, or returns
  std::vector<ChartGroup> metrics;     // every other number in metrics.jsonl; no group is empty
  std::vector<std::string> flat_zero;  // titles of charts of nothing but 0, which are left out
};

// All charts have points; none where metrics.jsonl has none yet. Numbers that no
// known chart (pictures/chart_catalogue.h) names get one each.
RunCharts ChartsOf(const RunContents& run);

// Mean returns of the policy in evaluations, each seed and their mean. For rl runs.
Chart EvaluationReturns(const RunContents& run);

}  // namespace tengen

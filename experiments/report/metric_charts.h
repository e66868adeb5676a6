#pragma once

#include <string>
#include <vector>

#include "experiments/report/chart.h"
#include "experiments/report/run_contents.h"

namespace tengen {

// The curves of a run.
struct RunCharts {
  std::vector<Chart> strength;         // what it is all about: Elo, or returns
  std::vector<Chart> metrics;          // every other number in metrics.jsonl
  std::vector<std::string> flat_zero;  // names of numbers that were 0 throughout: no curve
};

// All charts have points; none where metrics.jsonl has none yet. Numbers that no chart knows of get
// one each under their own name.
RunCharts ChartsOf(const RunContents& run);

// Mean returns of the policy in evaluations, each seed and their mean. For rl runs.
Chart EvaluationReturns(const RunContents& run);

}  // namespace tengen

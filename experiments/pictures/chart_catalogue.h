#pragma once

#include <vector>

namespace tengen {

// A curve of a chart: a number in the lines of metrics.jsonl and what the legend calls it.
struct KnownLine {
  const char* column;  // "policy_entropy"
  const char* label;   // "" for numbers with a curve per seed
};

enum class ChartScale { kFree, kFromZero, kPercent };

// How a number of metrics.jsonl is shown.
struct KnownChart {
  const char* title;
  const char* y_title;  // quantity and unit
  std::vector<KnownLine> lines;
  ChartScale scale = ChartScale::kFree;
  const char* note = "";
  bool zero_is_none = false;  // 0 says that there was nothing to measure
};

struct KnownChartGroup {
  const char* title;
  std::vector<KnownChart> charts;
};

// Status lines of `tengen train`, see StatusMetrics; not the losses, whose names depend on the
// game.
const std::vector<KnownChartGroup>& StatusCharts();
// Evaluation lines of `tengen rl`, see RlLearner::Metrics.
const std::vector<KnownChartGroup>& EvaluationCharts();

}  // namespace tengen

#pragma once

#include <vector>

namespace tengen {

// A curve of a chart: a number in the lines of metrics.jsonl and what the legend calls it.
struct KnownLine {
  const char* column;  // "policy_entropy"
  const char* label;   // "" for numbers with a curve per seed
};

enum class ChartScale { kFree, kFromZero, kPercent };

// The stretch that a number of metrics.jsonl covers, see StatusMetrics; told by the chart's note.
enum class ChartSpan {
  kUntold,         // a state at its moment, or a count over the whole run: the axis says enough
  kSinceLine,      // mean since the line before it, usually five seconds
  kTenSeconds,     // mean of the ten seconds before
  kTwentySeconds,  // mean of the twenty seconds before, made by RunReader
  kSession,        // since the newest start of the process
};
// "" for kUntold.
const char* SpanNote(ChartSpan span);

// How a number of metrics.jsonl is shown.
struct KnownChart {
  const char* title;
  const char* y_title;  // quantity and unit
  std::vector<KnownLine> lines;
  ChartScale scale = ChartScale::kFree;
  ChartSpan span = ChartSpan::kUntold;
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

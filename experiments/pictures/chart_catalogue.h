#pragma once

#include <vector>

namespace tengen {

// A curve of a chart: a number in the lines of metrics.jsonl and what the legend calls it.
struct KnownLine {
  const char* column;  // "policy_entropy"
  const char* label;   // "" for numbers with a curve per seed
};

enum class ChartScale { kFree, kFromZero, kPercent };
enum class ChartGames { kAll, kOnePlayer, kTwoPlayers };

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

// How a number of metrics.jsonl is shown, on the page of a run and in the window.
struct KnownChart {
  const char* title;
  const char* y_title;  // quantity and unit
  std::vector<KnownLine> lines;
  ChartScale scale = ChartScale::kFree;
  ChartSpan span = ChartSpan::kUntold;
  bool zero_is_none = false;  // 0 says that there was nothing to measure
  ChartGames games = ChartGames::kAll;
  // The window shows as many charts as fit, the smallest places first; 0 = the page alone has it.
  int window_place = 0;
  bool window_log = false;  // the window can draw orders of magnitude
};

struct KnownChartGroup {
  const char* title;
  std::vector<KnownChart> charts;
};

// Strength by matches, and in games of one player by episodes: lines of kind "progress".
const KnownChart& EloChart();
const KnownChart& ReturnChartWhileTraining();
// The losses; the names of their parts depend on the game, so that it has no lines of its own: they
// are the columns that begin with kLossPrefix.
const KnownChart& LossChart();
inline constexpr const char* kLossPrefix = "loss.";

// Status lines of `tengen train`, see StatusMetrics.
const std::vector<KnownChartGroup>& StatusCharts();
// Evaluation lines of `tengen rl`, see RlLearner::Metrics.
const std::vector<KnownChartGroup>& EvaluationCharts();

// All charts of `tengen train` that the window shows for games of so many players, in its order.
std::vector<const KnownChart*> WindowCharts(int num_players);
// Whether a chart is for games of so many players.
bool IsFor(const KnownChart& chart, int num_players);

}  // namespace tengen

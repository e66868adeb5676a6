#include "experiments/pictures/return_chart.h"

#include <utility>

#include "envs/core/check.h"

namespace tengen {

std::vector<ChartLine> WithMean(std::vector<ChartLine> lines) {
  if (lines.size() < 2) return lines;
  ChartLine mean = MeanLine(lines);
  for (ChartLine& line : lines) line.look = LineLook::kThin;
  lines.push_back(std::move(mean));
  return lines;
}

Chart ReturnChart(const SeedReturns& returns, std::int64_t episodes) {
  Chart chart;
  chart.title = "Return of the policy";
  chart.x_axis = ChartAxis::kNumbers;
  chart.x_title = "environment steps";
  chart.y_title = StrCat("mean return of ", episodes, " episodes");
  std::vector<ChartLine> lines;
  for (const auto& [seed, by_step] : returns) {
    ChartLine& line = lines.emplace_back();
    line.label = StrCat("seed ", seed);
    for (const auto& [step, value] : by_step) {
      line.x.push_back(step);
      line.y.push_back(value);
    }
  }
  chart.lines = WithMean(std::move(lines));
  if (returns.size() > 1) chart.note = "Thin: one seed each; thick: their mean.";
  return chart;
}

}  // namespace tengen

#include "experiments/viewer/run/run_curves.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "experiments/pictures/chart_catalogue.h"
#include "experiments/viewer/window/plot.h"

namespace tengen {
namespace {

constexpr float kWidth = 300.0F;  // units, that a plot wants at least
constexpr float kHeight = 150.0F;
constexpr float kGap = 8.0F;  // between plots

struct DrawnChart {
  PlotOptions options;
  std::vector<PlotSeries> series;
};

PlotUnit UnitOf(const KnownChart& chart) {
  if (chart.scale == ChartScale::kPercent) return PlotUnit::kPercent;
  return &chart == &EloChart() ? PlotUnit::kWhole : PlotUnit::kNumber;
}

// The charts of the catalogue over one run, its tables as spans.
class Charts {
 public:
  Charts(const RunSnapshot& snapshot, bool over_steps)
      : snapshot_(snapshot), axis_(over_steps ? "step" : "seconds") {
    const double end = over_steps ? static_cast<double>(snapshot.steps) : snapshot.seconds;
    base_.x_unit = over_steps ? PlotUnit::kWhole : PlotUnit::kTime;
    base_.x_low = 0.0;
    base_.x_high = std::max(1.0, end);
    base_.empty = "nothing yet";
  }

  std::vector<DrawnChart> Make() {
    std::vector<DrawnChart> charts;
    const int players = snapshot_.game != nullptr ? snapshot_.game->spec().num_players : 2;
    for (const KnownChart* known : WindowCharts(players)) charts.push_back(Draw(*known));
    return charts;
  }

 private:
  DrawnChart Draw(const KnownChart& known) {
    DrawnChart chart;
    chart.options = base_;
    chart.options.title = known.title;
    chart.options.y_unit = UnitOf(known);
    chart.options.log_y = known.window_log;
    if (known.scale != ChartScale::kFree && !known.window_log) chart.options.y_low = 0.0;
    if (known.scale == ChartScale::kPercent) chart.options.y_high = 1.0;
    if (&known == &EloChart() || &known == &ReturnChartWhileTraining()) {
      AddStrength(known, chart);
    } else if (&known == &LossChart()) {
      const std::string prefix = kLossPrefix;
      for (const std::string& column : snapshot_.status->Names(prefix)) {
        AddSeries(chart, *snapshot_.status, column, column.substr(prefix.size()));
      }
    } else {
      // A curve alone needs no legend.
      const bool alone = known.lines.size() == 1;
      for (const KnownLine& line : known.lines) {
        AddSeries(chart, *snapshot_.status, line.column, alone ? "" : line.label);
      }
    }
    return chart;
  }

  void AddSeries(DrawnChart& chart, const MetricTable& table, const std::string& column,
                 const std::string& name) {
    const std::span<const double> y = table.Column(column);
    const std::span<const double> x = table.Column(axis_);
    if (y.empty() || x.empty()) return;
    PlotSeries& series = chart.series.emplace_back();
    series.name = name;
    series.colour = PlotColour(chart.series.size() - 1);
    series.x = x;
    series.y = y;
  }

  // Test matches with their intervals, or test episodes: few points, each of them told apart.
  void AddStrength(const KnownChart& known, DrawnChart& chart) {
    chart.options.empty = "no test yet";
    const MetricTable& table = *snapshot_.progress;
    const bool alone = known.lines.size() == 1;
    if (&known != &EloChart()) {
      for (const KnownLine& line : known.lines) {
        AddSeries(chart, table, line.column, alone ? "" : line.label);
      }
      for (PlotSeries& series : chart.series) series.dots = true;
      return;
    }
    // Runs on boards of several sizes (train/progress_by_size.h).
    const std::string prefix = "elo_by_size.";
    for (const std::string& column : table.Names(prefix)) {
      const std::string size = column.substr(prefix.size());
      AddElo(chart, column, size, "_by_size." + size);
    }
    if (chart.series.empty()) AddElo(chart, known.lines.front().column, "", "");
  }

  // With the ends of its interval, whose columns end in `suffix`.
  void AddElo(DrawnChart& chart, const std::string& column, const std::string& name,
              const std::string& suffix) {
    const MetricTable& table = *snapshot_.progress;
    const std::size_t before = chart.series.size();
    AddSeries(chart, table, column, name);
    if (chart.series.size() == before) return;
    chart.series.back().dots = true;
    chart.series.back().low = table.Column("elo_low" + suffix);
    chart.series.back().high = table.Column("elo_high" + suffix);
  }

  const RunSnapshot& snapshot_;
  const std::string axis_;
  PlotOptions base_;
};

}  // namespace

void RunCurves::Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot) {
  std::vector<DrawnChart> charts = Charts(snapshot, over_steps_).Make();
  const float gap = kGap * frame.scale;
  const auto fits = [gap](float room, float one) {
    return std::max(1, static_cast<int>(std::lround((room + gap) / (one + gap))));
  };
  const int columns = std::min(4, fits(box.width, kWidth * frame.scale));
  const int rows = std::min(4, fits(box.height, kHeight * frame.scale));
  const float width = (box.width + gap) / static_cast<float>(columns) - gap;
  const float height = (box.height + gap) / static_cast<float>(rows) - gap;
  std::optional<double> pointed;
  for (int i = 0; i < std::min(columns * rows, static_cast<int>(charts.size())); ++i) {
    DrawnChart& chart = charts[static_cast<std::size_t>(i)];
    const Box place = {box.x + static_cast<float>(i % columns) * (width + gap),
                       box.y + static_cast<float>(i / columns) * (height + gap), width, height};
    chart.options.pointed = pointed_;
    const PlotAnswer answer = DrawPlot(frame, place, chart.options, chart.series);
    if (answer.hovered_x) pointed = answer.hovered_x;
    if (frame.places != nullptr) (*frame.places)["plot " + chart.options.title] = place;
  }
  pointed_ = pointed;
}

}  // namespace tengen

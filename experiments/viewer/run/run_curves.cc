#include "experiments/viewer/run/run_curves.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "experiments/viewer/window/plot.h"

namespace tengen {
namespace {

constexpr float kWidth = 300.0F;  // units, that a plot wants at least
constexpr float kHeight = 150.0F;
constexpr float kGap = 8.0F;

struct Curve {
  const char* column;
  const char* name;
};

struct Chart {
  PlotOptions options;
  std::vector<PlotSeries> series;
};

// Charts over one run, its tables as spans.
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

  std::vector<Chart> Make() {
    const bool alone = snapshot_.game != nullptr && snapshot_.game->spec().num_players == 1;
    alone ? AddReturns() : AddElo();
    AddLosses();
    if (alone) Add("Return of self-play", PlotUnit::kNumber, {{"mean_return", ""}});
    Add("Policy entropy, nats", PlotUnit::kNumber, {{"policy_entropy", ""}});
    if (!alone) {
      Add("Results of self-play", PlotUnit::kPercent,
          {{"first_player_win_share", "first player wins"}, {"draw_share", "draws"}})
          .options.y_high = 1.0;
    }
    Add("Games a second", PlotUnit::kNumber, {{"games_per_s", ""}}).options.y_low = 0.0;
    Add("Evaluations a second", PlotUnit::kWhole, {{"evaluations_per_s", ""}}).options.y_low = 0.0;
    Add(alone ? "Episode length, steps" : "Game length, moves", PlotUnit::kNumber,
        {{"mean_plies", ""}});
    Add("Batch fill", PlotUnit::kPercent, {{"batch_fill", ""}}).options.y_high = 1.0;
    Add("Positions", PlotUnit::kWhole, {{"positions", "played"}, {"buffer_positions", "kept"}});
    Add("Learner steps a second", PlotUnit::kNumber, {{"steps_per_s", ""}}).options.y_low = 0.0;
    Add("Games that wait for the learner", PlotUnit::kWhole, {{"queued_games", ""}}).options.y_low =
        0.0;
    Add("Gradient norm", PlotUnit::kNumber, {{"grad_norm", ""}}).options.log_y = true;
    return std::move(charts_);
  }

 private:
  Chart& Add(const char* title, PlotUnit unit, std::initializer_list<Curve> curves) {
    Chart& chart = charts_.emplace_back();
    chart.options = base_;
    chart.options.title = title;
    chart.options.y_unit = unit;
    if (unit == PlotUnit::kPercent) chart.options.y_low = 0.0;
    for (const Curve& curve : curves) {
      AddSeries(chart, *snapshot_.status, curve.column, curve.name);
    }
    return chart;
  }

  void AddSeries(Chart& chart, const MetricTable& table, const std::string& column,
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

  void AddLosses() {
    Chart& chart = Add("Loss", PlotUnit::kNumber, {});
    chart.options.log_y = true;
    for (const std::string& column : snapshot_.status->Names("loss.")) {
      AddSeries(chart, *snapshot_.status, column, column.substr(column.find('.') + 1));
    }
  }

  void AddElo() {
    Chart& chart = Add("Elo, random play = 0", PlotUnit::kWhole, {});
    chart.options.empty = "no test match yet";
    const MetricTable& table = *snapshot_.progress;
    AddSeries(chart, table, "elo", "");
    if (chart.series.empty()) return;
    chart.series[0].dots = true;
    chart.series[0].low = table.Column("elo_low");
    chart.series[0].high = table.Column("elo_high");
  }

  void AddReturns() {
    Chart& chart = Add("Return of test episodes", PlotUnit::kNumber, {});
    chart.options.empty = "no test yet";
    AddSeries(chart, *snapshot_.progress, "policy_return", "policy");
    AddSeries(chart, *snapshot_.progress, "search_return", "with search");
    for (PlotSeries& series : chart.series) series.dots = true;
  }

  const RunSnapshot& snapshot_;
  const std::string axis_;
  PlotOptions base_;
  std::vector<Chart> charts_;
};

}  // namespace

void RunCurves::Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot) {
  std::vector<Chart> charts = Charts(snapshot, over_steps_).Make();
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
    Chart& chart = charts[static_cast<std::size_t>(i)];
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

#include "experiments/report/metric_charts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include "experiments/pictures/chart_catalogue.h"
#include "experiments/pictures/return_chart.h"

namespace tengen {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Chart Emptied(const KnownChart& known, ChartAxis axis, const char* x_title) {
  Chart chart;
  chart.title = known.title;
  chart.y_title = known.y_title;
  chart.x_axis = axis;
  chart.x_title = x_title;
  chart.from_zero = known.scale == ChartScale::kFromZero;
  chart.percent = known.scale == ChartScale::kPercent;
  chart.note = SpanNote(known.span);
  return chart;
}

// All of a run's charts over time end with its training, so that they can be laid side by side.
Chart OverTime(const KnownChart& known, const RunSnapshot& run) {
  Chart chart = Emptied(known, ChartAxis::kSeconds, "training time");
  chart.x_end = run.seconds;
  return chart;
}

ChartLine LineOf(const MetricTable& table, const std::string& column, std::string label) {
  const std::span<const double> x = table.seconds();
  const std::span<const double> y = table.Column(column);
  ChartLine line;
  line.label = std::move(label);
  if (y.empty()) return line;
  line.x.assign(x.begin(), x.end());
  line.y.assign(y.begin(), y.end());
  return line;
}

bool IsFlatZero(const ChartLine& line) {
  return std::all_of(line.y.begin(), line.y.end(), [](double y) { return !(std::fabs(y) > 0.0); });
}

// "skipped_steps" as people read it.
std::string Words(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  if (!name.empty()) name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  return name;
}

// Takes a chart into the newest group.
void AddChart(Chart chart, RunCharts& out) {
  if (!HasPoints(chart)) return;
  if (std::all_of(chart.lines.begin(), chart.lines.end(), IsFlatZero)) {
    out.flat_zero.push_back(chart.title);
    return;
  }
  int colour = 0;
  for (ChartLine& line : chart.lines) {
    if (line.look != LineLook::kThin) line.colour = colour++;
  }
  out.metrics.back().charts.push_back(std::move(chart));
}

void BeginGroup(const char* title, RunCharts& out) {
  if (!out.metrics.empty() && out.metrics.back().charts.empty()) out.metrics.pop_back();
  out.metrics.push_back({title, {}});
}

void AddLosses(const RunSnapshot& run, std::set<std::string>& shown, RunCharts& out) {
  const std::string prefix = kLossPrefix;
  std::vector<std::string> columns = run.status->Names(prefix);
  std::stable_partition(columns.begin(), columns.end(),
                        [&](const std::string& name) { return name == prefix + "total"; });
  Chart chart = OverTime(LossChart(), run);
  for (const std::string& column : columns) {
    shown.insert(column);
    chart.lines.push_back(LineOf(*run.status, column, column.substr(prefix.size())));
  }
  AddChart(std::move(chart), out);
}

Chart StatusChart(const KnownChart& known, const RunSnapshot& run) {
  Chart chart = OverTime(known, run);
  for (const auto& [column, label] : known.lines) {
    if (run.status->Column(column).empty()) continue;
    std::vector<double>& y = chart.lines.emplace_back(LineOf(*run.status, column, label)).y;
    if (known.zero_is_none) std::replace(y.begin(), y.end(), 0.0, kNone);
  }
  return chart;
}

void AddStatusCharts(const RunSnapshot& run, RunCharts& out) {
  const int players = run.game != nullptr ? run.game->spec().num_players : 2;
  std::set<std::string> shown;
  for (const KnownChartGroup& group : StatusCharts()) {
    const bool first = out.metrics.empty();
    BeginGroup(group.title, out);
    if (first) AddLosses(run, shown, out);
    for (const KnownChart& known : group.charts) {
      for (const KnownLine& line : known.lines) shown.insert(line.column);
      if (IsFor(known, players)) AddChart(StatusChart(known, run), out);
    }
  }
  BeginGroup("Other numbers", out);
  for (const std::string& column : run.status->Names("")) {
    if (shown.count(column) > 0) continue;
    const std::string words = Words(column);
    AddChart(StatusChart({words.c_str(), column.c_str(), {{column.c_str(), column.c_str()}}}, run),
             out);
  }
}

Chart EloOf(const RunSnapshot& run) {
  Chart chart = OverTime(EloChart(), run);
  chart.note = "Band: 95 % interval of each match.";
  // Runs on boards of several sizes (train/progress_by_size.h).
  const std::string prefix = "elo_by_size.";
  for (const std::string& column : run.progress->Names(prefix)) {
    const std::string size = column.substr(prefix.size());
    ChartLine& line = chart.lines.emplace_back(LineOf(*run.progress, column, size));
    line.colour = static_cast<int>(chart.lines.size() - 1);
    line.low = LineOf(*run.progress, "elo_low_by_size." + size, "").y;
    line.high = LineOf(*run.progress, "elo_high_by_size." + size, "").y;
  }
  if (!chart.lines.empty()) return chart;
  ChartLine line;
  line.label = EloChart().lines.front().label;
  for (const ProgressRow& row : run.matches) {
    if (row.opponent.empty()) continue;
    line.x.push_back(row.seconds);
    line.y.push_back(row.elo);
    line.low.push_back(row.elo_low);
    line.high.push_back(row.elo_high);
  }
  chart.lines.push_back(std::move(line));
  return chart;
}

Chart ReturnsOf(const RunSnapshot& run) {
  Chart chart = OverTime(ReturnChartWhileTraining(), run);
  for (const auto& [column, label] : ReturnChartWhileTraining().lines) {
    chart.lines.push_back(LineOf(*run.progress, column, label));
    chart.lines.back().colour = static_cast<int>(chart.lines.size()) - 1;
  }
  return chart;
}

// One line a seed of a number in the evaluations, and their mean.
std::vector<ChartLine> SeedLines(const RunContents& run, const std::string& name) {
  std::vector<ChartLine> lines;
  for (const auto& [seed, seed_lines] : run.rl) {
    ChartLine line;
    line.label = StrCat("seed ", seed);
    for (const auto& [step, evaluation] : seed_lines.evaluations) {
      line.x.push_back(static_cast<double>(step));
      line.y.push_back(NumberField(evaluation, name.c_str(), kNone));
    }
    if (!line.x.empty()) lines.push_back(std::move(line));
  }
  return WithMean(std::move(lines));
}

void AddEvaluationCharts(const RunContents& run, RunCharts& out) {
  std::set<std::string> left;
  for (const auto& [seed, lines] : run.rl) {
    for (const auto& [step, evaluation] : lines.evaluations) {
      for (const auto& [name, value] : evaluation.items()) {
        if (value.is_number()) left.insert(name);
      }
    }
  }
  for (const char* name : {"seed", "env_steps", "return"}) left.erase(name);
  const auto add = [&](const KnownChart& known, const std::string& name) {
    if (left.erase(name) == 0) return;
    Chart chart = Emptied(known, ChartAxis::kNumbers, "environment steps");
    chart.lines = SeedLines(run, name);
    AddChart(std::move(chart), out);
  };
  for (const KnownChartGroup& group : EvaluationCharts()) {
    BeginGroup(group.title, out);
    for (const KnownChart& known : group.charts) add(known, known.lines.front().column);
  }
  BeginGroup("Other numbers", out);
  for (const std::string& name : std::set<std::string>(left)) {
    const std::string words = Words(name);
    add({words.c_str(), name.c_str(), {}}, name);
  }
}

}  // namespace

Chart EvaluationReturns(const RunContents& run) {
  std::map<std::uint64_t, std::map<double, double>> returns;
  for (const auto& [seed, lines] : run.rl) {
    for (const auto& [step, evaluation] : lines.evaluations) {
      returns[seed][static_cast<double>(step)] = NumberField(evaluation, "return", kNone);
    }
  }
  const std::int64_t episodes = WholeField(run.config, "evaluation_episodes", 0);
  return ReturnChart(returns, episodes);
}

RunCharts ChartsOf(const RunContents& run) {
  RunCharts out;
  std::vector<Chart> strength;
  if (run.zero != nullptr) {
    strength = {EloOf(*run.zero), ReturnsOf(*run.zero)};
    AddStatusCharts(*run.zero, out);
  } else {
    strength = {EvaluationReturns(run)};
    AddEvaluationCharts(run, out);
  }
  if (!out.metrics.empty() && out.metrics.back().charts.empty()) out.metrics.pop_back();
  for (Chart& chart : strength) {
    if (HasPoints(chart)) out.strength.push_back(std::move(chart));
  }
  return out;
}

}  // namespace tengen

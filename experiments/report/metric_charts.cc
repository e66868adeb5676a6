#include "experiments/report/metric_charts.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include "experiments/rl/return_chart.h"

namespace tengen {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kSinceStart = "Mean over all games since the newest start of the process.";

struct KnownLine {
  const char* column;
  const char* label;
};

struct KnownChart {
  const char* title;
  const char* y_title;
  std::vector<KnownLine> lines;
  enum class Scale { kFree, kFromZero, kPercent } scale = Scale::kFree;
  const char* note = "";
  bool zero_is_none = false;  // no step was made
};

using Scale = KnownChart::Scale;

// Status lines of `tengen train`, see StatusMetrics. "loss.*" comes first, on its own.
const std::vector<KnownChart>& StatusCharts() {
  static const std::vector<KnownChart> charts = {
      {"Policy entropy", "nats", {{"policy_entropy", "search policy"}}, Scale::kFree, kSinceStart},
      {"Gradient norm",
       "L2 norm before clipping",
       {{"grad_norm", "mean"}},
       Scale::kFromZero,
       "",
       true},
      {"Learning rate", "step size of the optimiser", {{"lr", "rate"}}, Scale::kFromZero, "", true},
      {"Evaluation speed",
       "positions per second",
       {{"evaluations_per_s", "network"}},
       Scale::kFromZero},
      {"Games per second", "games per second", {{"games_per_s", "self-play"}}, Scale::kFromZero},
      {"Learner steps per second",
       "steps per second",
       {{"steps_per_s", "learner"}},
       Scale::kFromZero},
      {"Batch fill",
       "share of the slots of a batch",
       {{"batch_fill", "used"}},
       Scale::kPercent,
       kSinceStart},
      {"Game length", "plies", {{"mean_plies", "mean"}}, Scale::kFromZero, kSinceStart},
      {"Results of self-play",
       "share of the games",
       {{"first_player_win_share", "first player wins"}, {"draw_share", "draws"}},
       Scale::kPercent,
       kSinceStart},
      {"Return of self-play",
       "undiscounted return of the first player",
       {{"mean_return", "mean"}},
       Scale::kFree,
       kSinceStart},
      {"Positions",
       "training positions",
       {{"positions", "played"}, {"buffer_positions", "in the window"}},
       Scale::kFromZero},
      {"Games",
       "finished games",
       {{"games", "stored"}, {"queued_games", "waiting"}},
       Scale::kFromZero},
      {"Learner steps",
       "steps",
       {{"step", "made"}, {"network_step", "of the network in self-play"}},
       Scale::kFromZero},
      {"Simulator calls",
       "moves applied",
       {{"simulator_calls", "search and play"}},
       Scale::kFromZero,
       "Since the newest start of the process."},
      {"Resignations",
       "games",
       {{"resigned_games", "resigned"}, {"played_on_games", "played on"}},
       Scale::kFromZero,
       "Since the newest start of the process."},
      {"False resignations",
       "share of the would-be resignations",
       {{"false_resignation_rate", "would not have lost"}},
       Scale::kPercent},
      {"Skipped steps", "steps", {{"skipped_steps", "not finite"}}, Scale::kFromZero},
  };
  return charts;
}

// Numbers of the lines of `tengen rl`, see RlLearner::Metrics.
const std::vector<KnownChart>& EvaluationCharts() {
  static const std::vector<KnownChart> charts = {
      {"Return of training episodes", "mean of the newest 100", {{"training_return", ""}}},
      {"Policy loss", "loss", {{"policy_loss", ""}}},
      {"Value loss", "loss", {{"value_loss", ""}}},
      {"Q loss", "loss", {{"q_loss", ""}}},
      {"Loss", "loss", {{"loss", ""}}},
      {"Mean Q value", "discounted return", {{"q", ""}}},
      {"Entropy", "nats", {{"entropy", ""}}},
      {"Approximate KL divergence", "nats between old and new policy", {{"approx_kl", ""}}},
      {"Clipped share", "share of the samples", {{"clip_fraction", ""}}, Scale::kPercent},
      {"Exploration", "epsilon, share of random actions", {{"epsilon", ""}}, Scale::kPercent},
      {"Temperature", "alpha", {{"alpha", ""}}},
      {"Gradient norm", "L2 norm before clipping", {{"grad_norm", ""}}, Scale::kFromZero},
      {"Learning rate", "step size of the optimiser", {{"lr", ""}}, Scale::kFromZero},
      {"Updates", "gradient steps", {{"updates", ""}}, Scale::kFromZero},
      {"Training time", "seconds", {{"seconds", ""}}, Scale::kFromZero},
  };
  return charts;
}

Chart Emptied(const KnownChart& known, ChartAxis axis, const char* x_title) {
  Chart chart;
  chart.title = known.title;
  chart.y_title = known.y_title;
  chart.x_axis = axis;
  chart.x_title = x_title;
  chart.from_zero = known.scale == Scale::kFromZero;
  chart.percent = known.scale == Scale::kPercent;
  chart.note = known.note;
  return chart;
}

Chart OverTime(const KnownChart& known) {
  return Emptied(known, ChartAxis::kSeconds, "training time");
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

void AddChart(Chart chart, RunCharts& out) {
  if (!HasPoints(chart)) return;
  if (std::all_of(chart.lines.begin(), chart.lines.end(), IsFlatZero)) {
    out.flat_zero.push_back(chart.title);
    return;
  }
  int colour = 0;
  for (ChartLine& line : chart.lines) {
    if (line.look != LineLook::kThin && chart.lines.size() <= 6) line.colour = colour++;
  }
  out.metrics.push_back(std::move(chart));
}

void AddLosses(const MetricTable& status, std::set<std::string>& shown, RunCharts& out) {
  std::vector<std::string> columns = status.Names("loss.");
  std::stable_partition(columns.begin(), columns.end(),
                        [](const std::string& name) { return name == "loss.total"; });
  Chart chart = OverTime({"Loss", "weighted sum and its parts", {}, Scale::kFromZero});
  for (const std::string& column : columns) {
    shown.insert(column);
    chart.lines.push_back(LineOf(status, column, column.substr(5)));
  }
  AddChart(std::move(chart), out);
}

void AddStatusCharts(const RunSnapshot& run, RunCharts& out) {
  const MetricTable& status = *run.status;
  const bool alone = run.game != nullptr && run.game->spec().num_players == 1;
  std::set<std::string> shown;
  AddLosses(status, shown, out);
  for (const KnownChart& known : StatusCharts()) {
    Chart chart = OverTime(known);
    for (const auto& [column, label] : known.lines) {
      shown.insert(column);
      if (status.Column(column).empty()) continue;
      chart.lines.push_back(LineOf(status, column, label));
      if (known.zero_is_none)
        std::replace(chart.lines.back().y.begin(), chart.lines.back().y.end(), 0.0, kNone);
    }
    const std::string first = known.lines.front().column;
    if (alone && first == "first_player_win_share") continue;
    AddChart(std::move(chart), out);
  }
  for (const std::string& column : status.Names("")) {
    if (shown.count(column) > 0) continue;
    const std::string words = Words(column);
    Chart chart = OverTime({words.c_str(), column.c_str(), {}});
    chart.lines.push_back(LineOf(status, column, column));
    AddChart(std::move(chart), out);
  }
}

Chart EloChart(const RunSnapshot& run) {
  Chart chart = OverTime({"Elo against fixed opponents", "Elo, random play = 0", {}});
  chart.note = "Band: 95 % interval of each match.";
  ChartLine line;
  line.label = "Elo";
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

Chart ReturnsWhileTraining(const RunSnapshot& run) {
  Chart chart = OverTime({"Return", "mean undiscounted return", {}});
  chart.lines.push_back(LineOf(*run.progress, "search_return", "with search"));
  chart.lines.push_back(LineOf(*run.progress, "policy_return", "policy alone"));
  chart.lines.back().colour = 1;
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
  for (const KnownChart& known : EvaluationCharts()) add(known, known.lines.front().column);
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
  const int episodes = static_cast<int>(NumberField(run.config, "evaluation_episodes", 0.0));
  return ReturnChart(returns, episodes);
}

RunCharts ChartsOf(const RunContents& run) {
  RunCharts out;
  std::vector<Chart> strength;
  if (run.zero != nullptr) {
    strength = {EloChart(*run.zero), ReturnsWhileTraining(*run.zero)};
    AddStatusCharts(*run.zero, out);
  } else {
    strength = {EvaluationReturns(run)};
    AddEvaluationCharts(run, out);
  }
  for (Chart& chart : strength) {
    if (HasPoints(chart)) out.strength.push_back(std::move(chart));
  }
  return out;
}

}  // namespace tengen

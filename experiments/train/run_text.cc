#include "experiments/train/run_text.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "experiments/config/budget.h"
#include "experiments/config/shell_word.h"
#include "experiments/config/version.h"
#include "experiments/players/agent_spec.h"

namespace tengen {
namespace {

constexpr double kRateStretch_s = 10.0;
constexpr double kRateInterval_s = 0.5;

double Rounded(double value) { return std::round(value * 1e6) / 1e6; }

int Threads(const TrainConfig& config) {
  if (config.deterministic) return 1;
  if (config.threads > 0) return config.threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

// Parameters of the trunk, which are nearly all of them.
double ApproximateParameters(const NetConfig& net) {
  return 18.0 * net.channels * net.channels * net.blocks;
}

// "go:size=9, rules ko=simple or ko=positional, komi 7 or 6.5", without repetitions.
std::string GamesText(const SelfPlayConfig& config) {
  const auto list = [](const auto& values, const char* between) {
    std::string text;
    for (auto it = values.begin(); it != values.end(); ++it) {
      if (std::find(values.begin(), it, *it) != it) continue;
      text += StrCat(text.empty() ? "" : between, *it);
    }
    return text;
  };
  std::string text = list(config.games, " ");
  if (!config.rules.empty()) text += ", rules " + list(config.rules, " or ");
  if (!config.komi.empty()) text += ", komi " + list(config.komi, " or ");
  return text;
}

}  // namespace

nlohmann::json SessionStartMetrics(const TrainConfig& config, bool resumed, std::int64_t step) {
  return {{"kind", "session"},
          {"resumed", resumed},
          {"step", step},
          {"budget", config.budget},
          {"threads", Threads(config)},
          {"device", config.device},
          {"processor", ProcessorName()},
          {"version", kVersion},
          {"commit", kCommit}};
}

nlohmann::json ProgressMetrics(const ProgressPoint& point, double seconds) {
  return {{"kind", "progress"},
          {"seconds", Rounded(seconds)},
          {"step", point.step},
          {"opponent", point.opponent},
          {"games", point.games},
          {"points", point.points},
          {"elo", Rounded(point.elo.value)},
          {"elo_low", Rounded(point.elo.low)},
          {"elo_high", Rounded(point.elo.high)}};
}

nlohmann::json ProgressMetrics(const ReturnPoint& point, double seconds) {
  return {{"kind", "progress"},
          {"seconds", Rounded(seconds)},
          {"step", point.step},
          {"episodes", point.episodes},
          {"policy_return", Rounded(point.policy_return)},
          {"search_return", Rounded(point.search_return)}};
}

void LossMeans::Add(const StepMetrics& metrics) {
  if (metrics.skipped) {
    ++skipped_;
    return;
  }
  if (count_ == 0) means_.clear();
  ++count_;
  const auto add = [this](const std::string& name, double value) {
    const auto it = std::find_if(means_.begin(), means_.end(),
                                 [&name](const auto& mean) { return mean.first == name; });
    if (it == means_.end()) {
      means_.emplace_back(name, value);
    } else {
      it->second += (value - it->second) / count_;
    }
  };
  add("total", metrics.loss);
  for (const auto& [name, value] : metrics.parts) add(name, value);
  grad_norm_ += (metrics.grad_norm - grad_norm_) / count_;
  lr_ = metrics.lr;
}

void LossMeans::Clear() {
  count_ = 0;
  grad_norm_ = 0.0;
}

nlohmann::json StatusMetrics(const RunStatus& s, const SelfPlayStats& since,
                             std::int64_t buffer_positions, const LossMeans& losses) {
  nlohmann::json loss = nlohmann::json::object();
  for (const auto& [name, value] : losses.means()) loss[name] = Rounded(value);
  nlohmann::json line = {{"kind", "status"},
                         {"seconds", Rounded(s.seconds)},
                         {"games", s.games},
                         {"positions", s.positions},
                         {"step", s.steps},
                         {"network_step", s.network_step},
                         {"buffer_positions", buffer_positions},
                         {"evaluations_per_s", Rounded(s.evaluations_per_s)},
                         {"queued_games", s.queued_games},
                         {"loss", std::move(loss)},
                         {"lr", losses.lr()},
                         {"skipped_steps", losses.skipped()},
                         {"simulator_calls", s.selfplay.simulator_calls},
                         {"resigned_games", s.selfplay.resigned},
                         {"played_on_games", s.selfplay.played_on},
                         {"false_resignation_rate", Rounded(s.selfplay.false_resignation_rate())},
                         {"idle", WhyIdle(s)}};
  if (losses.grad_norm() > 0.0) line["grad_norm"] = Rounded(losses.grad_norm());
  if (since.batch_slots > 0) line["batch_fill"] = Rounded(since.batch_fill());
  if (since.positions > 0) line["policy_entropy"] = Rounded(since.mean_policy_entropy());
  if (since.games > 0) {
    line["mean_plies"] = Rounded(since.mean_plies());
    line["mean_return"] = Rounded(since.mean_return());
    line["first_player_win_share"] = Rounded(since.first_win_share());
    line["draw_share"] =
        Rounded(static_cast<double>(since.draws) / static_cast<double>(since.games));
  }
  return line;
}

void RateMeter::Update(double count, double now_s) {
  if (!points_.empty() && now_s - points_.back().first < kRateInterval_s) return;
  points_.emplace_back(now_s, count);
  while (points_.size() > 2 && points_[1].first < now_s - kRateStretch_s) {
    points_.erase(points_.begin());
  }
  const double seconds = now_s - points_.front().first;
  if (seconds > 0.0) rate_ = (count - points_.front().second) / seconds;
}

std::map<std::string, std::string> NetworkFacts(const TrainConfig& config, std::int64_t games,
                                                std::int64_t positions) {
  return {{"run", config.name},
          {"games", GamesText(config.selfplay)},
          {"seed", std::to_string(config.seed)},
          {"selfplay_games", std::to_string(games)},
          {"selfplay_positions", std::to_string(positions)},
          {"tengen", StrCat(kVersion, " ", kCommit)}};
}

std::string RunOutlook(const TrainConfig& config, const Game& game,
                       const std::filesystem::path& folder, bool resumes, std::int64_t step) {
  const int threads = Threads(config);
  const double tree_mb = static_cast<double>(Mcts::BytesFor(config.selfplay.mcts, game.spec())) /
                         1e6 * config.selfplay.parallel_games * threads;
  const double parameters = ApproximateParameters(config.net);
  const double buffer_mb = static_cast<double>(config.learner.window.minimum) * 4.0 * 400.0 / 1e6;
  const double memory_mb = 350.0 + tree_mb + config.cache_mb + buffer_mb + parameters * 80.0 / 1e6;
  std::string text = StrCat(
      resumes ? StrCat("Resuming ", config.name, " at step ", step) : "Training " + config.name,
      " in ", folder.string(), "\n  game     ", GamesText(config.selfplay));
  text += StrCat("\n  network  ", config.net.blocks, " blocks of ", config.net.channels,
                 " channels, about ", CountText(parameters), " parameters\n  budget   ",
                 Budget::Parse(config.budget)->Text(), " on ", threads,
                 threads == 1 ? " self-play thread" : " self-play threads", " and a learner (",
                 config.device, ")\n  memory   up to about ", CountText(memory_mb),
                 " MB; disk about 1 MB a minute\n");
  if (!config.expectation.empty()) text += "  expect   " + config.expectation + "\n";
  return text + "  Ctrl-C   stops and saves; the same command goes on from there";
}

std::string RunSummary(const RunStatus& s, const std::filesystem::path& folder,
                       const GameSpec& game) {
  // Words that can be pasted into a shell.
  const auto agent = [&folder](const char* options) {
    return ShellWord(StrCat("run:", AgentWord(folder.string()), options));
  };
  const std::string head =
      StrCat(s.budget_used >= 1.0 ? "Done: " : "Stopped: ", s.games, " games, ", s.positions,
             " positions and ", s.steps, " learner steps in ", DurationText(s.seconds), ".\n");
  if (game.num_players == 1) {
    return StrCat(head, "  returns of policy and search:  ./tengen episodes ", agent(",visits=0"),
                  " ", agent(",visits=50"), " --game ", ShellWord(game.name),
                  "\n  its untrained self beside it:  ./tengen episodes ", agent("@0,visits=50"),
                  " --game ", ShellWord(game.name));
  }
  return StrCat(head, "  play it against pure search:  ./tengen match ", agent(""),
                " mcts:200 --game ", ShellWord(game.id),
                "\n  against its untrained self:   ./tengen match ", agent(""), " ", agent("@0"),
                " --game ", ShellWord(game.id));
}

std::string ProcessorName() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace tengen

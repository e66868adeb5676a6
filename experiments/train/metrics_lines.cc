#include "experiments/train/metrics_lines.h"

#include <cmath>
#include <ctime>

#include <nlohmann/json.hpp>

#include "experiments/config/processor.h"
#include "experiments/config/version.h"
#include "experiments/train/self_play_driver.h"

namespace tengen {
namespace {

// Six digits behind the point: lines stay short, and no chart shows more.
double Rounded(double value) { return std::round(value * 1e6) / 1e6; }

}  // namespace

nlohmann::json SessionStartMetrics(const TrainConfig& config, Precision used, bool resumed,
                                   std::int64_t step) {
  return {{"kind", "session"},
          {"resumed", resumed},
          {"step", step},
          {"budget", config.budget},
          {"threads", SelfPlayThreadCount(config)},
          {"device", config.device},
          {"selfplay_device", SelfPlayDeviceName(config)},
          {"precision", config.precision},
          {"precision_used", used == Precision::kBfloat16 ? "bf16" : "fp32"},
          {"processor", ProcessorName()},
          {"version", kVersion},
          {"commit", kCommit},
          {"unix_s", static_cast<std::int64_t>(std::time(nullptr))}};
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
                         {"evaluations", s.evaluations},
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

}  // namespace tengen

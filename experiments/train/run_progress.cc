#include "experiments/train/run_progress.h"

#include <utility>

#include <spdlog/fmt/fmt.h>

#include "agents/zero/self_play_game.h"
#include "experiments/train/metrics_lines.h"

namespace tengen {

RunProgress::RunProgress(const TrainConfig& config, std::shared_ptr<const Game> game)
    : config_(config.progress),
      game_(std::move(game)),
      matches_(GameIds(config.selfplay), config.progress, config.seed) {}

void RunProgress::Resume(const RunState& state,
                         const std::function<std::vector<nlohmann::json>()>& metrics) {
  matches_.SetLastElo(state.last_elo);
  if (matches_.sizes() > 1) matches_.Resume(metrics());
}

bool RunProgress::Due(std::int64_t step, const RunState& state, double seconds) const {
  return (alone() || matches_.ready()) && config_.share > 0.0 && state.published_step > 0 &&
         step != last_step_ && seconds >= config_.first_s &&
         state.evaluation_s <= config_.share * seconds;
}

std::optional<RunProgress::Look> RunProgress::Play(const std::shared_ptr<Evaluator>& evaluator,
                                                   std::int64_t step, RunState& state,
                                                   const std::function<double()>& seconds,
                                                   const std::atomic<bool>& stop) {
  const double begin_s = seconds();
  std::optional<Look> look = alone() ? PlayAlone(evaluator, state, seconds, stop)
                                     : PlayMatches(evaluator, state, seconds, stop);
  last_step_ = step;
  state.evaluation_s += seconds() - begin_s;
  return look;
}

std::optional<RunProgress::Look> RunProgress::PlayAlone(const std::shared_ptr<Evaluator>& evaluator,
                                                        const RunState& state,
                                                        const std::function<double()>& seconds,
                                                        const std::atomic<bool>& stop) {
  const ReturnPoint point = MeasureReturns(game_, config_, evaluator, state.published_step, stop);
  if (point.episodes == 0) return std::nullopt;
  returns_ = point;
  return Look{ProgressMetrics(point, seconds()),
              {fmt::format("step {}: mean return {:.1f} without search, {:.1f} with it", point.step,
                           point.policy_return, point.search_return)}};
}

std::optional<RunProgress::Look> RunProgress::PlayMatches(
    const std::shared_ptr<Evaluator>& evaluator, RunState& state,
    const std::function<double()>& seconds, const std::atomic<bool>& stop) {
  const std::vector<SizePoint> points =
      matches_.Play(evaluator, state.published_step, /*threads=*/1, stop);
  if (points.empty()) return std::nullopt;
  elo_ = points.front().point.elo;
  state.last_elo = elo_->value;
  Look look;
  look.metrics = ProgressMetrics(points, seconds());
  for (const auto& [size, point] : points) {
    look.text.push_back(fmt::format(
        "step {}, {}: {} of {} against {}, Elo {:.0f} ({:.0f} to {:.0f})", point.step, size,
        point.points, point.games, point.opponent, point.elo.value, point.elo.low, point.elo.high));
  }
  return look;
}

}  // namespace tengen

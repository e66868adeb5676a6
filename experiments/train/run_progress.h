#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "envs/core/game.h"
#include "experiments/config/train_config.h"
#include "experiments/statistics/interval.h"
#include "experiments/train/progress.h"
#include "experiments/train/progress_by_size.h"
#include "experiments/train/run_state.h"

namespace tengen {

// Looks at how strong a run's network is while it trains, within config.progress's share of the
// time: matches against anchors, or episodes where one plays alone. Not thread-safe.
class RunProgress {
 public:
  // `game`: the first of the run's.
  RunProgress(const TrainConfig& config, std::shared_ptr<const Game> game);

  // Takes up where an earlier session stopped. `metrics`: the lines of metrics.jsonl, asked for
  // where there are several sizes of boards.
  void Resume(const RunState& state, const std::function<std::vector<nlohmann::json>()>& metrics);

  // Whether it is time for a look. `step`: the learner's.
  bool Due(std::int64_t step, const RunState& state, double seconds) const;

  struct Look {
    nlohmann::json metrics;         // for metrics.jsonl
    std::vector<std::string> text;  // for the log
  };
  // Plays the network of state.published_step. The time goes into state.evaluation_s, a rating into
  // state.last_elo. `seconds`: of the run, at the moment. None when `stop` came before anything was
  // known.
  std::optional<Look> Play(const std::shared_ptr<Evaluator>& evaluator, std::int64_t step,
                           RunState& state, const std::function<double()>& seconds,
                           const std::atomic<bool>& stop);

  // Of the newest look of this session.
  const std::optional<Interval>& elo() const { return elo_; }
  const std::optional<ReturnPoint>& returns() const { return returns_; }

 private:
  bool alone() const { return game_->spec().num_players == 1; }
  std::optional<Look> PlayAlone(const std::shared_ptr<Evaluator>& evaluator, const RunState& state,
                                const std::function<double()>& seconds,
                                const std::atomic<bool>& stop);
  std::optional<Look> PlayMatches(const std::shared_ptr<Evaluator>& evaluator, RunState& state,
                                  const std::function<double()>& seconds,
                                  const std::atomic<bool>& stop);

  const ProgressConfig config_;
  const std::shared_ptr<const Game> game_;
  ProgressBySize matches_;
  std::optional<Interval> elo_;
  std::optional<ReturnPoint> returns_;
  std::int64_t last_step_ = -1;
};

}  // namespace tengen

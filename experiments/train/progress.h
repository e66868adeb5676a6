#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "envs/core/game.h"
#include "experiments/config/train_config.h"
#include "experiments/players/anchors.h"
#include "experiments/statistics/interval.h"
#include "search/evaluator.h"

namespace tengen {

// One look at how strong a network is.
struct ProgressPoint {
  std::int64_t step = 0;
  std::string opponent;
  int games = 0;
  double points = 0.0;
  Interval elo;  // random = 0; with the anchors' own errors where those are known (AnchorList)
};

// The same in a game of one player: mean undiscounted returns over ProgressConfig::games episodes.
struct ReturnPoint {
  std::int64_t step = 0;
  int episodes = 0;
  double policy_return = 0.0;  // without search
  double search_return = 0.0;  // with ProgressConfig::visits
};

// Episodes of a network in training, from start positions that self-play's seeds do not name.
// REQUIRES: one player. `stop` ends it early; episodes is 0 then.
ReturnPoint MeasureReturns(const std::shared_ptr<const Game>& game, const ProgressConfig& config,
                           std::shared_ptr<Evaluator> evaluator, std::int64_t step,
                           const std::atomic<bool>& stop);

// Plays a network in training against pure search, each time against the anchor nearest to the last
// rating, so that few games tell most. Not thread-safe.
class ProgressMatches {
 public:
  // Plays `game`; without measured anchors for it no Elo can be told and ready() is false.
  ProgressMatches(std::shared_ptr<const Game> game, const ProgressConfig& config,
                  std::uint64_t seed);

  bool ready() const;
  // Takes up where an earlier session stopped.
  void SetLastElo(double elo) { last_elo_ = elo; }

  // REQUIRES: ready(). `stop` ends it early; games is 0 then.
  ProgressPoint Play(std::shared_ptr<Evaluator> evaluator, std::int64_t step, int threads,
                     const std::atomic<bool>& stop);

 private:
  // Index of the anchor to play.
  std::size_t Nearest() const;

  const std::shared_ptr<const Game> game_;
  const ProgressConfig config_;
  const std::uint64_t seed_;
  const AnchorList anchors_;
  double last_elo_ = 0.0;
};

}  // namespace tengen

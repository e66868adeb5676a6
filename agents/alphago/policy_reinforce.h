#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "agents/alphago/reinforce_decisions.h"
#include "envs/go/go_game.h"
#include "nets/device.h"
#include "nets/losses.h"
#include "nets/model.h"
#include "nets/optimizer.h"
#include "nets/precision.h"
#include "nets/step_metrics.h"
#include "search/evaluator.h"

// REINFORCE for a policy network (Silver et al. 2016, "Methods: Policy network: reinforcement
// learning"): games to the end against an earlier self, and then a step along
//
//   1 / games * sum over games and the learner's moves in them of (z - b) * d log P(move) / d w
//
// with z = +1 for a game that the learner won, -1 for one it lost, 0 for a draw, a baseline b of
// the game or of the position before the move, and P over the moves that were drawn from,
// PlayableMoves (policy_games.h).

namespace tengen {

// The optimizer of REINFORCE: Adam without weight decay, which would pull the policy to nothing in
// particular.
OptimizerConfig ReinforceOptimizer();

struct PolicyReinforceConfig {
  int games = 32;       // of a batch; the learner takes either colour in turn
  int pool_every = 50;  // batches until the learner as it stands joins the pool; the paper has 500
  ReinforceBaseline baseline = ReinforceBaseline::kMeanOfRest;
  // Positions that go through the network at once when it learns, for memory; on the CPU each
  // such part is one thread's. 0 = as suits the device.
  int part_positions = 0;
  Precision precision = Precision::kAuto;  // of the trunks, of who plays and of who learns
  OptimizerConfig optimizer = ReinforceOptimizer();
  std::uint64_t seed = 1;
};

// -sum_i w_i log softmax(logits_i over allowed moves)_{a_i}: what a step makes smaller. logits
// [N,A], forbidden [N,A] 1 where a move was not drawn from, else 0, move [N] int64, weight [N].
at::Tensor ReinforceLoss(const at::Tensor& logits, const at::Tensor& forbidden,
                         const at::Tensor& move, const at::Tensor& weight);

// The learner and its pool, which begins with what it is at the start. Each batch is played against
// one self of the pool, as in the paper. BatchNorm keeps the statistics of the start, in games and
// in gradients, so that P is the policy that played. Improved by a Trainer without averaging. Not
// thread-safe.
class PolicyReinforcer {
 public:
  // `threads` play, and share the parts of a batch when it learns. `value` is for a baseline
  // kValue. REQUIRES: `start` plays `game`; `value` is not null with kValue.
  PolicyReinforcer(std::shared_ptr<const GoGame> game, const ModelSnapshot& start,
                   const PolicyReinforceConfig& config, Device device = Device::kCpu,
                   int threads = 1, std::shared_ptr<Evaluator> value = nullptr);
  ~PolicyReinforcer();

  struct Batch {
    double z = 0.0;  // the learner's mean
    int positions = 0;
    double play_s = 0.0;  // on the clock
    double learn_s = 0.0;
    StepMetrics metrics;
  };
  // Plays a batch and learns from it. Batch k plays the games k * games, k * games + 1, ...; on
  // one thread it is a function of learner, pool and k. Throws WorldError, see Trainer::Step.
  Batch Step();
  // One update by these games, without playing.
  StepMetrics Learn(std::span<const ReinforceGame> games);

  std::int64_t batches() const;
  // The network as it stands; its step is batches().
  ModelSnapshot Publish() const;
  // Earlier selves, the start first: pool()[i] is what it was after i * pool_every batches.
  const std::vector<ModelSnapshot>& pool() const;

  // Weights and optimizer. With them, the pool and the count of batches a run goes on with the same
  // numbers. Errors: a tensor missing, another size; a pool of another length.
  NamedTensors State() const;
  Status Load(const NamedTensors& state, std::vector<ModelSnapshot> pool, std::int64_t batches);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Games of two networks, as many of each colour, moves drawn, no search; the first one is the
// learner. Game numbers begin with 0 in a stream of `seed` of their own.
std::vector<ReinforceGame> PlayNetworkGames(const GoGame& game, const ModelSnapshot& learner,
                                            const ModelSnapshot& opponent, int games,
                                            std::uint64_t seed, Device device, int threads);

}  // namespace tengen

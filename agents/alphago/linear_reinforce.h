#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "agents/alphago/linear_policy.h"
#include "agents/alphago/linear_rollout.h"
#include "agents/alphago/reinforce_game.h"
#include "envs/core/rng.h"

// REINFORCE for a linear policy (Williams 1992; Silver et al. 2016, "Methods: Policy network:
// reinforcement learning"): games to the end against earlier selves, and then for every move of the
// learner
//
//   w += rate / games * (z - b) * d log P(move) / d w
//
// with z = +1 for a game that the learner won, -1 for one it lost, 0 for a draw, and a baseline b.

namespace tengen {

struct LinearReinforceConfig {
  int games = 32;  // of a batch; the learner takes either colour in turn
  float rate = 0.5F;
  int pool_every = 50;  // batches until the learner as it stands joins the pool
  ReinforceBaseline baseline = ReinforceBaseline::kMeanOfRest;
  std::uint64_t seed = 1;
};

// Draws every move from the policies.
ReinforceGame PlayReinforceGame(const GoGame& game, LinearRolloutPolicy& learner,
                                LinearRolloutPolicy& opponent, Player learner_plays, Rng& rng);

// Adds weight * sum of d log P(move) / d w over the learner's moves on the board. REQUIRES: the
// moves are those of a game between policies.
void AddGameGradient(const LinearPolicy& policy, const GoGame& game, const ReinforceGame& played,
                     float weight, std::vector<float>& sum);

// One update by the games of a batch, see above; the same on any number of threads.
// REQUIRES: games is not empty, threads > 0.
void Reinforce(LinearPolicy& policy, const GoGame& game, std::span<const ReinforceGame> games,
               float rate, ReinforceBaseline baseline, int threads = 1);

// The learner and its pool, which begins with what it is at the start.
class LinearReinforcer {
 public:
  // `pool` are the earlier selves so far (in a run that goes on), the start first; none: `policy`.
  // `batches` have been learnt from. REQUIRES: all have the features of `policy`.
  LinearReinforcer(std::shared_ptr<const GoGame> game, LinearPolicy policy,
                   const LinearReinforceConfig& config, std::vector<LinearPolicy> pool = {},
                   std::int64_t batches = 0);

  // Plays a batch, each game against one of the pool, and learns from it. Returns the learner's
  // mean z. The same batch number of the same policy and pool has the same games, on any number of
  // threads.
  double Step(int threads = 1);

  const LinearPolicy& policy() const { return policy_; }
  const std::vector<LinearPolicy>& pool() const { return pool_; }
  std::int64_t batches() const { return batches_; }

 private:
  const std::shared_ptr<const GoGame> game_;
  const LinearReinforceConfig config_;
  LinearPolicy policy_;
  std::vector<LinearPolicy> pool_;
  std::vector<std::shared_ptr<const LinearFactors>> opponents_;  // those of the pool
  std::int64_t batches_;
};

// Points of `policy` (1 a win, 1/2 a draw) in games against `opponent` with both colours in turn,
// moves drawn, no search.
double PlayLinearMatch(const GoGame& game, const LinearPolicy& policy, const LinearPolicy& opponent,
                       int games, std::uint64_t seed);

}  // namespace tengen

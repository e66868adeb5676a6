#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "agents/alphago/reinforce_game.h"
#include "envs/go/go_game.h"
#include "search/evaluator.h"

namespace tengen {

// A decision of the learner in a finished game: those with a choice, whose move has a gradient.
struct ReinforceDecision {
  std::size_t game = 0;  // of the batch
  int ply = 0;           // from 0; moves[ply] is its move, the position is the one before
};

// In the order of the games and their plies. REQUIRES: the games are those of policies
// (policy_games.h).
std::vector<ReinforceDecision> LearnerDecisions(const GoGame& game,
                                                std::span<const ReinforceGame> games);

// z - v(s) of each decision (Silver et al. 2016, "Methods: Policy network: reinforcement learning",
// second pass): v is the evaluator's value of the position before the move. The learner is to move
// there, so that v and z are both its view. Threads share the positions; with several the evaluator
// must be thread-safe. REQUIRES: the decisions are of these games.
std::vector<float> AdvantagesOverValue(const GoGame& game, std::span<const ReinforceGame> games,
                                       std::span<const ReinforceDecision> decisions,
                                       Evaluator& value, int threads = 1);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agents/alphago/policy_games.h"
#include "agents/records/game_record.h"

// Self-play for the value network (Silver et al. 2016, "Methods: Value network: regression"). The
// positions of one game have one result in common, and a network that sees many of them learns the
// games by heart. So each game gives one position:
//
//   U        uniform from 1, ..., most_plies (the paper: 450 on 19x19)
//   moves 1 to U - 1    drawn from the supervised policy
//   move U              uniform among the legal points
//   moves U + 1 to the end    drawn from the policy after REINFORCE
//
// The position is the one before move U + 1, its target the result from the view of the player to
// move there.

namespace tengen {

struct ValueGamePolicies {
  Evaluator& supervised;
  Evaluator& reinforced;
};

// The longest U for a board: 5/4 of its points, as in the paper.
int MostValuePlies(const BoardShape& shape);

// Plays games of the range's numbers and gives those that have a position, in the order of their
// numbers: none has a game that ended before it, or in which no point was legal at move U.
// Records have one sample, at ply U counted from 0; nobody searched, so its policy is the move.
// Threads as for PlayPolicyGames. REQUIRES: most_plies > 0.
std::vector<GameRecord> PlayValueGames(const GoGame& game, const ValueGamePolicies& policies,
                                       const GameRange& range, int most_plies, int threads = 1);

}  // namespace tengen

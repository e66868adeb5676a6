#pragma once

#include <span>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"

namespace tengen {

// What REINFORCE measures results from (Williams 1992).
enum class ReinforceBaseline {
  kNone,        // b = 0: the paper's first pass
  kMeanOfRest,  // the mean z of the other games of the batch: less noise, no bias
  kValue        // v(s) of a value network at each decision: the paper's second pass
};

// "none", "mean", "value".
const char* NameOf(ReinforceBaseline baseline);
// Errors: no such name.
Result<ReinforceBaseline> ReinforceBaselineByName(const std::string& name);

// A finished game of two policies, of which one learns.
struct ReinforceGame {
  std::vector<Action> moves;
  Player learner = Player::kFirst;
  float z = 0.0F;  // result, view of the learner: +1 it won, 0 a draw, -1 it lost
};

// z - b of each game of a batch. A batch of one game has no rest, so that b = 0. REQUIRES: not
// kValue, whose b is another one at each position.
std::vector<float> Advantages(std::span<const ReinforceGame> games, ReinforceBaseline baseline);

// The learner's points: 1 a win, 1/2 a draw.
double LearnerPoints(std::span<const ReinforceGame> games);

}  // namespace tengen

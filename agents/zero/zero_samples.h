#pragma once

#include <array>
#include <span>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/symmetry.h"
#include "nets/encoder.h"
#include "nets/short_term.h"

namespace tengen {

// Where the input and targets of one training position go: rows of a batch. All of it is from the
// view of the player to move, and turned by the sample's symmetry. A actions, P points.
struct ZeroRow {
  std::span<float> planes;     // as InputEncoder::Encode
  std::span<float> globals;    // as InputEncoder::Encode
  std::span<float> policy;     // [A] the search's policy
  std::span<float> outcome;    // [3] probabilities of win, draw, loss; one player: 0
  float* value = nullptr;      // expected return; two players: P(win) - P(loss)
  float* score = nullptr;      // final score in points
  std::span<float> ownership;  // [P] final owner: 1 mover, -1 other, 0 neither
  float* area_weight =
      nullptr;  // 1 if the game was counted, else 0 (score and ownership are 0 then)
  // Of the auxiliary heads; empty spans are left alone.
  std::span<float> short_term = {};    // [3] as ShortTermTarget
  std::span<float> reply_policy = {};  // [A] the search's policy at the next ply; no target: zeros
  std::span<float> short_term_score = {};  // [3] as ShortTermScoreTarget; not counted: zeros
};

// What the value of a position is trained towards.
struct ValueTargetConfig {
  double root_value_share = 0.0;  // two players
  int td_plies = 20;              // one player; at least 1
};

// Two players: probabilities of win, draw, loss for the player to move at `ply`,
//   (1 - s) * one-hot of the game's result + s * ((1 + v) / 2, 0, (1 - v) / 2),
// s = root_value_share, v = root value of the search.
std::array<float, 3> OutcomeTarget(const GameRecord& record, int ply, Player mover,
                                   double root_value_share);

// Two players: the values of the searches from `ply` on and at last the game's result, averaged
// with weights that fall from ply to ply, for the player to move at `ply` (KataGo,
// docs/KataGoMethods.md, "Short-term Value and Score Targets"):
//
//   s(n) = result of a game of n plies,   s(t) = f v(t) + (1 - f) s(t+1),   f = 1 / (1 + c A),
//
// A = the board's points, v(t) = root value at ply t, c = 0.176, 0.056, 0.016 (far to near): 1 / f
// is about how many plies it looks ahead, 64, 21 and 7 on 19x19, 15, 6 and 2 on 9x9. Plies that
// were not searched have no weight.
std::array<float, kShortTermHorizons> ShortTermTarget(const GameRecord& record, int ply,
                                                      Player mover, int points);

// The same of scores in points, for the player to move at `ply`: the game's final score at last,
// before it the evaluator's raw scores. Deviation: KataGo takes the search's mean scores, which
// records do not hold. REQUIRES: the game was counted.
std::array<float, kShortTermHorizons> ShortTermScoreTarget(const GameRecord& record, int ply,
                                                           Player mover, int points);

// One player: the n-step return of MuZero (Schrittwieser et al. 2020, Methods,
// "Training"), from the rewards r of the rules and the root values v of the searches,
//   r(t) + g r(t+1) + ... + g^(k-1) r(t+k-1) + g^k v(t+k),   g the discount,
// k = td_plies, or less where the game ended before: one that the rules ended has nothing behind
// its last reward; one that was cut off bootstraps from the last ply that was searched.
// `state` is the position at t = `ply`.
double ReturnTarget(const State& state, const GameRecord& record, int ply, int td_plies);

// Writes the sample at `ply`, whose position is `state`.
// REQUIRES: record.plies[ply].sample, the spans have the sizes above.
void FillZeroRow(const InputEncoder& encoder, const State& state, const GameRecord& record, int ply,
                 Symmetry symmetry, const ValueTargetConfig& targets, const ZeroRow& row);

}  // namespace tengen

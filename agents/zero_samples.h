#pragma once

#include <span>
#include <vector>

#include "agents/game_record.h"
#include "envs/core/symmetry.h"
#include "nets/encoder.h"

namespace tengen {

// Where the input and targets of one training position go: rows of a batch. All of it is from the
// view of the player to move, and turned by the sample's symmetry. A actions, P points.
struct ZeroRow {
  std::span<float> planes;     // as InputEncoder::Encode
  std::span<float> globals;    // as InputEncoder::Encode
  std::span<float> policy;     // [A] the search's policy
  std::span<float> outcome;    // [3] probabilities of win, draw, loss
  float* score = nullptr;      // final score in points
  std::span<float> ownership;  // [P] final owner: 1 mover, -1 other, 0 neither
  float* area_weight =
      nullptr;  // 1 if the game was counted, else 0 (score and ownership are 0 then)
};

// Writes the sample at `ply`, whose position is `state`.
//   outcome = (1 - root_value_share) * one-hot of the game's result
//           + root_value_share * ((1 + v) / 2, 0, (1 - v) / 2),  v = root_value of the search.
// REQUIRES: record.plies[ply].sample, two players, the spans have the sizes above.
void FillZeroRow(const InputEncoder& encoder, const State& state, const GameRecord& record, int ply,
                 Symmetry symmetry, double root_value_share, const ZeroRow& row);

}  // namespace tengen

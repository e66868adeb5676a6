#pragma once

#include <span>

#include "nets/katago_file.h"

namespace tengen {

// What a network says of one position, in natural units, view of the player to move. Scores count
// as 0 where the game ends without result.
struct KataGoValues {
  double win = 0.0;
  double loss = 0.0;
  double no_result = 0.0;
  double score_mean = 0.0;         // final score of self-play, points
  double score_mean_square = 0.0;  // mean of its square
  double lead = 0.0;               // points that would make the game even
  double variance_time = -1.0;     // turns until the value is known; -1 before version 9
  double value_error = -1.0;       // short-term, of win - loss; -1 before version 9
  double score_error = -1.0;       // short-term, points; -1 before version 9
};

// Whether games can end without result (simple ko or territory scoring) under the rules.
enum class NoResult { kImpossible, kPossible };

// outcome: logits of win, loss, no result. scores: as many as the version has. Probabilities by
// softmax, the deviation and the errors by softplus, everything times the network's scales.
KataGoValues ScaleKataGoValues(int version, const KataGoScales& scales,
                               std::span<const double, 3> outcome, std::span<const double> scores,
                               NoResult no_result);

}  // namespace tengen

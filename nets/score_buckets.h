#pragma once

#include <cmath>

namespace tengen {

// The distribution of final scores has a bucket for each whole number of points from -R to R, in
// this order: R is 2 score_scale, the points of the board that the network was made for
// (ModelConfigFor; of several, the first), and a margin for komi. Scores beyond count as the last.
inline int ScoreReach(float score_scale) {
  constexpr int kKomiMargin = 20;
  return static_cast<int>(std::lround(2.0F * score_scale)) + kKomiMargin;
}
inline int ScoreBuckets(float score_scale) { return 2 * ScoreReach(score_scale) + 1; }

}  // namespace tengen

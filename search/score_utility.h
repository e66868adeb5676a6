#pragma once

namespace tengen {

// Worth of winning by more, in games with a score (KataGo, dynamic score utility: factor 0.3 and
// scale 0.75 when it plays):
//
//   u(s) = factor * 2 / pi * atan((s - center) / (0.75 sqrt(points of the board)))
//
// added to every value of a search; s and center are in points, from the same player's view. With
// the score expected at the root as center, what counts is points won or lost from here on.
// Deviations: the score is a number, not a distribution, and the center is not drawn towards 0, and
// is kept as long as the tree, where KataGo takes that of each new root.
double ScoreUtility(double factor, double score, double center, int points);

}  // namespace tengen

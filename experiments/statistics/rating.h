#pragma once

#include <vector>

namespace tengen {

// Games between two players of a rating list: points won by `a` out of n.
struct PairScore {
  int a = 0;
  int b = 0;
  double points_a = 0.0;
  int games = 0;
};

struct Rating {
  double elo = 0.0;
  double half_width = 0.0;  // of the 95 % interval; 0 for fixed players
};

// Maximum-likelihood ratings under the logistic (Bradley-Terry) model. Players with fixed[i] keep
// elo[i]; at least one must be fixed, and every other must be linked to one by games. Each pair of
// players that met gets one extra drawn game, so that clean sweeps stay finite.
std::vector<Rating> FitRatings(const std::vector<double>& elo, const std::vector<bool>& fixed,
                               const std::vector<PairScore>& scores);

}  // namespace tengen

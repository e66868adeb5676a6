#pragma once

#include <string>
#include <vector>

namespace tengen {

// A number with its 95 % interval.
struct Interval {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

// Wilson's score interval (Wilson 1927) for a mean of n outcomes in [0, 1]; a draw counts one half.
// With draws it is a little too wide, never too narrow. n = 0 gives [0, 1].
Interval WilsonInterval(double points, double n);

// Elo difference that expects this score: -400 log10(1 / score - 1); +-1200 at most, so that a
// clean sweep stays printable.
double EloFromScore(double score);
// Expected score of a player who is `difference` Elo better.
double ScoreFromElo(double difference);

// Elo difference of a match with its interval, from WilsonInterval.
Interval EloInterval(double points, int n);

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

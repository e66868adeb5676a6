#pragma once

#include <array>
#include <cstdint>

#include "experiments/statistics/interval.h"

namespace tengen {

// Results of colour-swapped pairs of games, in the view of one player. The two games of a pair
// share an opening and are not independent, so intervals and tests count pairs, not games.
struct Pentanomial {
  // Pairs in which the player got 0, 1/2, 1, 3/2 and 2 points.
  std::array<std::int64_t, 5> counts = {};

  // Points of a pair, times two. REQUIRES: 0 to 4.
  void Add(int half_points) { ++counts[static_cast<std::size_t>(half_points)]; }

  std::int64_t pairs() const;
  // Mean points of a game, in [0, 1]. REQUIRES: pairs() > 0.
  double mean() const;
  // Variance of a pair's points per game. REQUIRES: pairs() > 0.
  double variance() const;
};

// How many independent games tell as much as these pairs: games / d with the design effect (Kish,
// "Survey Sampling", 1965, 8.2)
//
//   d = variance of a pair's score / variance if its games were independent, m (1 - m) / 2.
//
// kPriorPairs pairs with d = 1 are mixed in, so that d is 1 for a clean sweep and above 0 for
// nothing but pairs split one to one. 0 without pairs.
double EffectiveGames(const Pentanomial& pairs);
inline constexpr double kPriorPairs = 2.0;

// 95 % interval of the mean score: Wilson's (interval.h) for EffectiveGames. [0, 1] without pairs.
Interval ScoreInterval(const Pentanomial& pairs);

// The same as a difference of Elo, see EloFromScore.
Interval EloInterval(const Pentanomial& pairs);

}  // namespace tengen

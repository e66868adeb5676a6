#pragma once

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

}  // namespace tengen

#include "experiments/statistics/pentanomial.h"

#include <numeric>

#include "envs/core/check.h"

namespace tengen {
namespace {

// Of the mean of two independent games that are won with probability m.
double VarianceOfTwo(double m) { return m * (1.0 - m) / 2.0; }

}  // namespace

std::int64_t Pentanomial::pairs() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

double Pentanomial::mean() const {
  TENGEN_CHECK(pairs() > 0, "no pairs");
  double sum = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) sum += 0.25 * static_cast<double>(i * counts[i]);
  return sum / static_cast<double>(pairs());
}

double Pentanomial::variance() const {
  const double m = mean();
  double sum = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double distance = 0.25 * static_cast<double>(i) - m;
    sum += static_cast<double>(counts[i]) * distance * distance;
  }
  return sum / static_cast<double>(pairs());
}

double EffectiveGames(const Pentanomial& pairs) {
  const auto n = static_cast<double>(pairs.pairs());
  if (n == 0.0) return 0.0;
  const double m = pairs.mean();
  // Away from 0 and 1, where two variances of 0 have no ratio.
  const double prior = kPriorPairs * VarianceOfTwo((2.0 * n * m + 1.0) / (2.0 * n + 2.0));
  const double effect = (n * pairs.variance() + prior) / (n * VarianceOfTwo(m) + prior);
  return 2.0 * n / effect;
}

Interval ScoreInterval(const Pentanomial& pairs) {
  if (pairs.pairs() == 0) return {0.5, 0.0, 1.0};
  const double games = EffectiveGames(pairs);
  return WilsonInterval(pairs.mean() * games, games);
}

Interval EloInterval(const Pentanomial& pairs) {
  const Interval score = ScoreInterval(pairs);
  return {EloFromScore(score.value), EloFromScore(score.low), EloFromScore(score.high)};
}

}  // namespace tengen

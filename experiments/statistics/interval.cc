#include "experiments/statistics/interval.h"

#include <algorithm>
#include <cmath>

namespace tengen {
namespace {

constexpr double kZ95 = 1.959964;
constexpr double kLargestElo = 1200.0;
const double kEloToLog = std::log(10.0) / 400.0;

}  // namespace

Interval WilsonInterval(double points, double n) {
  if (n <= 0.0) return {0.5, 0.0, 1.0};
  const double p = points / n;
  const double z2 = kZ95 * kZ95;
  const double centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
  const double half = kZ95 / (1.0 + z2 / n) * std::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
  return {p, std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double EloFromScore(double score) {
  if (score <= 0.0) return -kLargestElo;
  if (score >= 1.0) return kLargestElo;
  return std::clamp(-400.0 * std::log10(1.0 / score - 1.0), -kLargestElo, kLargestElo);
}

double ScoreFromElo(double difference) { return 1.0 / (1.0 + std::exp(-difference * kEloToLog)); }

Interval EloInterval(double points, int n) {
  const Interval score = WilsonInterval(points, n);
  return {EloFromScore(score.value), EloFromScore(score.low), EloFromScore(score.high)};
}

}  // namespace tengen

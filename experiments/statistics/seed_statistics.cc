#include "experiments/statistics/seed_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double StudentT975(int degrees) {
  TENGEN_CHECK(degrees > 0, degrees, " degrees of freedom");
  constexpr double kTable[] = {12.70620, 4.30265, 3.18245, 2.77645, 2.57058,
                               2.44691,  2.36462, 2.30600, 2.26216, 2.22814};
  if (degrees <= static_cast<int>(std::size(kTable))) return kTable[degrees - 1];
  // Abramowitz and Stegun, 26.7.5; for fewer degrees its terms do not shrink.
  const double z = 1.959964;
  const double v = degrees;
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  return z + (z3 + z) / (4.0 * v) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v) +
         (3.0 * z5 * z * z + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v * v * v);
}

Interval MeanInterval(std::span<const double> values) {
  TENGEN_CHECK(!values.empty(), "the mean of no runs");
  const double mean = Mean(values);
  const int degrees = static_cast<int>(values.size()) - 1;
  if (degrees == 0) {
    constexpr double kUnbounded = std::numeric_limits<double>::infinity();
    return {mean, -kUnbounded, kUnbounded};
  }
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double error = std::sqrt(squares / degrees / static_cast<double>(values.size()));
  const double half = StudentT975(degrees) * error;
  return {mean, mean - half, mean + half};
}

double InterquartileMean(std::span<const double> values) {
  TENGEN_CHECK(!values.empty(), "the mean of no runs");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t cut = sorted.size() / 4;
  return Mean(std::span(sorted).subspan(cut, sorted.size() - 2 * cut));
}

}  // namespace tengen

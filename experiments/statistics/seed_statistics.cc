#include "experiments/statistics/seed_statistics.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/rng.h"

namespace tengen {
namespace {

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

Interval BootstrapMean(std::span<const double> values) {
  TENGEN_CHECK(!values.empty(), "the mean of no runs");
  constexpr std::size_t kResamples = 10000;
  Rng rng(1, RngRole::kEvaluation);
  std::vector<double> means;
  for (std::size_t i = 0; i < kResamples; ++i) {
    double sum = 0.0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      sum += values[rng.Below(static_cast<std::uint32_t>(values.size()))];
    }
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::sort(means.begin(), means.end());
  return {Mean(values), means[kResamples / 40], means[kResamples - 1 - kResamples / 40]};
}

double InterquartileMean(std::span<const double> values) {
  TENGEN_CHECK(!values.empty(), "the mean of no runs");
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t cut = sorted.size() / 4;
  return Mean(std::span(sorted).subspan(cut, sorted.size() - 2 * cut));
}

}  // namespace tengen

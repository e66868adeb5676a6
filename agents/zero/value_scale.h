#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace tengen {

// Moving mean and deviation of value targets, in whose units a value head learns, so that no task's
// rewards need a scale by hand: the adaptive targets of Pop-Art (van Hasselt et al. 2016, "Learning
// values across many orders of magnitude", section 2.1, equation 3). Deviation from it: the head's
// weights are not rescaled as the moments move (their "pop"), since these move slowly.
class ValueScale {
 public:
  // Of the newest batch in the moments; the first batches count alike.
  static constexpr double kRate = 0.002;
  static constexpr double kLeastDeviation = 1e-3;

  struct Moments {
    std::int64_t batches = 0;
    double mean = 0.0;
    double mean_square = 1.0;
  };

  ValueScale() = default;
  explicit ValueScale(const Moments& moments) : moments_(moments) {}

  // REQUIRES: !targets.empty().
  void Add(std::span<const float> targets) {
    double sum = 0.0, square = 0.0;
    for (const float target : targets) {
      sum += static_cast<double>(target);
      square += static_cast<double>(target) * static_cast<double>(target);
    }
    const auto n = static_cast<double>(targets.size());
    const double rate = std::max(kRate, 1.0 / static_cast<double>(++moments_.batches));
    moments_.mean += rate * (sum / n - moments_.mean);
    moments_.mean_square += rate * (square / n - moments_.mean_square);
  }

  // 0 and 1 before the first batch.
  double mean() const { return moments_.mean; }
  double deviation() const {
    return std::sqrt(std::max(moments_.mean_square - moments_.mean * moments_.mean,
                              kLeastDeviation * kLeastDeviation));
  }
  const Moments& moments() const { return moments_; }

 private:
  Moments moments_;
};

}  // namespace tengen

#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tengen {

// Mean and variance of everything seen so far, per component, updated by one sample at a time
// (Welford 1962). Starts as if epsilon samples with mean 0 and variance 1 had been seen, as
// Gymnasium's RunningMeanStd, so that early values are not divided by almost nothing.
class RunningMoments {
 public:
  explicit RunningMoments(int size, double epsilon = 1e-4)
      : count_(epsilon),
        mean_(static_cast<std::size_t>(size), 0.0),
        squares_(static_cast<std::size_t>(size), epsilon) {}

  // REQUIRES: sample has size() numbers.
  void Add(std::span<const float> sample) {
    count_ += 1.0;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const double delta = static_cast<double>(sample[i]) - mean_[i];
      mean_[i] += delta / count_;
      squares_[i] += delta * (static_cast<double>(sample[i]) - mean_[i]);
    }
  }

  std::size_t size() const { return mean_.size(); }
  double count() const { return count_; }
  double mean(std::size_t i) const { return mean_[i]; }
  double variance(std::size_t i) const { return squares_[i] / count_; }

 private:
  double count_;
  std::vector<double> mean_;
  std::vector<double> squares_;  // sum of squared deviations
};

}  // namespace tengen

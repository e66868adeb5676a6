#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nets/trainer.h"

namespace tengen {

// Means of the learner's metrics since the last Clear. Not thread-safe.
class LossMeans {
 public:
  // Skipped steps are counted and otherwise left out; so are those whose numbers were not read.
  void Add(const StepMetrics& metrics);
  void Clear();
  // By name: total, then the parts. The last means again after Clear, until the next Add.
  const std::vector<std::pair<std::string, double>>& means() const { return means_; }
  double grad_norm() const { return grad_norm_; }  // 0 after Clear
  double lr() const { return lr_; }                // of the newest step
  int skipped() const { return skipped_; }         // ever, whatever was cleared

 private:
  std::vector<std::pair<std::string, double>> means_;
  double grad_norm_ = 0.0;
  double lr_ = 0.0;
  int count_ = 0;
  int skipped_ = 0;
};

}  // namespace tengen

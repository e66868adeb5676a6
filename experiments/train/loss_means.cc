#include "experiments/train/loss_means.h"

#include <algorithm>

namespace tengen {

void LossMeans::Add(const StepMetrics& metrics) {
  skipped_ += metrics.skipped;
  const int made = metrics.read - metrics.skipped;
  if (made <= 0) return;
  if (count_ == 0) means_.clear();
  count_ += made;
  const auto add = [this, made](const std::string& name, double value) {
    const auto it = std::find_if(means_.begin(), means_.end(),
                                 [&name](const auto& mean) { return mean.first == name; });
    if (it == means_.end()) {
      means_.emplace_back(name, value);
    } else {
      it->second += (value - it->second) * made / count_;
    }
  };
  add("total", metrics.loss);
  for (const auto& [name, value] : metrics.parts) add(name, value);
  grad_norm_ += (metrics.grad_norm - grad_norm_) * made / count_;
  lr_ = metrics.lr;
}

void LossMeans::Clear() {
  count_ = 0;
  grad_norm_ = 0.0;
}

}  // namespace tengen

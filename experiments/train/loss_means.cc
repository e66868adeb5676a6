#include "experiments/train/loss_means.h"

#include <algorithm>

namespace tengen {

void LossMeans::Add(const StepMetrics& metrics) {
  if (metrics.skipped) {
    ++skipped_;
    return;
  }
  if (count_ == 0) means_.clear();
  ++count_;
  const auto add = [this](const std::string& name, double value) {
    const auto it = std::find_if(means_.begin(), means_.end(),
                                 [&name](const auto& mean) { return mean.first == name; });
    if (it == means_.end()) {
      means_.emplace_back(name, value);
    } else {
      it->second += (value - it->second) / count_;
    }
  };
  add("total", metrics.loss);
  for (const auto& [name, value] : metrics.parts) add(name, value);
  grad_norm_ += (metrics.grad_norm - grad_norm_) / count_;
  lr_ = metrics.lr;
}

void LossMeans::Clear() {
  count_ = 0;
  grad_norm_ = 0.0;
}

}  // namespace tengen

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/losses.h"

namespace tengen {

// What an update came to, as the host knows it. Where the trainer reads only every k-th update,
// the numbers of that one are means over the k, and the others tell nothing.
struct StepMetrics {
  std::int64_t step = 0;  // updates made, this one included
  int read = 1;           // updates that the numbers below cover; 0: nothing was read
  int skipped = 0;        // of these: loss or gradient not finite, nothing was changed
  double loss = 0.0;
  std::vector<std::pair<std::string, double>> parts;
  double grad_norm = 0.0;  // before clipping
  double lr = 0.0;
};

// Numbers of updates that are still on the device. Not thread-safe.
class UnreadMetrics {
 public:
  void Add(const Loss& loss, const at::Tensor& grad_norm);
  int count() const { return static_cast<int>(updates_.size()); }
  // Copies all of them to the host at once and forgets them: means over the updates that were
  // finite, each part over those that had it. Fills read, skipped, loss, parts, grad_norm.
  StepMetrics Read();

 private:
  struct Numbers {
    std::vector<std::string> names;  // of the parts
    at::Tensor values;               // [2 + parts] loss, gradient norm, parts; float64
  };
  std::vector<Numbers> updates_;
};

// The same of one loss without a gradient.
StepMetrics MetricsOf(const Loss& loss);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "nets/safetensors.h"

namespace tengen {

// What a network draws while it trains, such as the units that dropout leaves out. Its own, and not
// LibTorch's global generator, so that a run resumes with the same numbers whatever else draws.
// Not thread-safe.
class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed);
  ~RandomStream();

  // x with each number set to 0 with probability p, the others times 1 / (1 - p), so that the mean
  // stays (Srivastava et al. 2014). REQUIRES: 0 <= p < 1; x always on one device.
  at::Tensor Dropout(const at::Tensor& x, double p);

  // [n] uint8. Load errors: a state of another kind of device.
  at::Tensor State() const;
  Status Load(const at::Tensor& state);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

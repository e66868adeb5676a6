#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "nets/device.h"

// The small steps between convolutions, fused, for inference. Maps are [N,C,H,W], channels-last,
// float32 or bfloat16 (sums in float32); biases and pooled vectors are float32. Plain loops or
// LibTorch's operators do them, as `path` says; the loops want tensors on the CPU. Thread-safe.

namespace tengen {

// y = relu(y + x).
void AddRelu(at::Tensor& y, const at::Tensor& x, ComputePath path);

// y = relu(y + bias), bias [N,C] at every point.
void AddBiasRelu(at::Tensor& y, const at::Tensor& bias, ComputePath path);

// Mean and maximum over the board of relu(x) of the first `channels` channels:
// [N, 2 * channels], means first.
at::Tensor PoolMeanMax(const at::Tensor& x, std::int64_t channels, ComputePath path);

// weight [O,C] times relu(map + bias) at every point, plus offset [O]: [N,O,P] float32,
// contiguous.
at::Tensor PointOutputs(const at::Tensor& map, const at::Tensor& bias, const at::Tensor& weight,
                        const at::Tensor& offset, ComputePath path);

}  // namespace tengen

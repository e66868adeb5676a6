#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

// The small steps between convolutions, fused, for inference. Maps are [N,C,H,W], channels-last,
// float32 or bfloat16 (sums in float32); biases and pooled vectors are float32. On the CPU they are
// plain loops, on other devices LibTorch operators. Thread-safe.

namespace tengen {

// y = relu(y + x).
void AddRelu(at::Tensor& y, const at::Tensor& x);

// y = relu(y + bias), bias [N,C] at every point.
void AddBiasRelu(at::Tensor& y, const at::Tensor& bias);

// Mean and maximum over the board of relu(x) of the first `channels` channels:
// [N, 2 * channels], means first.
at::Tensor PoolMeanMax(const at::Tensor& x, std::int64_t channels);

// weight [O,C] times relu(map + bias) at every point, plus offset [O]: [N,O,P] float32.
at::Tensor PointOutputs(const at::Tensor& map, const at::Tensor& bias, const at::Tensor& weight,
                        const at::Tensor& offset);

}  // namespace tengen

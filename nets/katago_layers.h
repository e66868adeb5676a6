#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/katago_file.h"
#include "nets/packed_conv.h"

// The layers of KataGoModel: descriptions of katago_file.h made into tensors. Maps are [N,C,H,W],
// channels-last, vectors [N,C]. Immutable, thread-safe.

namespace tengen {

// Where the numbers of a layer live.
struct LayerTarget {
  at::Device device;
  at::ScalarType type;
  ComputePath path;
};

// In place where it can be.
at::Tensor Activate(at::Tensor x, KataGoActivation activation);

// scale x + shift per channel, then the activation.
class NormLayer {
 public:
  NormLayer(const KataGoNorm& norm, const LayerTarget& target);
  at::Tensor operator()(const at::Tensor& map) const;

 private:
  at::Tensor scale_, shift_;  // [1,C,1,1]
  KataGoActivation activation_;
};

// Convolution that keeps the board's size; `norm`, if there, is the norm behind it: its scale is
// folded into the weights and its shift into the bias, and the activation follows.
class ConvLayer {
 public:
  ConvLayer(const KataGoConv& conv, const LayerTarget& target);
  ConvLayer(const KataGoConv& conv, const KataGoNorm& norm, const LayerTarget& target);

  // `bias` [N,out] is added at every point before the activation; already scaled by the norm (see
  // MatrixLayer). May be undefined.
  at::Tensor operator()(const at::Tensor& map, const at::Tensor& bias = {}) const;

 private:
  ConvLayer(const KataGoConv& conv, const at::Tensor& scale, const at::Tensor& shift,
            KataGoActivation activation, const LayerTarget& target);
  at::Tensor Convolve(const at::Tensor& map) const;

  at::Tensor weight_, bias_;
  std::vector<std::int64_t> dilation_, padding_;
  KataGoActivation activation_;
  std::optional<PackedConv> packed_;  // float32 with a square kernel without dilation
};

// x W + b.
class MatrixLayer {
 public:
  MatrixLayer(const KataGoMatrix& matrix, const std::vector<float>& bias,
              const LayerTarget& target);
  // Without bias.
  MatrixLayer(const KataGoMatrix& matrix, const LayerTarget& target);
  // Its outputs are scaled by a norm that was folded into a ConvLayer.
  MatrixLayer(const KataGoMatrix& matrix, const KataGoNorm& norm, const LayerTarget& target);

  at::Tensor operator()(const at::Tensor& vector) const;

 private:
  at::Tensor weight_;  // [out,in]
  at::Tensor bias_;    // undefined without
};

// [N,3C]: mean, mean (sqrt(A) - 14) / 10 and the maximum over the board of A points.
at::Tensor PoolForBias(const at::Tensor& map);
// [N,3C]: mean, mean (sqrt(A) - 14) / 10, mean ((sqrt(A) - 14)^2 / 100 - 1/10).
at::Tensor PoolForValue(const at::Tensor& map);

}  // namespace tengen

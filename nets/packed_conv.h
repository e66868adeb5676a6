#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "nets/activation.h"
#include "nets/device.h"
#include "nets/winograd_conv.h"

namespace tengen {

// A convolution with fixed weights for inference: stride 1, padding that keeps the board's size. On
// the CPU's path 3x3 in float32 is done by WinogradConv where the build has it; for others weights
// are reordered once to oneDNN's blocked layout. Thread-safe.
class PackedConv {
 public:
  // weight [out,in,k,k], bias [out], both of the type and device of the inputs to come.
  // REQUIRES: activation is kNone or kRelu.
  PackedConv(const at::Tensor& weight, const at::Tensor& bias, Activation activation,
             ComputePath path);
  ~PackedConv();
  PackedConv(PackedConv&&) noexcept;
  PackedConv& operator=(PackedConv&&) noexcept;

  // Takes another's weights, into the same memory. REQUIRES: both on the operators' path, of one
  // shape.
  void CopyFrom(const PackedConv& other);

  // x [N,in,H,W] -> [N,out,H,W], both channels-last.
  at::Tensor operator()(const at::Tensor& x) const;
  // relu(conv(x) + added), added [N,out,H,W] channels-last. REQUIRES: activation kNone.
  at::Tensor AddRelu(const at::Tensor& x, const at::Tensor& added) const;

 private:
  struct Packed;

  at::Tensor Winograd(const at::Tensor& x, const float* added, bool relu) const;

  at::Tensor weight_;
  at::Tensor bias_;
  Activation activation_;
  ComputePath path_;
  std::unique_ptr<const WinogradConv> winograd_;
  std::unique_ptr<const Packed> packed_;  // null on the operators' path and without oneDNN
};

}  // namespace tengen

#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "nets/device.h"
#include "nets/packed_conv.h"
#include "nets/safetensors.h"

namespace tengen {

// A convolution of a Model with the BatchNorm behind it folded in:
//   w' = w gamma / sqrt(var + eps),   b' = beta - mean gamma / sqrt(var + eps)
struct FoldedConv {
  at::Tensor weight;  // [out,in,k,k]
  at::Tensor bias;    // [out]
};
// REQUIRES: the tensors have NAME.conv and NAME.norm.
FoldedConv FoldNorm(const NamedTensors& tensors, const std::string& name);

// The weights of a Model by name, made ready for inference on a device in one type. A name that is
// not there is an error in the program.
class FoldedWeights {
 public:
  // `tensors` must outlive this. REQUIRES: the CPU's path only on the CPU.
  FoldedWeights(const NamedTensors& tensors, const at::Device& device, at::ScalarType type,
                ComputePath path)
      : tensors_(tensors), device_(device), type_(type), path_(path) {}

  ComputePath path() const { return path_; }
  at::ScalarType type() const { return type_; }
  bool Has(const std::string& name) const { return tensors_.contains(name); }
  // As it is, on the CPU: to be changed before it is Ready.
  const at::Tensor& Raw(const std::string& name) const;
  // A copy on the device, in the tensor's own type.
  at::Tensor Get(const std::string& name) const;
  // A copy on the device, in the trunk's type.
  at::Tensor Ready(const at::Tensor& tensor) const;
  // NAME.conv with NAME.norm folded in. REQUIRES: activation is kNone or kRelu.
  PackedConv Conv(const std::string& name, Activation activation) const;

 private:
  const NamedTensors& tensors_;
  at::Device device_;
  at::ScalarType type_;
  ComputePath path_;
};

}  // namespace tengen

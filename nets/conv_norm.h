#pragma once

#include <torch/nn.h>

#include "nets/norm_relu.h"
#include "nets/same_conv.h"

namespace tengen {

// A convolution without bias, padded by half its kernel, then BatchNorm, (+ added), relu if asked
// for, in a network that learns. Parameters by name: conv.weight, norm.weight, norm.bias.
class ConvNormImpl : public torch::nn::Module {
 public:
  ConvNormImpl(int in, int out, int kernel, int stride = 1)
      : conv_(register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel)
                                                            .stride(stride)
                                                            .padding(kernel / 2)
                                                            .bias(false)))),
        norm_(register_module("norm", torch::nn::BatchNorm2d(out))),
        keeps_size_(stride == 1) {}

  // `added` may be undefined. With stride 1 it computes in x's type, whatever the weights' is.
  at::Tensor forward(const at::Tensor& x, bool relu, const at::Tensor& added = {}) {
    const at::Tensor y = keeps_size_ ? SameConv(x, conv_->weight.to(x.scalar_type())) : conv_(x);
    return NormRelu(*norm_, y, added, relu);
  }
  void ZeroScale() { norm_->weight.detach().zero_(); }

 private:
  torch::nn::Conv2d conv_;
  torch::nn::BatchNorm2d norm_;
  bool keeps_size_;
};
TORCH_MODULE(ConvNorm);

}  // namespace tengen

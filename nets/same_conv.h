#pragma once

#include <ATen/core/Tensor.h>

namespace tengen {

// A convolution that keeps the board's size (stride 1, odd kernels), without bias, for training: x
// [N,in,H,W], weight [out,in,k,k] of the same type -> [N,out,H,W]. On the CPU 3x3 in float32 goes
// forth and back by minimal filtering (winograd_conv.h) where that is fast; its gradient has no
// gradient then. Answers do not depend on the number of threads; the weights' gradient does, in its
// last digits.
at::Tensor SameConv(const at::Tensor& x, const at::Tensor& weight);

// x [n,C,...], and behind its channels as many of zeros as WinogradConv wants.
at::Tensor WholeChannels(const at::Tensor& x);

}  // namespace tengen

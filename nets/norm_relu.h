#pragma once

#include <ATen/core/Tensor.h>

namespace torch::nn {
class BatchNorm2dImpl;
}

namespace tengen {

// norm(x) (+ added), then relu if asked for, in a network that learns: x [N,C,H,W]; `added` of x's
// shape and type, or undefined. Running statistics move as the module's own forward pass moves
// them. In training on the CPU, channels-last in float32 or bfloat16, a pass over memory does all
// of it, and the gradient, which has none of its own; LibTorch's operators do the rest. Answers and
// gradients do not depend on the number of threads there.
at::Tensor NormRelu(torch::nn::BatchNorm2dImpl& norm, const at::Tensor& x, const at::Tensor& added,
                    bool relu);

}  // namespace tengen

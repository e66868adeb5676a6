#pragma once

#include <functional>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/folded_weights.h"
#include "nets/packed_conv.h"

namespace torch::nn {
class Module;
}

namespace tengen {

// What networks of convolutions are made of, for the one that learns and the one that plays. Maps
// are [N,C,H,W].

struct LearningBlock {
  std::shared_ptr<torch::nn::Module> module;
  // Computes in the type of its input, whatever the weights' is.
  std::function<at::Tensor(const at::Tensor& map)> forward;
};

// A convolution padded by half its kernel, without bias, then BatchNorm, (+ added), relu if asked
// for. Parameters by name: conv.weight, norm.weight, norm.bias.
struct LearningConv {
  std::shared_ptr<torch::nn::Module> module;
  // `added` may be undefined. Types as above.
  std::function<at::Tensor(const at::Tensor& map, bool relu, const at::Tensor& added)> forward;
};
LearningConv MakeConvNorm(int in, int out, int kernel, int stride = 1);

// x -> relu(x + second(relu(first(x) + pooled bias))), first and second 3x3 as above. The pooled
// bias is KataGo's (Wu 2019, section 3.3): mean and maximum over the board of a quarter of the
// channels, through a linear layer, added to every point. Parameters by name: first.*, second.*,
// and pool.weight where it pools.
LearningBlock MakeResidualBlock(int channels, bool pools);

// The same made ready for inference. Thread-safe but for CopyFrom.
class FoldedResidualBlock {
 public:
  // REQUIRES: weights of a residual block under names that begin with `prefix`.
  FoldedResidualBlock(const FoldedWeights& weights, const std::string& prefix);

  // Channels-last. Call it without gradients.
  at::Tensor operator()(const at::Tensor& map) const;
  // Another's weights, into the same memory. REQUIRES: both of one shape, on the operators' path.
  void CopyFrom(const FoldedResidualBlock& other);

 private:
  ComputePath path_;
  PackedConv first_;
  PackedConv second_;
  at::Tensor pool_;  // [C, 2 * pooled]; undefined without pooling
};

// [N,C,H,W] + [N,C] at every point.
at::Tensor AddToPoints(const at::Tensor& map, const at::Tensor& bias);

}  // namespace tengen

#include "nets/residual_block.h"

#include <torch/nn.h>

#include "nets/head_layout.h"
#include "nets/norm_relu.h"
#include "nets/point_ops.h"
#include "nets/same_conv.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

class ConvNormImpl : public nn::Module {
 public:
  ConvNormImpl(int in, int out, int kernel, int stride = 1)
      : conv_(register_module("conv", nn::Conv2d(nn::Conv2dOptions(in, out, kernel)
                                                     .stride(stride)
                                                     .padding(kernel / 2)
                                                     .bias(false)))),
        norm_(register_module("norm", nn::BatchNorm2d(out))),
        keeps_size_(stride == 1) {}

  // `added` may be undefined. With stride 1 it computes in x's type, whatever the weights' is.
  at::Tensor forward(const at::Tensor& x, bool relu, const at::Tensor& added = {}) {
    const at::Tensor y = keeps_size_ ? SameConv(x, conv_->weight.to(x.scalar_type())) : conv_(x);
    return NormRelu(*norm_, y, added, relu);
  }

 private:
  nn::Conv2d conv_;
  nn::BatchNorm2d norm_;
  bool keeps_size_;
};
TORCH_MODULE(ConvNorm);

class BlockImpl : public nn::Module {
 public:
  BlockImpl(int channels, bool pools)
      : first_(register_module("first", ConvNorm(channels, channels, 3))),
        second_(register_module("second", ConvNorm(channels, channels, 3))) {
    if (pools) {
      pooled_ = PooledChannels(channels);
      pool_ =
          register_module("pool", nn::Linear(nn::LinearOptions(2 * pooled_, channels).bias(false)));
    }
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor h = first_->forward(x, /*relu=*/!pool_, {});
    if (pool_) {
      const at::Tensor part = h.narrow(1, 0, pooled_).relu();
      h = AddToPoints(
              h, pool_(at::cat(
                     {part.mean({2, 3}, false, at::kFloat), part.amax({2, 3}).to(at::kFloat)}, 1)))
              .relu();
    }
    return second_->forward(h, /*relu=*/true, x);
  }

 private:
  ConvNorm first_;
  ConvNorm second_;
  int pooled_ = 0;
  nn::Linear pool_ = nullptr;
};

}  // namespace

at::Tensor AddToPoints(const at::Tensor& map, const at::Tensor& bias) {
  return map + bias.to(map.scalar_type()).unsqueeze(2).unsqueeze(3);
}

LearningConv MakeConvNorm(int in, int out, int kernel, int stride) {
  const auto module = std::make_shared<ConvNormImpl>(in, out, kernel, stride);
  return {module, [module](const at::Tensor& x, bool relu, const at::Tensor& added) {
            return module->forward(x, relu, added);
          }};
}

LearningBlock MakeResidualBlock(int channels, bool pools) {
  const auto module = std::make_shared<BlockImpl>(channels, pools);
  return {module, [module](const at::Tensor& x) { return module->forward(x); }};
}

FoldedResidualBlock::FoldedResidualBlock(const FoldedWeights& weights, const std::string& prefix)
    : path_(weights.path()),
      first_(weights.Conv(prefix + ".first", weights.Has(prefix + ".pool.weight")
                                                 ? Activation::kNone
                                                 : Activation::kRelu)),
      second_(weights.Conv(prefix + ".second", Activation::kNone)) {
  const std::string pool = prefix + ".pool.weight";
  if (weights.Has(pool)) pool_ = weights.Get(pool);
}

at::Tensor FoldedResidualBlock::operator()(const at::Tensor& map) const {
  at::Tensor h = first_(map);
  if (pool_.defined()) {
    const std::int64_t pooled = pool_.size(1) / 2;
    AddBiasRelu(h, at::linear(PoolMeanMax(h, pooled, path_), pool_), path_);
  }
  return second_.AddRelu(h, map);
}

void FoldedResidualBlock::CopyFrom(const FoldedResidualBlock& other) {
  first_.CopyFrom(other.first_);
  second_.CopyFrom(other.second_);
  if (pool_.defined()) pool_.copy_(other.pool_);
}

}  // namespace tengen

#include "nets/bottleneck_trunk.h"

#include <torch/nn/module.h>

#include "nets/head_layout.h"

namespace tengen {
namespace {

class Block : public torch::nn::Module {
 public:
  Block(int channels, bool pools)
      : reduce_(MakeConvNorm(channels, channels / 2, 1)),
        expand_(MakeConvNorm(channels / 2, channels, 1)) {
    register_module("reduce", reduce_.module);
    for (int i = 0; i < kInnerBlocks; ++i) {
      inner_.push_back(MakeResidualBlock(channels / 2, pools && i == 0));
      register_module(StrCat("inner", i), inner_.back().module);
    }
    register_module("expand", expand_.module);
  }

  at::Tensor forward(const at::Tensor& x) const {
    at::Tensor h = reduce_.forward(x, /*relu=*/true, {});
    for (const LearningBlock& inner : inner_) h = inner.forward(h);
    return expand_.forward(h, /*relu=*/true, x);
  }

 private:
  LearningConv reduce_;
  std::vector<LearningBlock> inner_;
  LearningConv expand_;
};

class FoldedBlock {
 public:
  FoldedBlock(const FoldedWeights& weights, const std::string& name)
      : reduce_(weights.Conv(name + ".reduce", Activation::kRelu)),
        expand_(weights.Conv(name + ".expand", Activation::kNone)) {
    for (int i = 0; i < kInnerBlocks; ++i) inner_.emplace_back(weights, StrCat(name, ".inner", i));
  }

  at::Tensor operator()(const at::Tensor& map) const {
    at::Tensor h = reduce_(map);
    for (const FoldedResidualBlock& inner : inner_) h = inner(h);
    return expand_.AddRelu(h, map);
  }

  void CopyFrom(const FoldedBlock& other) {
    reduce_.CopyFrom(other.reduce_);
    for (std::size_t i = 0; i < inner_.size(); ++i) inner_[i].CopyFrom(other.inner_[i]);
    expand_.CopyFrom(other.expand_);
  }

 private:
  PackedConv reduce_;
  std::vector<FoldedResidualBlock> inner_;
  PackedConv expand_;
};

}  // namespace

Status CheckBottleneckTrunk(const ModelConfig& config) {
  if (config.channels % 2 == 0) return Ok{};
  return Error{StrCat("model config: channels is ", config.channels,
                      ", wanted an even number, since blocks of a bottleneck have half as many "
                      "inside")};
}

LearningTrunk MakeBottleneckTrunk(const ModelConfig& config) {
  std::vector<LearningBlock> blocks;
  for (int i = 0; i < config.blocks; ++i) {
    const auto block = std::make_shared<Block>(config.channels, HasPooling(config, i));
    blocks.push_back({block, [block](const at::Tensor& x) { return block->forward(x); }});
  }
  LearningTrunk trunk = InARow(std::move(blocks));
  trunk.zero_at_first = {".expand.norm.weight"};
  return trunk;
}

std::unique_ptr<FoldedTrunk> FoldBottleneckTrunk(const ModelConfig& config,
                                                 const FoldedWeights& weights) {
  return std::make_unique<FoldedRow<FoldedBlock>>(config, weights);
}

}  // namespace tengen

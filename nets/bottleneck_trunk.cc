#include "nets/bottleneck_trunk.h"

#include <torch/nn/module.h>

#include "nets/head_layout.h"
#include "nets/residual_block.h"

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

class FoldedBottleneckTrunk final : public FoldedTrunk {
 public:
  FoldedBottleneckTrunk(const ModelConfig& config, const FoldedWeights& weights) {
    for (int i = 0; i < config.blocks; ++i) {
      const std::string name = StrCat("block", i);
      Parts parts{weights.Conv(name + ".reduce", Activation::kRelu),
                  {},
                  weights.Conv(name + ".expand", Activation::kNone)};
      for (int k = 0; k < kInnerBlocks; ++k) {
        parts.inner.emplace_back(weights, StrCat(name, ".inner", k));
      }
      blocks_.push_back(std::move(parts));
    }
  }

  at::Tensor Forward(const at::Tensor& map) const override {
    at::Tensor x = map;
    for (const Parts& block : blocks_) {
      at::Tensor h = block.reduce(x);
      for (const FoldedResidualBlock& inner : block.inner) h = inner(h);
      x = block.expand.AddRelu(h, x);
    }
    return x;
  }

  void CopyFrom(const FoldedTrunk& other) override {
    const auto& from = dynamic_cast<const FoldedBottleneckTrunk&>(other);
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      blocks_[i].reduce.CopyFrom(from.blocks_[i].reduce);
      for (std::size_t k = 0; k < blocks_[i].inner.size(); ++k) {
        blocks_[i].inner[k].CopyFrom(from.blocks_[i].inner[k]);
      }
      blocks_[i].expand.CopyFrom(from.blocks_[i].expand);
    }
  }

 private:
  struct Parts {
    PackedConv reduce;
    std::vector<FoldedResidualBlock> inner;
    PackedConv expand;
  };

  std::vector<Parts> blocks_;
};

}  // namespace

Status CheckBottleneckTrunk(const ModelConfig& config) {
  if (config.channels % 2 == 0) return Ok{};
  return Error{StrCat("model config: channels is ", config.channels,
                      ", wanted an even number, since blocks of a bottleneck have half as many "
                      "inside")};
}

LearningTrunk MakeBottleneckTrunk(const ModelConfig& config) {
  LearningTrunk trunk;
  std::vector<std::shared_ptr<const Block>> blocks;
  for (int i = 0; i < config.blocks; ++i) {
    const auto block = std::make_shared<Block>(config.channels, HasPooling(config, i));
    trunk.modules.emplace_back(StrCat("block", i), block);
    blocks.push_back(block);
  }
  trunk.forward = [blocks = std::move(blocks)](const at::Tensor& map) {
    at::Tensor x = map;
    for (const auto& block : blocks) x = block->forward(x);
    return x;
  };
  trunk.zero_at_first = {".expand.norm.weight"};
  return trunk;
}

std::unique_ptr<FoldedTrunk> FoldBottleneckTrunk(const ModelConfig& config,
                                                 const FoldedWeights& weights) {
  return std::make_unique<FoldedBottleneckTrunk>(config, weights);
}

}  // namespace tengen

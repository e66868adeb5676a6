#include "nets/residual_trunk.h"

#include "nets/head_layout.h"
#include "nets/residual_block.h"

namespace tengen {
namespace {

class FoldedResidualTrunk final : public FoldedTrunk {
 public:
  FoldedResidualTrunk(const ModelConfig& config, const FoldedWeights& weights) {
    for (int i = 0; i < config.blocks; ++i) blocks_.emplace_back(weights, StrCat("block", i));
  }

  at::Tensor Forward(const at::Tensor& map) const override {
    at::Tensor x = map;
    for (const FoldedResidualBlock& block : blocks_) x = block(x);
    return x;
  }

  void CopyFrom(const FoldedTrunk& other) override {
    const auto& from = dynamic_cast<const FoldedResidualTrunk&>(other);
    for (std::size_t i = 0; i < blocks_.size(); ++i) blocks_[i].CopyFrom(from.blocks_[i]);
  }

 private:
  std::vector<FoldedResidualBlock> blocks_;
};

}  // namespace

LearningTrunk MakeResidualTrunk(const ModelConfig& config) {
  LearningTrunk trunk;
  std::vector<std::function<at::Tensor(const at::Tensor&)>> blocks;
  for (int i = 0; i < config.blocks; ++i) {
    LearningBlock block = MakeResidualBlock(config.channels, HasPooling(config, i));
    trunk.modules.emplace_back(StrCat("block", i), std::move(block.module));
    blocks.push_back(std::move(block.forward));
  }
  trunk.forward = [blocks = std::move(blocks)](const at::Tensor& map) {
    at::Tensor x = map;
    for (const auto& block : blocks) x = block(x);
    return x;
  };
  trunk.zero_at_first = {".second.norm.weight"};
  return trunk;
}

std::unique_ptr<FoldedTrunk> FoldResidualTrunk(const ModelConfig& config,
                                               const FoldedWeights& weights) {
  return std::make_unique<FoldedResidualTrunk>(config, weights);
}

}  // namespace tengen

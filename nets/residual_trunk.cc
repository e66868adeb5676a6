#include "nets/residual_trunk.h"

#include "nets/head_layout.h"

namespace tengen {

LearningTrunk MakeResidualTrunk(const ModelConfig& config) {
  std::vector<LearningBlock> blocks;
  for (int i = 0; i < config.blocks; ++i) {
    blocks.push_back(MakeResidualBlock(config.channels, HasPooling(config, i)));
  }
  LearningTrunk trunk = InARow(std::move(blocks));
  trunk.zero_at_first = {".second.norm.weight"};
  return trunk;
}

std::unique_ptr<FoldedTrunk> FoldResidualTrunk(const ModelConfig& config,
                                               const FoldedWeights& weights) {
  return std::make_unique<FoldedRow<FoldedResidualBlock>>(config, weights);
}

}  // namespace tengen

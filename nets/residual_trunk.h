#pragma once

#include <memory>

#include "nets/trunk.h"

namespace tengen {

// Trunk::kResidual: config.blocks residual blocks (residual_block.h), named block0, block1, ...;
// every config.pool_every-th pools.
LearningTrunk MakeResidualTrunk(const ModelConfig& config);
std::unique_ptr<FoldedTrunk> FoldResidualTrunk(const ModelConfig& config,
                                               const FoldedWeights& weights);

}  // namespace tengen

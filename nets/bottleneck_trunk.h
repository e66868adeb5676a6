#pragma once

#include <memory>

#include "nets/trunk.h"

namespace tengen {

// Trunk::kBottleneck, blocks as KataGo's nested bottlenecks ("b18c384nbt"; docs/KataGoMethods.md
// there), with our order of convolution, norm and relu: config.blocks times, named block0, ...,
//
//   x -> relu(x + expand(inner1(inner0(relu(reduce(x))))))
//
// reduce and expand are 1x1 convolutions with BatchNorm from C to C / 2 channels and back, the
// inner ones residual blocks of C / 2 channels (residual_block.h), so that a block has four 3x3
// convolutions at about half the cost of two of C channels. In every config.pool_every-th block
// inner0 pools. REQUIRES: an even number of channels.
Status CheckBottleneckTrunk(const ModelConfig& config);
LearningTrunk MakeBottleneckTrunk(const ModelConfig& config);
std::unique_ptr<FoldedTrunk> FoldBottleneckTrunk(const ModelConfig& config,
                                                 const FoldedWeights& weights);

// Residual blocks inside of each block.
constexpr int kInnerBlocks = 2;

}  // namespace tengen

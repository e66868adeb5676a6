#pragma once

#include <cstdint>
#include <ostream>

#include "nets/model.h"

namespace tengen {

// A game and the trunk of the network that plays it, for what must hold with every trunk.
struct GameAndTrunk {
  const char* game;
  Trunk trunk = Trunk::kResidual;
};
std::ostream& operator<<(std::ostream& out, const GameAndTrunk& value);

ModelConfig ConfigFor(const GameAndTrunk& value, int channels, int blocks);

// A model as after training: no weight and no BatchNorm statistic has its initial value. In
// evaluation mode.
Model RandomModel(const ModelConfig& config, std::uint64_t seed);

}  // namespace tengen

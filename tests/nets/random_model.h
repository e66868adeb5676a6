#pragma once

#include <cstdint>

#include "nets/model.h"

namespace tengen {

// A model as after training: no weight and no BatchNorm statistic has its initial value. In
// evaluation mode.
Model RandomModel(const ModelConfig& config, std::uint64_t seed);

}  // namespace tengen

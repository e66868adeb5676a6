#pragma once

#include <cstdint>

#include "nets/model.h"

namespace tengen {

// Random weights that cost and answer as trained ones do: no residual branch is zero, as in fresh
// networks, no norm is the identity, policies are far from uniform. A function of its arguments.
ModelSnapshot TrainedLike(const ModelConfig& config, std::uint64_t seed);

}  // namespace tengen

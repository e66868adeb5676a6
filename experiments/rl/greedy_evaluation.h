#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agents/rl/rl_learner.h"

namespace tengen {

// Undiscounted returns of `episodes` episodes of the learner's policy without exploration, one from
// each start of the seed: equal seeds give equal starts, whoever plays. Touches nothing of its
// training. REQUIRES: env_id is valid and has a time limit, episodes >= 1.
std::vector<double> EvaluateGreedily(const RlLearner& learner, std::string_view env_id,
                                     int episodes, std::uint64_t seed);

}  // namespace tengen

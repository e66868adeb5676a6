#pragma once

#include <string>
#include <vector>

#include "envs/core/rng.h"
#include "nets/net.h"

namespace tengen {

struct SamplingConfig {
  int count = 200;           // symbols to add
  int context = 64;          // newest symbols that the net is shown
  double temperature = 0.8;  // of the softmax; 0 = always the most probable one
};

// `start` and what the net adds to it, one symbol after the other. REQUIRES: start is not empty;
// the net is one of symbols, in evaluation mode.
std::vector<int> ContinueText(const Net& net, const std::vector<int>& start,
                              const SamplingConfig& config, const std::string& device, Rng& rng);

}  // namespace tengen

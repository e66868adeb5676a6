#pragma once

#include <atomic>
#include <filesystem>
#include <vector>

#include "experiments/supervised/learn_task.h"

namespace tengen {

struct CompareConfig {
  long long steps = 0;  // of each; 0 = 600
  long long seed = -1;  // below 0 = 1
};

// Trains one perceptron on the two spirals with every optimizer of nets/optimizer.h, each from the
// same weights and with a learning rate that suits it, and draws their validation losses over the
// steps in FOLDER/curve.svg. Full-batch gradient descent sees all examples in each step. The
// validation loss of each; empty when `stop` was set. Throws WorldError.
std::vector<LearnRow> CompareOptimizers(const CompareConfig& config,
                                        const std::filesystem::path& folder,
                                        const std::atomic<bool>& stop);

}  // namespace tengen

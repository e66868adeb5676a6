#pragma once

#include <memory>
#include <string>

#include "experiments/commands/run_options.h"
#include "experiments/config/train_config.h"

namespace tengen {

// What `train` and `learner` take: a preset, and what differs from it.
struct TrainOptions : RunOptions {
  std::string preset;
  std::string selfplay_device;
  std::string start;
  int ranks = 1;
};

// Adds the options to a command; `plays` tells whether it has self-play threads of its own.
std::shared_ptr<TrainOptions> AddTrainOptions(CLI::App& command, bool plays);
// Throws UsageError, and WorldError for a device that is not there.
TrainConfig ResolveTrainConfig(const TrainOptions& options);
}  // namespace tengen

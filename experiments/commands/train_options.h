#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "experiments/config/train_config.h"

namespace CLI {
class App;
}

namespace tengen {

// What `train` and `learner` take: a preset, and what differs from it.
struct TrainOptions {
  std::string preset;
  std::string run_dir;
  std::string budget;
  std::string device;
  std::string selfplay_device;
  std::string start;
  std::vector<std::string> set;
  long long seed = -1;
  int threads = -1;
  int ranks = 1;
  bool deterministic = false;
  bool print_config = false;
};

// Adds the options to a command; `plays` tells whether it has self-play threads of its own.
std::shared_ptr<TrainOptions> AddTrainOptions(CLI::App& command, bool plays);
// Throws UsageError, and WorldError for a device that is not there.
TrainConfig ResolveTrainConfig(const TrainOptions& options);
// --run-dir, or runs/NAME.
std::filesystem::path RunFolderOf(const TrainOptions& options, const TrainConfig& config);

}  // namespace tengen

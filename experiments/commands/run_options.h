#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/commands/command_support.h"

namespace CLI {
class App;
}

namespace tengen {

// What commands that learn in a run folder have in common. What is not given leaves the config as
// it is.
struct RunOptions {
  std::string run_dir;
  std::string budget;
  std::string device;
  std::vector<std::string> set;  // KEY=VALUE
  long long seed = -1;           // below 0: not given
  int threads = -1;              // below 0: not given
  bool deterministic = false;
  bool print_config = false;
};

// What the help says of them. A command has not got the options whose text is empty.
struct RunOptionTexts {
  std::string folder;  // its default: "runs/PRESET"
  std::string budget;  // units: "90s, 10m, 2h, 500steps"
  std::string seed = "Seed of all randomness (default 1)";
  std::string set;  // an example: "learner.batch_size=256"; has --print-config too
  std::string device = kDeviceHelp;
  std::string threads = "Threads (default: processors)";
  std::string deterministic = "One thread; equal seeds give equal weights, byte for byte";
};

// `options` must outlive the command.
void AddRunOptions(CLI::App& command, RunOptions& options, const RunOptionTexts& texts);

// --ranks of commands whose updates several processes may share.
void AddRanksOption(CLI::App& command, int& ranks);

// Gives each --set to `take` as JSON, in their order. Throws UsageError for what is no assignment
// and for what `take` refuses.
void ForEachAssignment(const RunOptions& options,
                       const std::function<Status(const nlohmann::json& change)>& take);

// What was given, into a config's fields of the same names. --set is left to ForEachAssignment.
template <typename Config>
void TakeRunOptions(const RunOptions& options, Config& config) {
  if (!options.budget.empty()) config.budget = options.budget;
  if (!options.device.empty()) config.device = options.device;
  if (options.seed >= 0) config.seed = static_cast<std::uint64_t>(options.seed);
  if (options.threads >= 0) config.threads = options.threads;
  if (options.deterministic) config.deterministic = true;
}

// --run-dir, or runs/NAME.
std::string RunFolderOf(const RunOptions& options, const std::string& name);

}  // namespace tengen

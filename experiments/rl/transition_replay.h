#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"

namespace tengen {

// The largest difference between this program and a file, and where it was met.
struct LargestDeviation {
  double value = 0.0;
  std::string sequence;  // "" while all agree
  int step = 0;          // from 1; 0 = the start

  void Add(double deviation, const std::string& at_sequence, int at_step);
};

// What one step from each recorded state gave, for one environment of a file.
struct EnvReplay {
  std::string environment;  // as the file names it
  std::int64_t steps = 0;
  LargestDeviation state;  // absolute differences
  LargestDeviation observation;
  LargestDeviation reward;
  std::int64_t flags_differ = 0;  // steps whose terminated or truncated is another
};

// Steps stored transitions, one step at a time from each recorded state, so that differences do not
// add up. The format:
//
//   {"environments": {"CartPole-v1": {"max_episode_steps": 500, "sequences": [
//     {"id": "a", "start_state": [...], "start_obs": [...], "actions": [0, ...],
//      "steps": [{"state": [...], "obs": [...], "reward": 1.0, "terminated": false,
//                 "truncated": false}, ...]}]}}}
//
// steps[i] is the result of actions[i]; an action is an index, a number or a list of numbers.
// Environments are named as for MakeEnv. Errors name the place in the file and what is wanted.
Result<std::vector<EnvReplay>> ReplayTransitions(const nlohmann::json& file);
// Throws WorldError: no such file, not JSON; the file's name goes before other errors.
std::vector<EnvReplay> ReplayTransitionFile(const std::filesystem::path& path);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "agents/rl/dqn.h"
#include "agents/rl/ppo.h"
#include "agents/rl/sac.h"
#include "envs/core/result.h"

namespace tengen {

// Everything that decides a run of `tengen rl`, as in config.json.
struct RlConfig {
  std::string algorithm;
  std::string env;               // id for MakeEnv
  std::int64_t steps = 500000;   // environment steps per seed
  std::uint64_t seed = 1;        // of the first learner; the others follow
  int seeds = 1;                 // learners, one after the other
  int evaluations = 20;          // of each learner while it trains, evenly spread
  int evaluation_episodes = 20;  // of each of those
  int final_episodes = 100;      // of the last policy
  double checkpoint_s = 30.0;    // wall clock between saved states of the running learner
  PpoConfig ppo;                 // algorithm "ppo"
  DqnConfig dqn;                 // algorithm "dqn"
  SacConfig sac;                 // algorithm "sac"
};

// Names of the algorithms.
std::vector<std::string> RlAlgorithms();
// Hyperparameters of an algorithm for an environment: those of CleanRL, or of RL Baselines3 Zoo or
// the ones named in rl_config.cc where CleanRL's do not reach a task. Errors: an unknown algorithm
// or environment, an algorithm that does not fit the actions; they say what fits.
Result<RlConfig> RlPreset(const std::string& algorithm, const std::string& env);

nlohmann::ordered_json RlConfigToJson(const RlConfig& config);
// Overwrites what `json` names. Errors: unknown key, wrong type (with path and nearest name).
Status RlConfigFromJson(const nlohmann::json& json, RlConfig& config);
// First thing wrong with it.
Status CheckRlConfig(const RlConfig& config);

// A new learner with the given seed. REQUIRES: CheckRlConfig(config).
std::unique_ptr<RlLearner> MakeRlLearner(const RlConfig& config, std::uint64_t seed);

}  // namespace tengen

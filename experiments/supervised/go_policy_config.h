#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/config/train_config.h"

namespace tengen {

// Everything that decides a run of `tengen learn go-policy`, as in its config.json.
struct GoPolicyConfig {
  // Folder, file or archive of games; "" in a run that goes on: it has them.
  std::string sgf;
  int size = 0;             // of the board; 0 = the commonest among the games
  double test_share = 0.1;  // of the games, which are never learnt from
  double look_s = 60.0;     // seconds between looks at some of those games
  int look_positions = 2000;

  // What a run of self-play has too: name, expectation, budget, seed, threads, device, precision,
  // deterministic, net, learner, checkpoint_s, checkpoint_steps. selfplay.games tells what is
  // played.
  TrainConfig train;
};

nlohmann::ordered_json GoPolicyConfigToJson(const GoPolicyConfig& config);
// Overwrites what `json` names. Errors: unknown key (of self-play too), wrong type.
Status GoPolicyConfigFromJson(const nlohmann::json& json, GoPolicyConfig& config);
// First thing wrong with it.
Status CheckGoPolicyConfig(const GoPolicyConfig& config);

// "3x32", "4x64", "6x64": blocks and channels.
std::vector<std::string> GoPolicyPresets();
// Errors: there is none of that name (nearest name).
Result<GoPolicyConfig> LoadGoPolicyPreset(const std::string& name);

}  // namespace tengen

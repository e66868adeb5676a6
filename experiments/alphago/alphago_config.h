#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"

namespace tengen {

// How the time of a run is divided among its stages. What a stage leaves goes to those behind it.
struct AlphaGoShares {
  double games = 0.15;  // of the teacher
  double rollouts_rl = 0.03;
  double sl = 0.25;
  double rl = 0.30;
  double value = 0.27;
};

// Everything that decides a run of `tengen train alphago9`, as in its config.json.
struct AlphaGoConfig {
  std::string name = "alphago9";
  std::string budget = "60m";  // of all stages together; a time
  std::uint64_t seed = 1;
  std::string game = "go:size=9,komi=7";

  // Where the games come from that the policies learn from: records ("": none), or else the
  // teacher, whose policy plays them, every move drawn.
  std::string sgf;
  std::string teacher = "net:go9";
  int teacher_games = 20'000;  // at most

  // Of the three networks.
  int blocks = 3;
  int channels = 32;
  int batch_size = 128;  // positions

  int rollout_epochs = 2;              // of the rollout policy, through the games
  int reinforce_games = 32;            // a batch of REINFORCE; fewer records are too few
  int pool_every = 50;                 // batches
  double reinforce_rate = 2e-4;        // of Adam
  std::int64_t value_games = 100'000;  // at most
  int match_games = 400;               // against its start at the end of each REINFORCE
  int rollout_positions = 100;         // that the value network and rollouts are compared at

  // A run with a value network, from which REINFORCE measures its results: the paper's second pass
  // through the pipeline. "": from the mean of the batch's other games.
  std::string value_baseline;
  AlphaGoShares shares;
};

nlohmann::ordered_json AlphaGoConfigToJson(const AlphaGoConfig& config);
// Overwrites what `json` names. Errors: unknown key, wrong type.
Status AlphaGoConfigFromJson(const nlohmann::json& json, AlphaGoConfig& config);
// The same of a file, which also says whose config it is and, in a run folder, which games.
Status AlphaGoConfigFromFile(nlohmann::json json, AlphaGoConfig& config);
// First thing wrong with it.
Status CheckAlphaGoConfig(const AlphaGoConfig& config);

// "alphago9", and "alphago9-gpu" with the sizes for one graphics card.
std::vector<std::string> AlphaGoPresets();
// REQUIRES: one of AlphaGoPresets().
AlphaGoConfig AlphaGoPreset(const std::string& name);
// Of these presets, or of a file as AlphaGoConfigToJson writes it or a run folder holds it; nothing
// where it is neither. Errors: what is wrong in the file, first by its name.
Result<std::optional<AlphaGoConfig>> LoadAlphaGoConfig(const std::string& preset_or_path);

}  // namespace tengen

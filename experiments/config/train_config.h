#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "agents/zero/self_play_game.h"
#include "agents/zero/zero_learner.h"
#include "envs/core/result.h"
#include "nets/precision.h"

namespace tengen {

// Kind, width and depth of the network; what else it needs follows from the game (ModelConfigFor).
// As in ModelConfig.
struct NetConfig {
  Trunk trunk = Trunk::kResidual;
  int channels = 32;
  int blocks = 4;
  int heads = 4;
  int pool_every = 2;
  int head_channels = 32;
  int head_hidden = 64;
};

// Matches against pure MCTS while training, to see how far it is.
struct ProgressConfig {
  double share = 0.1;     // of the run's time at most; 0 = never
  int games = 20;         // per evaluation
  int visits = 50;        // of the network's search
  double first_s = 30.0;  // seconds before the first evaluation
};

// Everything that decides a run, as in config.json. Presets and config files name only what differs
// from these defaults.
struct TrainConfig {
  std::string name;         // of the preset or config file
  std::string expectation;  // one sentence for people, printed before the start
  std::string budget = "10m";
  std::uint64_t seed = 1;
  int threads = 0;              // self-play threads; 0 = one per processor
  std::string device = "cpu";   // of the learner
  std::string selfplay_device;  // "" = the learner's
  std::string precision = "auto";
  bool deterministic = false;
  std::string start;  // agent whose network the run begins with, such as run:FOLDER; "" = random
  NetConfig net;
  SelfPlayConfig selfplay = DefaultSelfPlay();
  ZeroLearnerConfig learner;
  int publish_steps = 50;      // learner steps between networks for self-play
  double checkpoint_s = 60.0;  // seconds between checkpoints
  int checkpoint_steps = 500;  // and in --deterministic runs, learner steps between them
  int cache_mb = 0;            // evaluations kept per network; 0 = no cache
  // What becomes of games that training draws from no more: "keep", "remove", or a folder that
  // their shards are moved into. Their numbers stay known in every case.
  std::string old_games = "keep";
  ProgressConfig progress;

 private:
  // Hundreds of trees at once, each with few visits: small trees.
  static SelfPlayConfig DefaultSelfPlay() {
    SelfPlayConfig config;
    config.mcts.max_nodes = 2000;
    return config;
  }
};

nlohmann::ordered_json TrainConfigToJson(const TrainConfig& config);
// Overwrites what `json` names. Errors: unknown key, wrong type (with path and nearest name).
Status TrainConfigFromJson(const nlohmann::json& json, TrainConfig& config);
// First thing wrong with it: an unknown game, a value out of range, parts that do not fit.
Status CheckTrainConfig(const TrainConfig& config);
// The network that this run trains. Its score_scale is of the first game: name the largest first.
Result<ModelConfig> TrainModelConfig(const TrainConfig& config);

// Of self-play's evaluations and the learner's steps. REQUIRES: CheckTrainConfig(config).
Precision TrainPrecision(const TrainConfig& config);

// Whether self-play computes on a processor without bfloat16 of its own, or was told to.
bool PlaysInFloat32(const TrainConfig& config);

// The device that self-play's evaluations run on.
const std::string& SelfPlayDeviceName(const TrainConfig& config);

// Which network a preset or config file gives: "net", or "float32_net" where it has one. Without
// bfloat16 of its own a processor needs several times as long for the same network, and a smaller
// one that learns from more games in the same time plays better.
enum class PresetNet { kUsual, kFloat32 };

// Names of the presets, in the order to try them.
std::vector<std::string> PresetNames();
// A preset by name, or a config file by path. Errors: neither exists, not JSON, a bad key.
Result<TrainConfig> LoadTrainConfig(const std::string& preset_or_path,
                                    PresetNet net = PresetNet::kUsual);

}  // namespace tengen

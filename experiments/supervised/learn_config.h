#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/datasets/augment.h"
#include "experiments/datasets/preprocessing.h"
#include "experiments/datasets/spectrum.h"
#include "nets/attention_net.h"
#include "nets/conv_net.h"
#include "nets/losses.h"
#include "nets/mlp_net.h"
#include "nets/recurrent_net.h"
#include "nets/trainer.h"

namespace tengen {

// What is learnt from and how it is prepared.
struct LearnDataConfig {
  std::string source;             // what OpenDataSet or OpenCorpus takes
  std::string label = "label";    // of a table: the column to be learnt
  int count = 0;                  // generated sets: examples; 0 = as many as suit the set
  double train_share = 1.0;       // of the training part that is used: how much does data matter?
  double validation_share = 0.1;  // of the training part, or of a text; watched while training
  double test_share = 0.2;        // kept apart where the set has no test part of its own
  std::string fold;  // instead: "2/5", the second of five stratified folds, or the name
                     // of a group (a speaker) that is left out; "" = none
  Standardize standardize = Standardize::kNone;
  AugmentConfig augment;
  SpectrumConfig spectrum;  // sounds
  int max_frames = 0;       // sounds: cut behind that; 0 = the longest one's
};

// Everything that decides a run of `tengen learn`, as in config.json.
struct LearnConfig {
  std::string task;    // "linear", "mlp", "cnn", "rnn", "attention"
  std::string preset;  // of the task
  std::string budget;  // "" = all steps
  std::int64_t steps = 1000;
  std::int64_t evaluate_steps = 100;  // between evaluations on the validation part
  int patience = 0;                   // evaluations without a better loss that end it; 0 = never
  int batch_size = 64;                // 0 = all examples at once
  std::uint64_t seed = 1;
  std::string device = "cpu";
  int threads = 0;  // 0 = one per processor, one with --deterministic
  bool deterministic = false;
  double checkpoint_s = 10.0;  // wall clock between saved states
  LearnDataConfig data;
  LossKind loss = LossKind::kCrossEntropy;
  double label_smoothing = 0.0;
  TrainerConfig trainer;
  // The net of the task; numbers of inputs and outputs come from the data.
  MlpNetConfig mlp;
  ConvNetConfig cnn;
  RecurrentNetConfig rnn;
  AttentionNetConfig attention;
};

std::vector<std::string> LearnTasks();
// The first is what the task does without being told, on a generated set.
std::vector<std::string> LearnPresets(const std::string& task);
// Errors: no such task or preset (nearest name).
Result<LearnConfig> LearnPreset(const std::string& task, const std::string& preset);

nlohmann::ordered_json LearnConfigToJson(const LearnConfig& config);
// Overwrites what `json` names. Errors: unknown key, wrong type (with path and nearest name).
Status LearnConfigFromJson(const nlohmann::json& json, LearnConfig& config);
// First thing wrong with it.
Status CheckLearnConfig(const LearnConfig& config);

// Whether the task reads a text, symbol by symbol: attention always, rnn if its data are one.
bool ReadsText(const LearnConfig& config);

}  // namespace tengen

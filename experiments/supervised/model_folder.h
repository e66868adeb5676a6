#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "envs/core/result.h"
#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/task_net.h"
#include "nets/net.h"

namespace tengen {

// A supervised network on disk: a folder with
//   model.json         format, config of the run, shape, what the data were, step, checksum of the
//                      weights
//   model.safetensors  the weights
struct TrainedModel {
  LearnConfig config;
  NetShape shape;
  nlohmann::ordered_json data;  // LearnTask::DataFacts
  std::int64_t step = 0;
  NamedTensors weights;
};

// Replaces the folder as a whole. Throws WorldError.
void SaveTrainedModel(const std::filesystem::path& folder, const TrainedModel& model);
// Errors, with the file: missing, damaged, of another kind.
Result<TrainedModel> LoadTrainedModel(const std::filesystem::path& folder);
// The net with its weights, in evaluation mode. Errors: weights that do not fit.
Result<Net> NetOf(const TrainedModel& model);

}  // namespace tengen

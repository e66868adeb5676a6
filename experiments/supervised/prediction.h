#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/result.h"
#include "experiments/supervised/model_folder.h"

namespace tengen {

// What a model says of one example.
struct Prediction {
  std::string name;   // of the example: its file, and the row or picture in it
  std::string label;  // most probable class, or the continued text; "" where a number is learnt
  double number = 0.0;
  std::vector<std::pair<std::string, double>> probabilities;  // of classes, largest first
};

struct PredictOptions {
  int count = 200;           // characters that a text is continued by
  double temperature = 0.8;  // of that
  std::uint64_t seed = 1;    // of that
};

// A trained supervised model that is shown files. Not thread-safe.
class Predictor {
 public:
  // Errors: no run of `tengen learn` with a model in it, a damaged one.
  static Result<Predictor> Open(const std::filesystem::path& run);

  // Tables (.csv, .csv.gz; the column to be learnt may be missing), pictures (an IDX file), a sound
  // (.wav), or the beginning of a text, by what the model was trained on. Errors: what the readers
  // say; examples that do not fit the model's (what was met, what is wanted).
  Result<std::vector<Prediction>> Predict(const std::filesystem::path& file,
                                          const PredictOptions& options) const;

 private:
  Predictor(TrainedModel model, Net net) : model_(std::move(model)), net_(std::move(net)) {}
  Result<Samples> Read(const std::filesystem::path& file) const;
  Result<Samples> ReadPictures(const std::filesystem::path& file) const;
  Result<Samples> ReadSound(const std::filesystem::path& file) const;
  Result<std::vector<Prediction>> Continue(const std::filesystem::path& file,
                                           const PredictOptions& options) const;

  TrainedModel model_;
  Net net_;
};

}  // namespace tengen

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/datasets/samples.h"

namespace tengen {

// How features are brought to mean 0 and deviation 1.
enum class Standardize {
  kNone,
  kAll,      // one mean and deviation over everything: pictures
  kByFirst,  // one for each index of the first axis: columns of a table, channels of a picture
  kByLast,   // one for each index of the last axis: bands of a sound
};

// What happens to features between a file and a network. Statistics come from the training part
// alone; they are stored with the model and applied again to whatever it is shown later. A value.
class Preprocessing {
 public:
  Preprocessing() = default;  // leaves everything as it is

  // Learns from the training part: a column of words becomes one column of 0 and 1 for each word
  // that occurs (one-hot), then numbers x become (x - mean) / deviation; where the deviation is 0
  // they become 0. Padding behind the frames of a sound does not count and stays 0.
  // REQUIRES: CheckSamples(train).
  static Preprocessing Fit(const Samples& train, Standardize standardize);

  // Errors: another shape or other columns than those it was made from, words where it had numbers.
  // A word that did not occur in training has a 0 in each of its column's columns. Sounds may be
  // longer or shorter than those of training.
  Status Apply(Samples& samples) const;

  // Shape of what comes out.
  const std::vector<int>& shape() const { return shape_; }
  const std::vector<float>& mean() const { return mean_; }
  const std::vector<float>& deviation() const { return deviation_; }

  nlohmann::ordered_json ToJson() const;
  // Errors name the field: missing, of another type, lists of different lengths.
  static Result<Preprocessing> FromJson(const nlohmann::json& json);

  bool operator==(const Preprocessing&) const = default;

 private:
  Status SetShape();
  void OneHot(Samples& samples) const;
  void Scale(Samples& samples) const;
  Status CheckColumns(const Samples& samples) const;

  std::vector<int> input_shape_;
  std::vector<int> shape_;
  std::vector<std::string> columns_;                  // names in the input; empty: not a table
  std::vector<std::vector<std::string>> categories_;  // [columns] words; empty: numbers
  Standardize standardize_ = Standardize::kNone;
  std::vector<float> mean_;       // [1] or [extent of the axis]; of the one-hot columns 0
  std::vector<float> deviation_;  // the same; of the one-hot columns 1
};

}  // namespace tengen

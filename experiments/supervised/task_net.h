#pragma once

#include <cstdint>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/supervised/learn_config.h"
#include "nets/net.h"

namespace tengen {

// What a net takes and gives, as the data decide.
struct NetShape {
  std::vector<int> input;  // of one example; of symbols {}
  int outputs = 1;         // classes, symbols, or 1 for a number

  nlohmann::ordered_json ToJson() const;
  // Errors: not such an object.
  static Result<NetShape> FromJson(const nlohmann::json& json);
};

// The net of the task, with random weights of the config's seed. Errors: examples of another number
// of dimensions than the task's net takes (pictures have three, sounds two), too small for it.
Result<Net> MakeTaskNet(const LearnConfig& config, const NetShape& shape);

// Multiplications (each with its addition) of one prediction: of matrices and convolutions, and of
// attention; what is done number by number is left out. `length`: symbols or frames of the input.
std::int64_t MultiplyAdds(const LearnConfig& config, const NetShape& shape,
                          const NamedTensors& weights, std::int64_t length);

}  // namespace tengen

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "nets/model.h"

namespace tengen {

nlohmann::json ModelConfigToJson(const ModelConfig& config);
// Errors: a key missing, unknown, or of the wrong type or value; then what CheckModelConfig finds.
Result<ModelConfig> ModelConfigFromJson(const nlohmann::json& json);

}  // namespace tengen

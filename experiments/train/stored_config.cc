#include "experiments/train/stored_config.h"

#include <nlohmann/json.hpp>

namespace tengen {

nlohmann::json StoredTrainConfig(const TrainConfig& config) {
  nlohmann::json json = TrainConfigToJson(config);
  for (const char* key : {"budget", "threads", "device", "selfplay_device"}) json.erase(key);
  return json;
}

ConfigRules StoredTrainConfigRules() {
  ConfigRules rules;
  rules.complete = [](const nlohmann::json& stored) -> Result<nlohmann::json> {
    TrainConfig config;
    const Status read = TrainConfigFromJson(stored, config);
    if (!read) return Error{read.error()};
    return nlohmann::json(TrainConfigToJson(config));
  };
  // Prose decides nothing.
  rules.may_change = {"budget",    "threads",     "device",   "selfplay_device",
                      "precision", "expectation", "old_games"};
  return rules;
}

}  // namespace tengen

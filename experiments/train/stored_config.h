#pragma once

#include <nlohmann/json_fwd.hpp>

#include "experiments/config/train_config.h"
#include "experiments/runs/run_folder.h"

namespace tengen {

// What the config.json of a self-play run keeps: the config without what belongs to a session. The
// precision stays, for people who ask later.
nlohmann::json StoredTrainConfig(const TrainConfig& config);

// What may differ when a run goes on: keys that are newer than its folder have their defaults, and
// sessions may run on different machines.
ConfigRules StoredTrainConfigRules();

}  // namespace tengen

#pragma once

#include <filesystem>
#include <string>

#include "experiments/config/train_config.h"
#include "nets/model.h"

namespace tengen {

// The network that a run begins with instead of random weights: "run:FOLDER", "run:FOLDER@STEP" or
// "net:NAME", as agents are written. Errors: no such network, an agent without one of its own kind.
Result<ModelSnapshot> LoadStartNetwork(const std::string& agent);

// Gives config.net the size of the network of config.start. Of a run that goes on in `run` with the
// same start that is what its folder says: the network need not be there any more. Errors: as
// LoadStartNetwork; games whose heads or input are not the network's (the difference is shown).
// Auxiliary heads may differ: those of the network that the run has not are left out, others begin
// with random weights (WithAuxiliaryHeads).
Status TakeStartNetworkSize(const std::filesystem::path& run, TrainConfig& config);

}  // namespace tengen

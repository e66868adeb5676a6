#pragma once

#include <string>

#include "experiments/players/alphago_parts.h"
#include "nets/checkpoint.h"

namespace tengen {

// The network that `text` means: run:FOLDER, run:FOLDER@STEP or net:NAME as agents are written, or
// a folder, which is a run with all stages (its `stage`), a run folder (its newest network), or a
// network's own. Errors: there is none, it is damaged.
Result<NetworkFile> LoadStageNetwork(const std::string& text, AlphaGoStage stage);

}  // namespace tengen

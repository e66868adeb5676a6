#pragma once

#include <memory>
#include <string>

#include "experiments/players/alphago_parts.h"
#include "nets/checkpoint.h"
#include "nets/device.h"
#include "search/evaluator.h"

namespace tengen {

// The network that `text` means: run:FOLDER, run:FOLDER@STEP or net:NAME as agents are written, or
// a folder, which is a run with all stages (its `stage`), a run folder (its newest network), or a
// network's own. Errors: there is none, it is damaged.
Result<NetworkFile> LoadStageNetwork(const std::string& text, AlphaGoStage stage);

// The same ready to be asked, as it is without symmetries, on one thread of each caller. Throws
// UsageError: there is none, or it does not play the game.
std::shared_ptr<Evaluator> OpenStageNetwork(const std::string& text, AlphaGoStage stage,
                                            const GameSpec& game, Device device);

}  // namespace tengen

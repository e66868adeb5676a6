#pragma once

#include <memory>
#include <string>

#include "envs/core/game.h"

namespace tengen {

// A game by its id or by the name of a preset (its first game).
std::shared_ptr<const Game> GameOrUsageError(const std::string& id_or_preset);

}  // namespace tengen

#pragma once

#include <string_view>

#include "envs/core/result.h"
#include "envs/go/go_game.h"

namespace tengen {

// A point or a pass as controllers write it: "D4", "pass" in any case, or as KataGo reads it
// beside,
// "(x,y)" from the upper left corner, both from 0. Errors name what the board has.
Result<Action> ParseGtpPoint(const GoGame& game, std::string_view text);

}  // namespace tengen

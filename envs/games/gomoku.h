#pragma once

#include <memory>

#include "envs/core/game.h"
#include "envs/core/game_options.h"

namespace tengen {

// Gomoku in free style, the general m,n,k-game. The players put stones in turn on an empty point;
// k or more in a row, column or diagonal win; a full board without is a draw. Action = point.
//
// Options: size=3..19 (default 15), or rows and columns of a rectangle in the same range; k=2..6
// (default 5 or the longer side), not above the longer side.
Result<std::shared_ptr<const Game>> MakeGomoku(GameOptions options);

}  // namespace tengen

#pragma once

#include <memory>

#include "envs/core/game.h"
#include "envs/core/game_options.h"

namespace tengen {

// Tic-tac-toe. The first player (X) and the second (O) put stones in turn on an empty point of a
// 3x3 board; three in a row, column or diagonal win; a full board without is a draw. Action =
// point. No options.
Result<std::shared_ptr<const Game>> MakeTicTacToe(GameOptions options);

}  // namespace tengen

#pragma once

#include <memory>

#include "envs/core/game.h"
#include "envs/core/game_options.h"

namespace tengen {

// Othello on 8x8. D4 and E5 start white, E4 and D5 black; Black (the first player, X) begins. A
// move puts a disc on an empty point and turns the lines of the other's discs that it encloses, at
// least one. Who cannot move passes, a ply of its own (action 64, legal only then); the game ends
// when neither can move, and more discs win. Action = point.
// Of the eight symmetries the start position allows four: half turn and diagonals. No options.
Result<std::shared_ptr<const Game>> MakeOthello(GameOptions options);

}  // namespace tengen

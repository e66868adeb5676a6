#pragma once

#include <memory>

#include "envs/core/game.h"
#include "envs/core/game_options.h"

namespace tengen {

// Hex on a rhombus of size x size hexagons, without swap. The players put stones in turn on an
// empty point. The first (X) wins by joining the top to the bottom row with a chain, the second (O)
// by joining the left to the right column; exactly one of them does, so there is no draw. Action =
// point.
//
// The six neighbours of a point, on the square grid that State::Board writes:
//
//      .  a  b
//      c  *  d
//      e  f  .
//
// Options: size=1..19 (default 11).
Result<std::shared_ptr<const Game>> MakeHex(GameOptions options);

}  // namespace tengen

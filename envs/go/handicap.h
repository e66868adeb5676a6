#pragma once

#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/go/go_game.h"

// Handicap stones. Points are actions, row-major from the top row.

namespace tengen {

// The points of GTP's fixed_handicap (GTP version 2 draft 2, section 4.1.1), in its order: corners
// (lower left, upper right, upper left, lower right), sides, centre last when it is used. Sides
// below 13 points use the third line, others the fourth. Nine stones need odd sides of at least
// nine points, four need sides of at least seven; rectangles count by their smaller demand.
// Errors: fewer than two stones, or more than the board has such points for.
Result<std::vector<Action>> FixedHandicap(BoardShape shape, int stones);

// The most stones FixedHandicap places; 0 below 7 points a side.
int MaxFixedHandicap(BoardShape shape);

// Points for a program that places its own stones: the fixed ones as far as there are, then one by
// one the point whose nearest stone is farthest away, off the edge where there is a choice.
// Errors: fewer than two stones, or no empty point left for White.
Result<std::vector<Action>> FreeHandicap(BoardShape shape, int stones);

// `setup` with Black stones at distinct points of an empty board, White to move, and the count that
// rules with a handicap bonus need. Errors: fewer than two points or no empty point left, a point
// off the board or named twice, stones in the set-up already.
Result<GoSetup> WithHandicap(GoSetup setup, const std::vector<Action>& points);

}  // namespace tengen

#pragma once

#include "agents/records/game_record.h"

namespace tengen {

// Finished games written by hand, for the tests of agents/.

// Tic-tac-toe: X takes the top row, O loses.
//
//   X X X     plies: X 0, O 3, X 1, O 4, X 2
//   O O .     samples: all but ply 1, which has a cheap search
//   . . .
GameRecord XWinsTopRow();

// Go 3x3, komi 0.5, ended by two passes. Black owns the two left columns, White two stones, the
// middle of the right column is nobody's: Black by 6 - 2 - 0.5 = 3.5.
//
//   . X O     plies: B 1, W 2, B 4, W 8, B 7, W pass, B pass; all are samples
//   . X .
//   . X O
GameRecord BlackWinsSmallGo();

}  // namespace tengen

#pragma once

#include <string>
#include <vector>

#include "envs/go/board.h"

namespace tengen {

// The board that a diagram shows: one string per row from the top, "X" first player, "O" second,
// "." empty. Chains without liberties are taken off; no point is forbidden by simple ko.
// REQUIRES: the rows have the shape, or there are none (an empty board).
GoBoard BoardOfDiagram(const std::vector<std::string>& rows, BoardShape shape);

}  // namespace tengen

#pragma once

#include <span>

#include "envs/core/game.h"
#include "envs/go/board.h"

namespace tengen {

// Area score of the board as it stands, without komi: stones on the board plus empty regions that
// touch stones of one colour only (Tromp and Taylor). First player minus second, in points.
// `owner` gets the owner of each point, row-major from the top row, kEmpty for neutral points; it
// may be empty. REQUIRES: owner is empty or owner.size() == board.shape().points().
int AreaScore(const GoBoard& board, std::span<Cell> owner = {});

}  // namespace tengen

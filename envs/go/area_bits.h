#pragma once

#include <array>
#include <span>

#include "envs/go/board.h"
#include "envs/go/scoring.h"

// Scores of a board as sets of points, one bit a point, grown by shifts: without owners, several
// times as fast as a walk over the board. For encoders and searches, which ask at every position.

namespace tengen {

// AreaScore without owners.
int AreaScoreByBits(const GoBoard& board);

// ScoreGame without owners.
GoScore ScoreGameByBits(const GoBoard& board, TaxRule tax, std::span<const Point> dead);

// By Index(player): whether stones of the opponent may lie in the player's pass-alive territory
// (benson.h). False is certain, true is not: it looks for regions that are small enough, not for
// life.
std::array<bool, 2> MayHoldDeadStones(const GoBoard& board);

}  // namespace tengen

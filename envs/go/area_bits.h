#pragma once

#include "envs/go/board.h"

namespace tengen {

// Largest board that AreaScoreByBits takes: 11x11 fits.
inline constexpr int kMaxBitPoints = 128;

// AreaScore without owners, three times as fast on small boards: one bit a point, regions grown by
// shifts. REQUIRES: at most kMaxBitPoints points.
int AreaScoreByBits(const GoBoard& board);

}  // namespace tengen

#pragma once

#include <array>

namespace tengen {

// The horizons of short-term values, from far to near: on a board of A points each ply has the
// share 1 / (1 + c A) of what the plies before it left (KataGo, cpp/dataio/trainingwrite.cpp). The
// targets are ShortTermTarget in agents/zero/zero_samples.h.
inline constexpr std::array<double, 3> kShortTermPerPoint = {0.176, 0.056, 0.016};  // c
inline constexpr int kShortTermHorizons = static_cast<int>(kShortTermPerPoint.size());

}  // namespace tengen

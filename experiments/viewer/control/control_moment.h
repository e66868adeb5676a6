#pragma once

#include "envs/core/game.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// Draws a position of a game of one player as what it controls, on the current ImGui window; as
// text where there is no picture of it.
void DrawControlMoment(const Frame& frame, const Box& box, const State& state);

}  // namespace tengen

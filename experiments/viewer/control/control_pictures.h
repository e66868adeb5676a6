#pragma once

#include <imgui.h>
#include <span>
#include <string_view>

#include "experiments/viewer/window/screen.h"

namespace tengen {

// One moment of a control task.
struct ControlPicture {
  std::string_view task;          // the environment's name, "cartpole"
  std::span<const double> state;  // Env::GetState; what a time limit adds is not read
  // What the last action did, as a share of the largest push: 1 is right, or counterclockwise where
  // a motor turns, -1 the other way. Drawn as an arrow; 0 as nothing.
  float push = 0.0F;
};

// Whether there is a picture of this environment.
bool HasControlPicture(std::string_view task);

// Draws the moment, without any text, into the box, which it fills. Lengths and what is in view are
// those of Gymnasium 1.x (envs/classic_control/*.py, method render), looks are not: from cart and
// pole to the car, its hill and flag, the two links and the line they are to reach, and the rod.
// REQUIRES: HasControlPicture(picture.task); the state is as long as the environment's.
void DrawControlPicture(ImDrawList& list, const Box& box, const ControlPicture& picture);

}  // namespace tengen

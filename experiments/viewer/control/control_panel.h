#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/viewer/control/control_runner.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// What the panel keeps between frames.
struct ControlPanelState {
  std::vector<ControlPolicyChoice> choices;  // filled anew whenever the list is opened
  std::string policy;                        // the one that was asked for
  double strength = 1.0;                     // of the person's pushes, as in HandAction
};

// What a click or key asks of the screen.
struct ControlPanelRequest {
  std::optional<std::string> policy;
  bool list_policies = false;  // fill the choices: the list has been opened
  bool leave = false;
};

// The speed that is so many steps faster than this one, or slower; at an end of the list that end.
double OtherSpeed(double speed, int steps);

// Draws the panel beside the picture into the current ImGui window and handles its buttons. What
// has no room in the window is left out, the least important first.
ControlPanelRequest DrawControlPanel(const Frame& frame, const ControlTask& task,
                                     const EnvSpec& spec, ControlRunner& runner,
                                     const ControlLook& look, ControlPanelState& state);

}  // namespace tengen

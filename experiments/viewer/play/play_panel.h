#pragma once

#include <string>

#include "experiments/viewer/play/play_session.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// What is shown on and beside the board, and where the mouse is.
struct PanelState {
  bool heat = false;
  bool candidates = true;
  bool ownership = false;
  bool lines = true;  // of hovered candidates
  bool numbers = false;
  bool coordinates = true;
  bool tree = false;
  Action hovered = kNoAction;  // move under the mouse, on the board or in the table
  bool table_hovered = false;
};

// What a click in the panel asks of its screen.
struct PanelRequest {
  enum class Kind { kNone, kNew, kSave, kLoad, kLeave, kPass } kind = Kind::kNone;
};

// Draws the panel beside the board into the current ImGui window and handles its keys. `message`:
// what the last click met, or "".
PanelRequest DrawPlayPanel(const Frame& frame, PlaySession& session, const std::string& message,
                           PanelState& state);

}  // namespace tengen

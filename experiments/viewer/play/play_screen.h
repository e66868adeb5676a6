#pragma once

#include <memory>

#include "experiments/viewer/play/play_options.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// Play a game against agents, look on while they play, or replay a record, with analysis. Unknown
// games and agents are shown as a sentence in the window.
std::unique_ptr<Screen> MakePlayScreen(const PlayOptions& options);

}  // namespace tengen

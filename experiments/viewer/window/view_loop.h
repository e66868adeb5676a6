#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "experiments/viewer/window/screen.h"
#include "experiments/viewer/window/view_script.h"
#include "experiments/viewer/window/window.h"

namespace tengen {

struct ViewOptions {
  WindowOptions window;
  Device device = Device::kCpu;
  std::filesystem::path screenshot;  // writes this picture and ends (after the script, if any)
  std::filesystem::path record;      // writes every frame into this folder, 000000.png ...
  std::optional<ViewScript> script;
  double seconds = 0.0;      // closes after so long; 0 = never
  bool frame_stats = false;  // prints frame times at the end, to stdout
};

// Opens the window and shows `first`, until it is closed or `stop` says so. `start` makes the
// screen that the others go back to. The last screen's Failure. Throws WorldError.
std::string RunWindow(const ViewOptions& options, std::unique_ptr<Screen> first,
                      const std::function<std::unique_ptr<Screen>()>& start,
                      const std::function<bool()>& stop);

}  // namespace tengen

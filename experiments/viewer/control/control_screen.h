#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "experiments/viewer/window/screen.h"

namespace tengen {

struct ControlScreenOptions {
  std::string env_id;                   // of one of ControlTasks()
  std::string policy = "idle";          // as MakeControlPolicy
  bool paused = false;                  // time stands until somebody lets it run
  int steps = 0;                        // where paused: taken at once
  std::filesystem::path runs = "runs";  // where policies to choose from are looked for
};

// A control task in real time: a trained policy acts, or a person who pushes with keys; beside it
// what the policy sees and thinks, curves and the episodes so far. Unknown tasks and policies that
// cannot be loaded are shown as a sentence in the window. Where time is paused from the start,
// pictures depend on keys and clicks alone.
std::unique_ptr<Screen> MakeControlScreen(const ControlScreenOptions& options);

}  // namespace tengen

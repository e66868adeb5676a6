#pragma once

#include <filesystem>
#include <memory>

#include "experiments/viewer/window/screen.h"

namespace tengen {

// A run folder of `tengen train`, while a process trains in it or afterwards: how it does, its
// curves, newest games and matches, and the time machine over its checkpoints. Reads only.
std::unique_ptr<Screen> MakeRunScreen(const std::filesystem::path& folder);

}  // namespace tengen

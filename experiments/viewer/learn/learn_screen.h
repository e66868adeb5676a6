#pragma once

#include <filesystem>
#include <memory>

#include "experiments/viewer/window/screen.h"

namespace tengen {

// A run of `tengen learn`, also while it trains: curves of training and validation, and what it has
// learnt so far: the fitted line, the regions of two inputs, the pictures and sounds that it gets
// most wrong with their labels, or a sample of text. Left and right go through the evaluations, End
// follows the newest. Looks at the folder once a second.
std::unique_ptr<Screen> MakeLearnScreen(const std::filesystem::path& run);

}  // namespace tengen

#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "experiments/viewer/window/screen.h"

namespace tengen {

// What a checkpoint looks like on the slider.
enum class CheckpointMark {
  kUnasked,  // nothing is known of it yet
  kKnown,
  kGone,
};

// A row of checkpoints with a handle, on the current ImGui window. Returns the index that was
// clicked or dragged to. REQUIRES: chosen < marks.size().
std::optional<std::size_t> DrawCheckpointSlider(const Frame& frame, const Box& box,
                                                const std::vector<CheckpointMark>& marks,
                                                std::size_t chosen);

}  // namespace tengen

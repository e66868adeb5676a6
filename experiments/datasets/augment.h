#pragma once

#include <span>
#include <vector>

#include "envs/core/result.h"
#include "envs/core/rng.h"

namespace tengen {

// Random changes of a training example that leave its class as it is. 0 and false: none.
struct AugmentConfig {
  int shift = 0;                // pixels to each side; sounds: frames to and fro
  double rotate_degrees = 0.0;  // pictures, to each side
  double scale = 0.0;           // larger or smaller by this share at most, below 1
  bool flip = false;            // pictures, left and right exchanged in half of the cases
  int erase = 0;                // pictures: side of a square, bands and frames of a sound, set to 0

  bool operator==(const AugmentConfig&) const = default;
};

// First thing wrong with it.
Status CheckAugmentConfig(const AugmentConfig& config);

// Changes one example in place: {channels, rows, columns} of a picture, {frames, bands} of a sound;
// other shapes stay as they are. What comes in from outside is 0, so examples are best standardised
// before, or have a background of 0. Turned and scaled pictures are read bilinearly. All draws come
// from `rng`.
// REQUIRES: CheckAugmentConfig(config), `example` has the numbers of `shape`.
void Augment(const AugmentConfig& config, const std::vector<int>& shape, Rng& rng,
             std::span<float> example);

}  // namespace tengen

#pragma once

namespace tengen {

// Whether who sees the value (a search's, view of the player to move) resigns who does so below
// `limit`, in [-1, 0]. Never at -1: values that a search corrects (value_bias.h) can be lower.
inline bool IsHopeless(float value, double limit) {
  return limit > -1.0 && value < static_cast<float>(limit);
}

}  // namespace tengen

#pragma once

// What differs between LibTorch 1.13 and 2.x, for the .cc files of nets/ and agents/.

#include <torch/torch.h>

namespace tengen {

// c10::optional became std::optional in 2.x; both convert from a value and from this.
inline constexpr auto kNullopt = c10::nullopt;

}  // namespace tengen

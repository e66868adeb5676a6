#include "nets/control_encoder.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "envs/control/control_game.h"

namespace tengen {

ControlEncoder::ControlEncoder(EnvSpec env) : env_(std::move(env)), name_(env_.name + "/1") {}

Status ControlEncoder::Accepts(const GameSpec& spec) const {
  if (spec.name == env_.name) return Ok{};
  return Error{StrCat("encoder ", name_, ": the game is ", spec.id, ", wanted ", env_.name)};
}

void ControlEncoder::Encode(const State& state, Symmetry, std::span<float> planes,
                            std::span<float> globals) const {
  TENGEN_DCHECK(planes.size() == 1 && static_cast<int>(globals.size()) == this->globals());
  std::fill(planes.begin(), planes.end(), 0.0F);
  static_cast<const ControlState&>(state).Observe(globals);
  for (std::size_t i = 0; i < globals.size(); ++i) {
    const float low = env_.observation_low[i];
    const float high = env_.observation_high[i];
    if (std::isfinite(low) && std::isfinite(high)) {
      globals[i] = (globals[i] - 0.5F * (low + high)) / (0.5F * (high - low));
    }
  }
}

}  // namespace tengen

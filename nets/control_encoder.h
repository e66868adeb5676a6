#pragma once

#include <string>

#include "envs/core/env.h"
#include "nets/encoder.h"

namespace tengen {

// "cartpole/1", "mountain_car/1", "acrobot/1": what the environment of that name shows, for
// planning in control tasks (envs/control/control_game.h).
//   planes   0 nothing: there is no board, one point stands for it
//   globals  the observation, each component with its bounds mapped to -1 and 1; a component
//            without bounds as it is
class ControlEncoder final : public InputEncoder {
 public:
  explicit ControlEncoder(EnvSpec env);

  std::string_view name() const override { return name_; }
  int planes() const override { return 1; }
  int globals() const override { return env_.observation_size(); }
  Status Accepts(const GameSpec& spec) const override;
  void Encode(const State& state, Symmetry symmetry, std::span<float> planes,
              std::span<float> globals) const override;

 private:
  EnvSpec env_;
  std::string name_;
};

}  // namespace tengen

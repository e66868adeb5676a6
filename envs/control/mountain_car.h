#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "envs/control/sin_cos.h"
#include "envs/core/dynamics_env.h"

namespace tengen {

// An underpowered car in a valley must swing itself up to the flag on the right (Moore 1990).
// Reproduces MountainCar-v0 of Gymnasium 1.x: float64 state, reward -1 for every step, the last
// included, 200 steps.
//
//   action       0 = accelerate left, 1 = not at all, 2 = right
//   state        position, velocity (per step)
//   observation  the state
//   start        position uniform in [-0.6, -0.4], velocity 0
//   terminated   position >= 0.5 and velocity >= 0
struct MountainCar {
  using State = std::array<double, 2>;
  using Observation = std::array<float, 2>;
  using Action = std::int32_t;

  static constexpr double kMinPosition = -1.2;
  static constexpr double kMaxPosition = 0.6;
  static constexpr double kMaxSpeed = 0.07;
  static constexpr double kGoalPosition = 0.5;
  static constexpr double kForce = 0.001;
  static constexpr double kGravity = 0.0025;

  static EnvSpec Spec() {
    return {.name = "mountain_car",
            .reference = "MountainCar-v0",
            .action = {.kind = ActionKind::kDiscrete, .num_actions = 3},
            .observation_low = {static_cast<float>(kMinPosition), static_cast<float>(-kMaxSpeed)},
            .observation_high = {static_cast<float>(kMaxPosition), static_cast<float>(kMaxSpeed)},
            .observation_names = {"position", "velocity"},
            .state_names = {"position", "velocity"},
            .max_episode_steps = 200};
  }

  static State Start(Rng& rng) { return {-0.6 + 0.2 * rng.Uniform(), 0.0}; }

  static DynamicsOutcome Advance(State& state, std::int32_t action) {
    auto [position, velocity] = state;
    velocity += (action - 1) * kForce + SinCos(3.0 * position).cos * -kGravity;
    velocity = std::min(std::max(velocity, -kMaxSpeed), kMaxSpeed);
    position += velocity;
    position = std::min(std::max(position, kMinPosition), kMaxPosition);
    const bool into_wall = (position == kMinPosition) & (velocity < 0.0);
    velocity = into_wall ? 0.0 : velocity;  // the left wall stops the car
    state = {position, velocity};
    const bool terminated = (position >= kGoalPosition) & (velocity >= 0.0);
    return {-1.0, terminated};
  }

  static Observation Observe(const State& state) {
    return {static_cast<float>(state[0]), static_cast<float>(state[1])};
  }
};

}  // namespace tengen

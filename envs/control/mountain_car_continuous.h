#pragma once

#include <algorithm>
#include <array>

#include "envs/control/sin_cos.h"
#include "envs/core/dynamics_env.h"

namespace tengen {

// The mountain car with a throttle (Moore 1990). Reproduces MountainCarContinuous-v0 of Gymnasium
// 1.x: 100 for the goal less 0.1 times the squared action for every step, 999 steps. The state is
// kept in float32: a step computes in float64 and rounds. As Gymnasium does under NumPy 1, which
// made the reference; NumPy 2 computes parts of a step in float32. The start is rounded too
// (Gymnasium rounds from the first step on).
//
//   action       throttle; clipped to [-1, 1] for the force, but not for the reward
//   state        position, velocity (per step)
//   observation  the state
//   start        position uniform in [-0.6, -0.4], velocity 0
//   terminated   position >= 0.45 and velocity >= 0
struct MountainCarContinuous {
  using State = std::array<double, 2>;  // values of float32
  using Observation = std::array<float, 2>;
  using Action = VectorAction<1>;

  static constexpr double kMinPosition = -1.2;
  static constexpr double kMaxPosition = 0.6;
  static constexpr double kMaxSpeed = 0.07;
  static constexpr double kGoalPosition = 0.45;
  static constexpr double kPower = 0.0015;
  static constexpr double kGravity = 0.0025;

  static EnvSpec Spec() {
    return {.name = "mountain_car_continuous",
            .reference = "MountainCarContinuous-v0",
            .action = {.kind = ActionKind::kContinuous, .low = {-1.0F}, .high = {1.0F}},
            .observation_low = {static_cast<float>(kMinPosition), static_cast<float>(-kMaxSpeed)},
            .observation_high = {static_cast<float>(kMaxPosition), static_cast<float>(kMaxSpeed)},
            .observation_names = {"position", "velocity"},
            .state_names = {"position", "velocity"},
            .max_episode_steps = 999};
  }

  static State Start(Rng& rng) { return {Rounded(-0.6 + 0.2 * rng.Uniform()), 0.0}; }

  static DynamicsOutcome Advance(State& state, const Action& action) {
    const double throttle = action[0];
    auto [position, velocity] = state;
    const double force = std::min(std::max(throttle, -1.0), 1.0);
    velocity += force * kPower - kGravity * SinCos(3.0 * position).cos;
    velocity = std::min(std::max(velocity, -kMaxSpeed), kMaxSpeed);
    position += velocity;
    position = std::min(std::max(position, kMinPosition), kMaxPosition);
    const bool into_wall = (position == kMinPosition) & (velocity < 0.0);
    velocity = into_wall ? 0.0 : velocity;  // the left wall stops the car
    state = {Rounded(position), Rounded(velocity)};
    const bool terminated = (position >= kGoalPosition) & (velocity >= 0.0);
    return {(terminated ? 100.0 : 0.0) - throttle * throttle * 0.1, terminated};
  }

  static Observation Observe(const State& state) {
    return {static_cast<float>(state[0]), static_cast<float>(state[1])};
  }

 private:
  static double Rounded(double value) { return static_cast<double>(static_cast<float>(value)); }
};

}  // namespace tengen

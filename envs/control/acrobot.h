#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "envs/control/sin_cos.h"
#include "envs/core/dynamics_env.h"

namespace tengen {

// Two links hang in a chain; a motor in the joint between them must swing the tip above a line one
// link's length over the pivot (Sutton 1996; Sutton & Barto 1998, section 11.3). Reproduces
// Acrobot-v1 of Gymnasium 1.x: the book's equations, one Runge-Kutta step of fourth order per
// action, float64 state (rounded to float32 at the start), reward -1 for every step but 0 for the
// last, 500 steps.
//
//   action       0, 1, 2 = torque -1, 0, 1 N m
//   state        theta1_rad (0 = down), theta2_rad (of the second link against the first), both in
//                [-pi, pi], theta1_dot_rad_s in [-4 pi, 4 pi], theta2_dot_rad_s in [-9 pi, 9 pi]
//   observation  cos theta1, sin theta1, cos theta2, sin theta2, theta1_dot, theta2_dot
//   start        all four uniform in [-0.1, 0.1]
//   terminated   -cos theta1 - cos(theta1 + theta2) > 1
struct Acrobot {
  using State = std::array<double, 4>;
  using Observation = std::array<float, 6>;
  using Action = std::int32_t;

  static constexpr double kDt = 0.2;  // s per step
  static constexpr double kLength1 = 1.0;
  static constexpr double kMass1 = 1.0;
  static constexpr double kMass2 = 1.0;
  static constexpr double kCenter1 = 0.5;  // of mass, from the joint
  static constexpr double kCenter2 = 0.5;
  static constexpr double kInertia = 1.0;  // of each link
  static constexpr double kGravity = 9.8;
  static constexpr double kMaxSpeed1 = 4.0 * std::numbers::pi;
  static constexpr double kMaxSpeed2 = 9.0 * std::numbers::pi;

  static EnvSpec Spec() {
    constexpr auto kHigh1 = static_cast<float>(kMaxSpeed1);
    constexpr auto kHigh2 = static_cast<float>(kMaxSpeed2);
    return {.name = "acrobot",
            .reference = "Acrobot-v1",
            .action = {.kind = ActionKind::kDiscrete, .num_actions = 3},
            .observation_low = {-1.0F, -1.0F, -1.0F, -1.0F, -kHigh1, -kHigh2},
            .observation_high = {1.0F, 1.0F, 1.0F, 1.0F, kHigh1, kHigh2},
            .observation_names = {"cos theta1", "sin theta1", "cos theta2", "sin theta2",
                                  "theta1_dot_rad_s", "theta2_dot_rad_s"},
            .state_names = {"theta1_rad", "theta2_rad", "theta1_dot_rad_s", "theta2_dot_rad_s"},
            .max_episode_steps = 500};
  }

  static State Start(Rng& rng) {
    State state;
    for (double& value : state) {
      value = static_cast<double>(static_cast<float>(-0.1 + 0.2 * rng.Uniform()));
    }
    return state;
  }

  static DynamicsOutcome Advance(State& state, std::int32_t action) {
    const double torque = action - 1;
    const State k1 = Derivative(state, torque);
    const State k2 = Derivative(Moved(state, 0.5 * kDt, k1), torque);
    const State k3 = Derivative(Moved(state, 0.5 * kDt, k2), torque);
    const State k4 = Derivative(Moved(state, kDt, k3), torque);
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] += kDt / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
    }
    state[0] = Wrapped(state[0]);
    state[1] = Wrapped(state[1]);
    state[2] = std::min(std::max(state[2], -kMaxSpeed1), kMaxSpeed1);
    state[3] = std::min(std::max(state[3], -kMaxSpeed2), kMaxSpeed2);
    const bool up = -SinCos(state[0]).cos - SinCos(state[1] + state[0]).cos > 1.0;
    return {up ? 0.0 : -1.0, up};
  }

  static Observation Observe(const State& state) {
    const auto [sin1, cos1] = SinCos(state[0]);
    const auto [sin2, cos2] = SinCos(state[1]);
    return {static_cast<float>(cos1), static_cast<float>(sin1),     static_cast<float>(cos2),
            static_cast<float>(sin2), static_cast<float>(state[2]), static_cast<float>(state[3])};
  }

 private:
  static State Moved(const State& state, double seconds, const State& velocity) {
    State moved;
    for (std::size_t i = 0; i < state.size(); ++i) moved[i] = state[i] + seconds * velocity[i];
    return moved;
  }

  // d state / dt. d1, d2, phi1, phi2 as in the book; cos(a - pi/2) = sin a.
  static State Derivative(const State& state, double torque) {
    constexpr double kCross = kMass2 * kLength1 * kCenter2;
    const auto [theta1, theta2, dtheta1, dtheta2] = state;
    const auto [sin2, cos2] = SinCos(theta2);
    const double d1 =
        kMass1 * kCenter1 * kCenter1 +
        kMass2 * (kLength1 * kLength1 + kCenter2 * kCenter2 + 2.0 * kLength1 * kCenter2 * cos2) +
        2.0 * kInertia;
    const double d2 = kMass2 * (kCenter2 * kCenter2 + kLength1 * kCenter2 * cos2) + kInertia;
    const double phi2 = kMass2 * kCenter2 * kGravity * SinCos(theta1 + theta2).sin;
    const double phi1 =
        -kCross * (dtheta2 * dtheta2) * sin2 - 2.0 * kCross * dtheta2 * dtheta1 * sin2 +
        (kMass1 * kCenter1 + kMass2 * kLength1) * kGravity * SinCos(theta1).sin + phi2;
    const double acc2 = (torque + d2 / d1 * phi1 - kCross * (dtheta1 * dtheta1) * sin2 - phi2) /
                        (kMass2 * kCenter2 * kCenter2 + kInertia - d2 * d2 / d1);
    const double acc1 = -(d2 * acc2 + phi1) / d1;
    return {dtheta1, dtheta2, acc1, acc2};
  }

  // The same angle in [-pi, pi].
  static double Wrapped(double theta) {
    constexpr double kPi = std::numbers::pi;
    const double above = std::ceil((theta - kPi) / (2.0 * kPi));
    const double below = std::ceil((-kPi - theta) / (2.0 * kPi));
    return theta - 2.0 * kPi * std::max(above, 0.0) + 2.0 * kPi * std::max(below, 0.0);
  }
};

}  // namespace tengen

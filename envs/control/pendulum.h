#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "envs/control/sin_cos.h"
#include "envs/core/dynamics_env.h"

namespace tengen {

// A pendulum on a motor too weak to lift it at once must be swung up and held. Reproduces
// Pendulum-v1 of Gymnasium 1.x: float64 state, semi-implicit Euler steps, never terminated, 200
// steps. As under NumPy 1, which made the reference: NumPy 2 computes the torque's part of a step
// in float32.
//
//   action       torque in N m, clipped to [-2, 2]
//   state        theta_rad (0 = upright, not wrapped), theta_dot_rad_s
//   observation  cos theta, sin theta, theta_dot
//   reward       -(theta^2 + 0.1 theta_dot^2 + 0.001 torque^2) before the step, theta in [-pi, pi)
//   start        theta uniform in [-pi, pi], theta_dot in [-1, 1]
struct Pendulum {
  using State = std::array<double, 2>;
  using Observation = std::array<float, 3>;
  using Action = VectorAction<1>;

  static constexpr double kMaxSpeed = 8.0;
  static constexpr double kMaxTorque = 2.0;
  static constexpr double kDt = 0.05;  // s per step
  static constexpr double kGravity = 10.0;
  static constexpr double kMass = 1.0;
  static constexpr double kLength = 1.0;

  static EnvSpec Spec() {
    constexpr auto kHighSpeed = static_cast<float>(kMaxSpeed);
    constexpr auto kHighTorque = static_cast<float>(kMaxTorque);
    return {
        .name = "pendulum",
        .reference = "Pendulum-v1",
        .action = {.kind = ActionKind::kContinuous, .low = {-kHighTorque}, .high = {kHighTorque}},
        .observation_low = {-1.0F, -1.0F, -kHighSpeed},
        .observation_high = {1.0F, 1.0F, kHighSpeed},
        .observation_names = {"cos theta", "sin theta", "theta_dot_rad_s"},
        .state_names = {"theta_rad", "theta_dot_rad_s"},
        .max_episode_steps = 200};
  }

  static State Start(Rng& rng) {
    const double theta = std::numbers::pi * (2.0 * rng.Uniform() - 1.0);
    return {theta, 2.0 * rng.Uniform() - 1.0};
  }

  static DynamicsOutcome Advance(State& state, const Action& action) {
    const auto [theta, theta_dot] = state;
    const double torque = std::min(std::max<double>(action[0], -kMaxTorque), kMaxTorque);
    const double angle = Wrapped(theta);
    const double cost = angle * angle + 0.1 * (theta_dot * theta_dot) + 0.001 * (torque * torque);
    double speed = theta_dot + (3.0 * kGravity / (2.0 * kLength) * SinCos(theta).sin +
                                3.0 / (kMass * kLength * kLength) * torque) *
                                   kDt;
    speed = std::min(std::max(speed, -kMaxSpeed), kMaxSpeed);
    state = {theta + speed * kDt, speed};
    return {-cost, false};
  }

  static Observation Observe(const State& state) {
    const auto [sin, cos] = SinCos(state[0]);
    return {static_cast<float>(cos), static_cast<float>(sin), static_cast<float>(state[1])};
  }

 private:
  // The same angle in [-pi, pi).
  static double Wrapped(double theta) {
    constexpr double kTurn = 2.0 * std::numbers::pi;
    const double shifted = theta + std::numbers::pi;
    return shifted - kTurn * std::floor(shifted / kTurn) - std::numbers::pi;
  }
};

}  // namespace tengen

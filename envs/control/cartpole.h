#pragma once

#include <array>
#include <cstdint>
#include <numbers>

#include "envs/control/sin_cos.h"
#include "envs/core/dynamics_env.h"

namespace tengen {

// A pole on a cart that is pushed left or right; the pole must not fall, the cart must not leave
// the track (Barto, Sutton & Anderson 1983). Reproduces CartPole-v1 of Gymnasium 1.x: explicit
// Euler steps, float64 state, reward 1 for every step, the last included, 500 steps.
//
//   action       0 = push left, 1 = push right
//   state        x_m, x_dot_m_s, theta_rad (0 = upright), theta_dot_rad_s
//   observation  the state
//   start        all four uniform in [-0.05, 0.05]
//   terminated   |x| > 2.4 m or |theta| > 12 degrees
struct CartPole {
  using State = std::array<double, 4>;
  using Observation = std::array<float, 4>;
  using Action = std::int32_t;

  static constexpr double kGravity = 9.8;         // m/s^2
  static constexpr double kCartMass = 1.0;        // kg
  static constexpr double kPoleMass = 0.1;        // kg
  static constexpr double kHalfPoleLength = 0.5;  // m
  static constexpr double kForce = 10.0;          // N
  static constexpr double kTau = 0.02;            // s per step
  static constexpr double kMaxX = 2.4;
  static constexpr double kMaxTheta = 12.0 * 2.0 * std::numbers::pi / 360.0;

  static EnvSpec Spec() {
    constexpr auto kHighX = static_cast<float>(2.0 * kMaxX);
    constexpr auto kHighTheta = static_cast<float>(2.0 * kMaxTheta);
    return {.name = "cartpole",
            .reference = "CartPole-v1",
            .action = {.kind = ActionKind::kDiscrete, .num_actions = 2},
            .observation_low = {-kHighX, -kUnbounded, -kHighTheta, -kUnbounded},
            .observation_high = {kHighX, kUnbounded, kHighTheta, kUnbounded},
            .observation_names = {"x_m", "x_dot_m_s", "theta_rad", "theta_dot_rad_s"},
            .state_names = {"x_m", "x_dot_m_s", "theta_rad", "theta_dot_rad_s"},
            .max_episode_steps = 500};
  }

  static State Start(Rng& rng) {
    State state;
    for (double& value : state) value = -0.05 + 0.1 * rng.Uniform();
    return state;
  }

  static DynamicsOutcome Advance(State& state, std::int32_t action) {
    constexpr double kTotalMass = kPoleMass + kCartMass;
    constexpr double kPoleMassLength = kPoleMass * kHalfPoleLength;
    const auto [x, x_dot, theta, theta_dot] = state;
    const double force = action == 1 ? kForce : -kForce;
    const auto [sin, cos] = SinCos(theta);
    const double push = (force + kPoleMassLength * (theta_dot * theta_dot) * sin) / kTotalMass;
    const double theta_acc = (kGravity * sin - cos * push) /
                             (kHalfPoleLength * (4.0 / 3.0 - kPoleMass * (cos * cos) / kTotalMass));
    const double x_acc = push - kPoleMassLength * theta_acc * cos / kTotalMass;
    state = {x + kTau * x_dot, x_dot + kTau * x_acc, theta + kTau * theta_dot,
             theta_dot + kTau * theta_acc};
    const bool terminated =
        (state[0] < -kMaxX) | (state[0] > kMaxX) | (state[2] < -kMaxTheta) | (state[2] > kMaxTheta);
    return {1.0, terminated};
  }

  static Observation Observe(const State& state) {
    return {static_cast<float>(state[0]), static_cast<float>(state[1]),
            static_cast<float>(state[2]), static_cast<float>(state[3])};
  }
};

}  // namespace tengen

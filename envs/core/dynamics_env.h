#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

#include "envs/core/env.h"

// The short way to write an environment: a struct of static functions, the dynamics, from which
// templates make the `Env` (below) and the fast batch behind `VecEnv` (core/vec_env_batch.h). Both
// run the same arithmetic, so they agree bit for bit.

namespace tengen {

struct DynamicsOutcome {
  double reward = 0.0;
  bool terminated = false;
};

// One vector action; a discrete action is a std::int32_t.
template <int kSize>
using VectorAction = std::array<float, static_cast<std::size_t>(kSize)>;

// What a dynamics struct D has:
//   State        std::array<double, S>, all that decides the future (time limits aside)
//   Observation  std::array<float, O>
//   Action       std::int32_t, or VectorAction<A>
//   Spec()       name, reference, spaces, names of the state; id and limit are filled in elsewhere
//   Start(rng)   draws a first state
//   Advance(state, action)       one step; or Advance(state, action, rng) where chance takes part
//   Observe(state)
template <typename D>
concept Dynamics = requires(typename D::State state, const typename D::Action& action, Rng& rng) {
  { D::Spec() } -> std::same_as<EnvSpec>;
  { D::Start(rng) } -> std::same_as<typename D::State>;
  { D::Observe(state) } -> std::same_as<typename D::Observation>;
}
&&(
    requires(typename D::State state, const typename D::Action& action) {
      { D::Advance(state, action) } -> std::same_as<DynamicsOutcome>;
    } ||
    requires(typename D::State state, const typename D::Action& action, Rng& rng) {
      { D::Advance(state, action, rng) } -> std::same_as<DynamicsOutcome>;
    });

template <typename D>
concept ChanceDynamics = Dynamics<D> &&
    requires(typename D::State state, const typename D::Action& action, Rng& rng) {
  D::Advance(state, action, rng);
};

template <Dynamics D>
class DynamicsEnv final : public Env {
 public:
  explicit DynamicsEnv(EnvSpec spec) : Env(std::move(spec)) {}

  void Observe(std::span<float> out) const override {
    const auto observation = D::Observe(state_);
    TENGEN_DCHECK(out.size() == observation.size());
    std::copy(observation.begin(), observation.end(), out.begin());
  }
  void GetState(std::span<double> out) const override {
    TENGEN_DCHECK(out.size() == state_.size());
    std::copy(state_.begin(), state_.end(), out.begin());
  }
  std::unique_ptr<Env> Clone() const override { return std::make_unique<DynamicsEnv>(*this); }
  void CopyFrom(const Env& other) override { *this = static_cast<const DynamicsEnv&>(other); }

 protected:
  void DoReset(Rng& rng) override { state_ = D::Start(rng); }
  StepOutcome DoStep(const EnvAction& action, Rng& rng) override {
    typename D::Action d_action;
    if constexpr (std::is_same_v<typename D::Action, std::int32_t>) {
      d_action = action.index();
    } else {
      std::copy(action.values().begin(), action.values().end(), d_action.begin());
    }
    DynamicsOutcome outcome;
    if constexpr (ChanceDynamics<D>) {
      outcome = D::Advance(state_, d_action, rng);
    } else {
      outcome = D::Advance(state_, d_action);
    }
    return {outcome.reward, outcome.terminated, false};
  }
  void DoSetState(std::span<const double> state) override {
    std::copy(state.begin(), state.end(), state_.begin());
  }

 private:
  typename D::State state_{};
};

}  // namespace tengen

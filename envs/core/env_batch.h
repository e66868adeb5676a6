#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "envs/core/dynamics_env.h"
#include "envs/core/env.h"

// What stands behind VecEnv (core/vec_env.h): N environments of one kind, advanced side by side.

namespace tengen {

// The actions of N environments: N indices, or N rows of A numbers, by the environment's kind. The
// caller keeps the memory alive during the call.
class ActionBatch {
 public:
  ActionBatch(std::span<const std::int32_t> indices)  // NOLINT(google-explicit-constructor)
      : kind_(ActionKind::kDiscrete), indices_(indices) {}
  ActionBatch(std::span<const float> rows)  // NOLINT(google-explicit-constructor)
      : kind_(ActionKind::kContinuous), rows_(rows) {}

  ActionKind kind() const { return kind_; }
  std::span<const std::int32_t> indices() const { return indices_; }
  std::span<const float> rows() const { return rows_; }  // [N, A]

 private:
  ActionKind kind_;
  std::span<const std::int32_t> indices_;
  std::span<const float> rows_;
};

// Where a step of N environments writes: memory of the caller's, such as that of a tensor. Flags
// are 0 or 1.
struct StepBatch {
  std::span<float> observations;       // [N, O]
  std::span<float> rewards;            // [N]
  std::span<std::uint8_t> terminated;  // [N]
  std::span<std::uint8_t> truncated;   // [N]
  // [N, O] or empty: with AutoReset::kSameStep the last observation of episodes that ended, in
  // their rows; other rows are left alone.
  std::span<float> final_observations;
};

// Environments 0..size-1. Different threads may work on different environments.
class EnvBatch {
 public:
  virtual ~EnvBatch() = default;

  virtual const EnvSpec& spec() const = 0;
  virtual int size() const = 0;

  virtual void Reset(int env, Rng& rng) = 0;
  // Advances environments begin..end-1 with their actions and random streams and writes their rows,
  // final_observations aside. Environments with ended[env] != 0 wait for Reset: their rows come out
  // as anything. REQUIRES: the actions pass CheckAction.
  virtual void Step(int begin, int end, const ActionBatch& actions,
                    std::span<const std::uint8_t> ended, std::span<Rng> rngs,
                    const StepBatch& out) = 0;
  virtual void Observe(int env, std::span<float> out) const = 0;
  // As Env's.
  virtual void GetState(int env, std::span<double> out) const = 0;
  virtual void SetState(int env, std::span<const double> state) = 0;
};

// A batch of any environments, one object each.
class ObjectBatch final : public EnvBatch {
 public:
  // REQUIRES: size >= 1. `make` is called once per environment.
  ObjectBatch(int size, const std::function<std::unique_ptr<Env>()>& make);

  const EnvSpec& spec() const override { return envs_.front()->spec(); }
  int size() const override { return static_cast<int>(envs_.size()); }
  void Reset(int env, Rng& rng) override { At(env).Reset(rng); }
  void Step(int begin, int end, const ActionBatch& actions, std::span<const std::uint8_t> ended,
            std::span<Rng> rngs, const StepBatch& out) override;
  void Observe(int env, std::span<float> out) const override { At(env).Observe(out); }
  void GetState(int env, std::span<double> out) const override { At(env).GetState(out); }
  void SetState(int env, std::span<const double> state) override;

 private:
  Env& At(int env) const { return *envs_[static_cast<std::size_t>(env)]; }

  std::vector<std::unique_ptr<Env>> envs_;
};

// A batch that holds the states of one dynamics as structure of arrays and advances them in loops
// that compilers turn into vector instructions. The time limit of the spec is part of it; with a
// limit the state ends in the number of steps taken, as behind the TimeLimit decorator.
//
//   state_:  x0 x1 x2 ... | v0 v1 v2 ... | ...      one column of N numbers per component
template <Dynamics D>
class DynamicsBatch final : public EnvBatch {
 public:
  DynamicsBatch(EnvSpec spec, int size)
      : spec_(std::move(spec)), state_(kStateSize * Unsigned(size)), elapsed_(Unsigned(size)) {}

  const EnvSpec& spec() const override { return spec_; }
  int size() const override { return static_cast<int>(elapsed_.size()); }

  void Reset(int env, Rng& rng) override {
    Put(env, D::Start(rng));
    elapsed_[Unsigned(env)] = 0;
  }

  void Step(int begin, int end, const ActionBatch& actions, std::span<const std::uint8_t> ended,
            std::span<Rng> rngs, const StepBatch& out) override {
    for (int at = begin; at < end; at += kBlock) {
      StepBlock(at, std::min(kBlock, end - at), actions, ended, rngs, out);
    }
  }

  void Observe(int env, std::span<float> out) const override {
    const Observation observation = D::Observe(Get(env));
    std::copy(observation.begin(), observation.end(), out.begin());
  }

  void GetState(int env, std::span<double> out) const override {
    const State state = Get(env);
    std::copy(state.begin(), state.end(), out.begin());
    if (out.size() > kStateSize) out[kStateSize] = elapsed_[Unsigned(env)];
  }
  void SetState(int env, std::span<const double> in) override {
    State state;
    std::copy(in.begin(), in.begin() + kStateSize, state.begin());
    Put(env, state);
    elapsed_[Unsigned(env)] =
        in.size() > kStateSize ? static_cast<std::int32_t>(in[kStateSize]) : 0;
  }

 private:
  using State = typename D::State;
  using Observation = typename D::Observation;
  using D_Action = typename D::Action;
  static constexpr std::size_t kStateSize = std::tuple_size_v<State>;
  static constexpr std::size_t kObservationSize = std::tuple_size_v<Observation>;
  static constexpr int kBlock = 64;  // environments per pass: the buffers below stay in cache

  static std::size_t Unsigned(int n) { return static_cast<std::size_t>(n); }
  double* Column(std::size_t component) { return state_.data() + component * elapsed_.size(); }

  State Get(int env) const {
    State state;
    for (std::size_t k = 0; k < kStateSize; ++k) {
      state[k] = state_[k * elapsed_.size() + Unsigned(env)];
    }
    return state;
  }
  void Put(int env, const State& state) {
    for (std::size_t k = 0; k < kStateSize; ++k) Column(k)[env] = state[k];
  }

  static D_Action ActionAt(const ActionBatch& actions, std::size_t env) {
    if constexpr (std::is_same_v<D_Action, std::int32_t>) {
      return actions.indices()[env];
    } else {
      D_Action action;
      for (std::size_t k = 0; k < action.size(); ++k) {
        action[k] = actions.rows()[env * action.size() + k];
      }
      return action;
    }
  }

  // The loops work on buffers of this function's own, which nothing else can point into: that lets
  // the compiler vectorise them.
  void StepBlock(int begin, int count, const ActionBatch& actions,
                 std::span<const std::uint8_t> ended, std::span<Rng> rngs, const StepBatch& out) {
    const std::size_t first = Unsigned(begin);
    const std::size_t n = Unsigned(count);
    std::array<std::array<double, kBlock>, kStateSize> state;
    std::array<D_Action, kBlock> action;
    std::array<double, kBlock> reward;
    std::array<std::int64_t, kBlock> terminated;
    std::array<Observation, kBlock> observation;
    for (std::size_t k = 0; k < kStateSize; ++k) {
      std::copy_n(Column(k) + first, n, state[k].begin());
    }
    for (std::size_t i = 0; i < n; ++i) action[i] = ActionAt(actions, first + i);
    for (std::size_t i = 0; i < n; ++i) {
      State s;
      for (std::size_t k = 0; k < kStateSize; ++k) s[k] = state[k][i];
      DynamicsOutcome outcome;
      if constexpr (ChanceDynamics<D>) {
        // One that waits for Reset draws nothing: its stream stays where Env's stands.
        if (ended[first + i] == 0) outcome = D::Advance(s, action[i], rngs[first + i]);
      } else {
        outcome = D::Advance(s, action[i]);
      }
      for (std::size_t k = 0; k < kStateSize; ++k) state[k][i] = s[k];
      reward[i] = outcome.reward;
      terminated[i] = outcome.terminated ? 1 : 0;
    }
    for (std::size_t i = 0; i < n; ++i) {
      State s;
      for (std::size_t k = 0; k < kStateSize; ++k) s[k] = state[k][i];
      observation[i] = D::Observe(s);
    }
    for (std::size_t k = 0; k < kStateSize; ++k) {
      std::copy_n(state[k].begin(), n, Column(k) + first);
    }
    std::copy_n(observation.front().data(), n * kObservationSize,
                out.observations.data() + first * kObservationSize);
    Finish(first, n, reward, terminated, out);
  }

  void Finish(std::size_t first, std::size_t n, const std::array<double, kBlock>& reward,
              const std::array<std::int64_t, kBlock>& terminated, const StepBatch& out) {
    const std::int32_t limit =
        spec_.max_episode_steps > 0 ? spec_.max_episode_steps : std::int32_t{1} << 30;
    std::array<std::uint8_t, kBlock> truncated;
    std::int32_t* elapsed = elapsed_.data() + first;
    for (std::size_t i = 0; i < n; ++i) {
      // Without a limit the count stays below what an int holds.
      elapsed[i] = std::min(elapsed[i] + 1, std::int32_t{1} << 30);
      truncated[i] = spec_.max_episode_steps > 0 && elapsed[i] >= limit ? 1 : 0;
    }
    for (std::size_t i = 0; i < n; ++i) out.rewards[first + i] = static_cast<float>(reward[i]);
    for (std::size_t i = 0; i < n; ++i) {
      out.terminated[first + i] = static_cast<std::uint8_t>(terminated[i]);
    }
    std::copy_n(truncated.begin(), n, out.truncated.data() + first);
  }

  const EnvSpec spec_;
  std::vector<double> state_;
  std::vector<std::int32_t> elapsed_;  // steps since the last reset
};

}  // namespace tengen

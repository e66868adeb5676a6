#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agents/rl/rl_learner.h"
#include "envs/core/vec_env.h"
#include "nets/safetensors.h"

namespace tengen {

// A VecEnv with same-step reset as learners use it: keeps the last step's results and the returns
// of finished episodes. Not thread-safe.
class TrainingEnv {
 public:
  // REQUIRES: env_id is valid, num_envs >= 1.
  TrainingEnv(std::string_view env_id, int num_envs, std::uint64_t seed);

  const EnvSpec& spec() const { return env_.spec(); }
  int num_envs() const { return env_.num_envs(); }

  // The observations that the next actions answer to, [N, O].
  std::span<const float> observations() const { return observations_; }

  // One step of all environments. Continuous actions are clipped to the space's bounds first.
  void Step(ActionRows& actions);

  // Results of the last step, [N].
  std::span<const float> rewards() const { return rewards_; }
  bool terminated(int env) const { return terminated_[static_cast<std::size_t>(env)] != 0; }
  // Truncated and not terminated: what comes after still counts.
  bool truncated(int env) const {
    return truncated_[static_cast<std::size_t>(env)] != 0 && !terminated(env);
  }
  bool ended(int env) const { return terminated(env) || truncated(env); }
  // What the last step led to: the last observation of an episode that ended, else observations().
  std::span<const float> next_observation(int env) const;

  // Returns of the episodes that ended since the last call, in the order of their ends.
  std::vector<double> TakeReturns();

  void SaveTo(NamedTensors& out) const;
  Status LoadFrom(const NamedTensors& in);

 private:
  VecEnv env_;
  std::vector<float> observations_, final_observations_, rewards_;
  std::vector<std::uint8_t> terminated_, truncated_;
  std::vector<double> returns_;  // of the running episodes
  std::vector<double> finished_;
};

// State of random streams as int64 tensors [n, 4], bit for bit.
at::Tensor StreamsToTensor(std::span<const Rng::State> streams);
Result<std::vector<Rng::State>> StreamsFromTensor(const NamedTensors& in, const std::string& name,
                                                  std::size_t count);

// The tensors whose names begin with `prefix`, without it.
NamedTensors TensorsBelow(const NamedTensors& in, std::string_view prefix);

}  // namespace tengen

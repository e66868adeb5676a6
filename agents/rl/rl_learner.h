#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/env_batch.h"
#include "envs/core/result.h"
#include "nets/safetensors.h"

namespace tengen {

// The actions of n environments with their memory: indices or rows of numbers, by the space.
struct ActionRows {
  ActionRows(const ActionSpace& space, int n) : discrete(space.discrete()) {
    const auto size = static_cast<std::size_t>(n) * static_cast<std::size_t>(space.size());
    if (discrete) {
      indices.resize(size);
    } else {
      values.resize(size);
    }
  }
  ActionBatch batch() const {
    if (discrete) return std::span<const std::int32_t>(indices);
    return std::span<const float>(values);
  }

  bool discrete;
  std::vector<std::int32_t> indices;  // [n]
  std::vector<float> values;          // [n, A]
};

// Throws WorldError when learning has run away: the norm of a gradient, after so many updates.
inline void CheckGradient(const char* algorithm, double norm, std::int64_t updates) {
  if (std::isfinite(norm)) return;
  throw WorldError(StrCat(algorithm, ": the gradient is ", norm, " after ", updates,
                          " updates, wanted a finite one; a smaller lr may help"));
}

// A learner of control tasks (PPO, DQN, SAC): owns its environments, its networks and what else it
// needs, and does everything on the calling thread. Equal seeds give equal learners. Not
// thread-safe.
class RlLearner {
 public:
  virtual ~RlLearner() = default;

  // One round of the algorithm: some environment steps and the updates that belong to them.
  virtual void Iterate() = 0;

  virtual std::int64_t env_steps() const = 0;  // so far, over all environments
  virtual std::int64_t updates() const = 0;    // gradient steps so far

  // The policy without exploration. observations [n, O] of raw environments; out is made for n.
  virtual void ActGreedily(std::span<const float> observations, ActionRows& out) const = 0;

  // Undiscounted returns of the training episodes that ended since the last call.
  virtual std::vector<double> TakeReturns() = 0;
  // Means over the last round, by name: losses and what tells whether learning is healthy.
  virtual std::vector<std::pair<std::string, double>> Metrics() const = 0;

  // The networks that act, for people who want to look into them.
  virtual NamedTensors Policy() const = 0;
  // Everything that decides the future; a learner that loads it goes on as this one would.
  virtual NamedTensors SaveState() const = 0;
  // Errors: a tensor missing or of another size. REQUIRES: made with the same config and env.
  virtual Status LoadState(const NamedTensors& state) = 0;
};

}  // namespace tengen

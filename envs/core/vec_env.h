#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "envs/core/env_batch.h"
#include "envs/core/result.h"

namespace tengen {

// What happens to an environment whose episode has ended, as Gymnasium 1.x names it.
enum class AutoReset {
  // The step that ends an episode returns its last observation. The next step ignores the action,
  // resets, and returns the first observation of the new episode with reward 0 and both flags 0.
  // Gymnasium's default and EnvPool's only way. Learners must leave that step out.
  kNextStep,
  // The step that ends an episode resets at once: it returns the reward and flags of the end with
  // the first observation of the new episode, and puts the last one into final_observations. Every
  // step is a transition; what the agents of this project use.
  kSameStep,
  // Nothing resets by itself: Step REQUIRES that no episode has ended, so Reset of those that ended
  // comes first.
  kDisabled,
};

struct VecEnvOptions {
  int num_envs = 1;
  std::uint64_t seed = 1;  // environment i draws from the stream (seed, kEnvironment, i)
  int threads = 1;
  AutoReset auto_reset = AutoReset::kNextStep;
};

// N environments of one kind, stepped together into memory of the caller's. What each of them does
// depends on its stream and its actions only, so results are the same for every number of threads,
// and environment i does the same in a batch of any size. Used by one thread at a time; its own
// threads work on fixed ranges of environments during a call.
class VecEnv {
 public:
  // Steps `batch`; MakeVecEnv (registry/env_registry.h) makes one by name. REQUIRES: the batch is
  // of options.num_envs environments, threads >= 1.
  VecEnv(std::unique_ptr<EnvBatch> batch, const VecEnvOptions& options);
  VecEnv(VecEnv&&) noexcept;
  VecEnv& operator=(VecEnv&&) noexcept;
  ~VecEnv();

  const EnvSpec& spec() const;
  int num_envs() const;

  // Starts an episode in every environment; observations are [N, O]. The random streams go on from
  // where they stand.
  void Reset(std::span<float> observations);
  // The same for the environments with which[i] != 0 alone; rows of the others are left alone.
  // REQUIRES: which has num_envs() flags.
  void Reset(std::span<const std::uint8_t> which, std::span<float> observations);
  // Environment i draws from the start of the stream (seeds[i], kEnvironment, 0) from here on.
  // REQUIRES: num_envs() seeds.
  void Seed(std::span<const std::uint64_t> seeds);
  // The same for the environments with which[i] != 0 alone. REQUIRES: num_envs() flags.
  void Seed(std::span<const std::uint8_t> which, std::span<const std::uint64_t> seeds);
  // One step of every environment. REQUIRES: Reset or Load came before; every action is valid
  // (CheckAction), those of environments that are about to reset too; the spans have their sizes.
  void Step(const ActionBatch& actions, const StepBatch& out);

  // Everything that decides the future; after Load the very same episodes go on.
  struct Snapshot {
    std::vector<double> states;       // [N, S] as Env::GetState
    std::vector<Rng::State> streams;  // [N]
    std::vector<std::uint8_t> ended;  // [N] 1 = resets at the next step
  };
  Snapshot Save() const;
  // Errors: sizes that do not fit. Follow it by Observe instead of Reset.
  Status Load(const Snapshot& snapshot);
  void Observe(std::span<float> observations) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

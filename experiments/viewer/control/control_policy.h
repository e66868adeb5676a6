#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agents/rl/rl_policy.h"
#include "envs/core/env.h"
#include "envs/core/result.h"
#include "experiments/viewer/control/control_task.h"
#include "nets/device.h"

namespace tengen {

// What a policy thinks of the moment at hand.
struct ControlThought {
  ControlAction action;
  // What it bases that on; the action in it is not read. A planner's probabilities are the
  // network's before the search, its q the mean returns that the search found.
  PolicyOutput output;
  std::vector<int> visits;  // of a planner's search, by action; else empty
};

// Chooses actions for one episode after the other. One thread at a time.
class ControlPolicy {
 public:
  virtual ~ControlPolicy() = default;

  // For people: "ppo, seed 2".
  virtual std::string Name() const = 0;
  // An episode begins, whose start Env::Reset drew with Rng(seed, RngRole::kEnvironment).
  virtual void Restart(std::uint32_t seed) = 0;
  // May take long. `observation` is the environment's.
  virtual ControlThought Think(std::span<const float> observation) = 0;
  // The step that was taken, whoever chose it.
  virtual void Advance(const ControlAction& action) = 0;
};

// A policy as people write it:
//
//   idle                 never pushes; for tasks that have to, from both sides in turns
//   random               uniform
//   FOLDER[,seed=2]      of a run of `tengen rl`: its best final policy, or the seed's
//   run:FOLDER, mcts:N   plans with a network of `tengen train`, or with rollouts: an agent as in
//                        `match`, with its options. For tasks with discrete actions
//
// Errors: one that does not exist, cannot be read, or belongs to another task.
Result<std::unique_ptr<ControlPolicy>> MakeControlPolicy(const std::string& text,
                                                         const std::string& env_id, Device device);

// A policy that can be had.
struct ControlPolicyChoice {
  std::string text;   // for MakeControlPolicy
  std::string label;  // for people
};

// idle, random and those of all runs below `runs` that belong to the task; the newest run first.
// Nothing is loaded, but many small files are read.
std::vector<ControlPolicyChoice> FindControlPolicies(const std::string& env_id,
                                                     const std::filesystem::path& runs);

// A task and who acts in it.
struct ControlRun {
  std::string env_id;
  std::string policy;
  bool trained_by_planning = false;  // a run of `tengen train`
};
// What the name of a task or a run folder means; nothing if it is neither. A run of `tengen train`
// counts if its game is a control task. Errors: a run of `tengen rl` that cannot be read.
Result<std::optional<ControlRun>> FindControlRun(const std::string& what);

}  // namespace tengen

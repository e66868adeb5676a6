#pragma once

#include <filesystem>
#include <memory>

#include "agents/alphago/linear_rollout.h"
#include "envs/core/result.h"
#include "experiments/players/agent_spec.h"
#include "nets/device.h"
#include "search/evaluator.h"

namespace tengen {

// Where the stages of AlphaGo lie in a run folder. What is missing is missing; a run of `learn
// rollout-policy` is a run folder with one stage, kRollouts.
//
//   rollouts/       the rollout policy (alphago/rollout_policy_run.h)
//   rollouts-rl/    the same after REINFORCE
//   sl/             the supervised policy network (and its value), a run of `learn go-policy`
//   rl/             the policy network after REINFORCE
//   value/          the value network of self-play positions
enum class AlphaGoStage { kRollouts, kRolloutsRl, kSl, kRl, kValue };
std::filesystem::path StageFolder(const std::filesystem::path& run, AlphaGoStage stage);

// The file of a linear policy that `path` means: itself, that of the run of its training, or that
// of a run with all stages. Errors: there is none.
Result<std::filesystem::path> LinearPolicyFileOf(const std::filesystem::path& path,
                                                 AlphaGoStage stage);

// What all searches of one `alphago:` or `rollouts:` agent share. Immutable.
class AlphaGoParts {
 public:
  // Errors: the game is not Go, a part is missing or cannot be read. Throws NeedsNetworks for
  // networks in a program without LibTorch. REQUIRES: spec.is_alphago().
  static Result<std::shared_ptr<const AlphaGoParts>> Open(const AgentSpec& spec,
                                                          const GameSpec& game, Device device);

  // Puts them together for one thread.
  std::shared_ptr<Evaluator> MakeEvaluator() const;

 private:
  explicit AlphaGoParts(const AgentSpec& spec) : spec_(spec) {}
  Status OpenPolicy(const GameSpec& game, Device device);
  Status OpenValue(const GameSpec& game, Device device);
  std::shared_ptr<Evaluator> Rollouts() const;

  const AgentSpec spec_;
  std::shared_ptr<const LinearFactors> rollouts_;
  std::shared_ptr<const LinearFactors> linear_prior_;  // where no network gives the prior
  std::shared_ptr<Evaluator> policy_network_;          // else null
  std::shared_ptr<Evaluator> value_network_;           // null: none
};

}  // namespace tengen

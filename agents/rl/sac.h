#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "agents/rl/rl_learner.h"
#include "agents/rl/rl_policy.h"

namespace tengen {

// Soft actor-critic for continuous actions (Haarnoja et al. 2018, arXiv 1812.05905, algorithm 1):
// two Q networks with slowly following targets, a Gaussian policy squashed by tanh, and a
// temperature that is learnt so that the policy keeps a given entropy.
//
// What differs from CleanRL's sac_continuous_action.py: policy and temperature learn with every
// update, not twice in every second one; all networks share one learning rate; exploration at the
// start can hold each random action for several steps (hold_steps), which a task with sparse
// rewards needs: white noise does not get a car out of a valley.
struct SacConfig {
  double gamma = 0.99;
  double lr = 1e-3;
  double adam_eps = 1e-8;
  std::vector<int> hidden = {64, 64};

  std::int64_t buffer_size = 1000000;
  int batch_size = 256;
  std::int64_t learning_starts = 1000;  // environment steps of uniformly random actions
  int hold_steps = 1;                   // each of those is repeated this often
  int train_every = 1;                  // environment steps between updates
  int gradient_steps = 1;               // updates each time
  double target_share = 0.005;          // tau of the targets' moving average, after every update

  bool learn_temperature = true;
  double temperature = 1.0;     // alpha; where it is learnt, its start
  double target_entropy = 0.0;  // 0 = minus the number of action components (appendix D)

  std::int64_t total_steps = 20000;  // environment steps
};

// First thing wrong with it.
Status CheckSacConfig(const SacConfig& config);

// Targets of both Q networks (equation 3 with the sample of equation 5):
// reward + discount * (min(q1, q2) - alpha * log_prob), of actions that the policy takes in the
// next state. discount is 0 where the task terminated. All [B]; no gradient flows through it.
at::Tensor SoftTargets(const at::Tensor& rewards, const at::Tensor& discounts,
                       const at::Tensor& next_q1, const at::Tensor& next_q2,
                       const at::Tensor& next_log_prob, double alpha);

// Mean of alpha * log_prob - min(q1, q2), which the policy descends (equation 9). All [B].
at::Tensor SoftPolicyLoss(const at::Tensor& log_prob, const at::Tensor& q1, const at::Tensor& q2,
                          double alpha);

// Mean of -exp(log_alpha) * (log_prob + target_entropy), which log_alpha descends (equation 18).
// log_alpha [1], log_prob [B], taken as constant.
at::Tensor TemperatureLoss(const at::Tensor& log_alpha, const at::Tensor& log_prob,
                           double target_entropy);

// A sample of the squashed Gaussian and its density, differentiable in mean and log_std.
struct SquashedSample {
  at::Tensor actions;   // [B, A] in (-1, 1): tanh(mean + exp(log_std) * noise)
  at::Tensor log_prob;  // [B] of those actions (appendix C, equation 21)
};
// All [B, A]; noise is standard normal.
SquashedSample SampleSquashed(const at::Tensor& mean, const at::Tensor& log_std,
                              const at::Tensor& noise);

// One environment. Actions of (-1, 1) are stretched to the space's bounds. Evaluation takes the
// squashed mean. REQUIRES: env_id is valid and has continuous actions with finite bounds;
// CheckSacConfig(config).
std::unique_ptr<RlLearner> MakeSac(const SacConfig& config, std::string_view env_id,
                                   std::uint64_t seed);

// The policy of such a learner for environments of this spec, from the tensors of its Policy().
// Errors: a tensor missing or of another shape. REQUIRES: as MakeSac.
Result<std::unique_ptr<RlPolicy>> LoadSacPolicy(const SacConfig& config, const EnvSpec& spec,
                                                const NamedTensors& tensors);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "agents/rl/rl_learner.h"
#include "agents/rl/rl_policy.h"

namespace tengen {

// Proximal Policy Optimization (Schulman et al. 2017, arXiv 1707.06347), with the implementation
// details that matter as switches (Huang et al. 2022, "The 37 Implementation Details of PPO"; the
// numbers below are theirs). The defaults are CleanRL's ppo.py.
//
// What differs from CleanRL: an episode that a time limit cut off is bootstrapped with the value of
// its last observation (bootstrap_truncated; CleanRL takes it for terminated); the learning rate
// falls with every gradient step, not with every rollout.
struct PpoConfig {
  int num_envs = 4;         // 1: vectorised
  int rollout_steps = 128;  // of each environment, between updates
  int epochs = 4;           // passes over a rollout
  int minibatches = 4;      // per epoch
  double gamma = 0.99;
  double gae_lambda = 0.95;  // 5: generalised advantage estimation (Schulman et al. 2016)
  double clip = 0.2;         // epsilon of equation 7
  double value_weight = 0.5;
  double entropy_weight = 0.01;  // 10

  double lr = 2.5e-4;
  double adam_eps = 1e-5;              // 3
  double max_grad_norm = 0.5;          // 11; 0 = never
  std::vector<int> hidden = {64, 64};  // of policy and value, which share nothing (13)

  bool orthogonal_init = true;       // 2: gains sqrt 2, policy 0.01, value 1
  bool anneal_lr = true;             // 4: linearly to 0 at total_steps
  bool normalize_advantages = true;  // 7: in each minibatch
  bool clip_value_loss = true;       // 9
  bool bootstrap_truncated = true;
  double target_kl = 0.0;  // ends an update's epochs once the approximate KL is above; 0 = never

  std::int64_t total_steps = 500000;  // environment steps, where the learning rate reaches 0
};

// First thing wrong with it.
Status CheckPpoConfig(const PpoConfig& config);

// What each step of a rollout of T steps of N environments led to, as a value; all [T, N] in rows
// of N. Where the step terminated, 0: nothing follows. Where it was cut off, final_values: the
// value of the episode's last observation. Else the value of the next observation, values of t + 1,
// after the last step after_values [N]. Flags are 0 or 1; a step that terminated is not cut off.
void NextValues(std::span<const float> values, std::span<const float> after_values,
                std::span<const std::uint8_t> terminated, std::span<const std::uint8_t> truncated,
                std::span<const float> final_values, std::span<float> next_values);

// Advantages of a rollout of T steps of N environments, all [T, N] in rows of N, and of time t:
//
//   delta_t = r_t + gamma * next_value_t - value_t
//   A_t     = delta_t + gamma * lambda * (ended_t ? 0 : A_{t+1}),   A_T = 0
//
// (Schulman et al. 2016, equation 16), with next_value of NextValues.
void GeneralizedAdvantages(std::span<const float> rewards, std::span<const float> values,
                           std::span<const float> next_values, std::span<const std::uint8_t> ended,
                           int num_envs, double gamma, double lambda, std::span<float> advantages);

// [B] with mean 0 and standard deviation 1 (the unbiased one).
at::Tensor NormalizedAdvantages(const at::Tensor& advantages);

// One minibatch of B, all [B] float32. old: under the policy that made the rollout.
struct PpoBatch {
  at::Tensor log_probs, old_log_probs;
  at::Tensor entropies;
  at::Tensor values, old_values;
  at::Tensor advantages;
  at::Tensor returns;  // advantages + old values
};

struct PpoLoss {
  at::Tensor total;    // scalar: policy + value_weight * value - entropy_weight * entropy
  at::Tensor policy;   // mean of max(-A ratio, -A clip(ratio, 1 - eps, 1 + eps))
  at::Tensor value;    // mean of half the squared error, clipped or not
  at::Tensor entropy;  // mean
};
PpoLoss ComputePpoLoss(const PpoBatch& batch, const PpoConfig& config);

// Discrete and continuous actions; a continuous policy is a Gaussian around the network's output
// with a standard deviation of its own per component, whatever the state. Actions are clipped to
// the space's bounds for the environment, not for the update. Evaluation takes the most probable
// action, or the mean.
//
// REQUIRES: env_id is valid; CheckPpoConfig(config).
std::unique_ptr<RlLearner> MakePpo(const PpoConfig& config, std::string_view env_id,
                                   std::uint64_t seed);

// The policy of such a learner for environments of this spec, from the tensors of its Policy().
// Errors: a tensor missing or of another shape. REQUIRES: as MakePpo.
Result<std::unique_ptr<RlPolicy>> LoadPpoPolicy(const PpoConfig& config, const EnvSpec& spec,
                                                const NamedTensors& tensors);

}  // namespace tengen

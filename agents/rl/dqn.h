#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "agents/rl/rl_learner.h"
#include "agents/rl/rl_policy.h"

namespace tengen {

// Deep Q-learning (Mnih et al. 2015) for discrete actions, with four of its improvements as
// switches: double (van Hasselt et al. 2016), duelling (Wang et al. 2016), n-step returns and
// prioritised replay (Schaul et al. 2016). The defaults are CleanRL's dqn.py.
//
// What differs: an episode that a time limit cut off is bootstrapped from (as CleanRL does); the
// duelling heads share all hidden layers.
struct DqnConfig {
  double gamma = 0.99;
  double lr = 2.5e-4;
  bool anneal_lr = false;  // linearly to 0 at total_steps
  double adam_eps = 1e-8;
  double max_grad_norm = 0.0;  // 0 = never clipped
  std::vector<int> hidden = {120, 84};

  std::int64_t buffer_size = 10000;
  std::int64_t learning_starts = 10000;  // environment steps before the first update
  int batch_size = 128;
  int train_every = 10;     // environment steps between updates
  int gradient_steps = 1;   // updates each time
  int target_every = 500;   // environment steps between copies to the target network
  double target_share = 1;  // of each copy: 1 = the whole network (Polyak averaging below 1)

  double epsilon_start = 1.0;  // exploration: a random action with this probability,
  double epsilon_end = 0.05;   // falling linearly
  double epsilon_share = 0.5;  // over this share of total_steps

  bool huber = false;  // the Huber loss instead of the squared error
  bool double_q = false;
  bool dueling = false;
  int n_step = 1;
  double priority_alpha = 0.0;  // 0 = uniform replay; Schaul et al.: 0.6
  double priority_beta = 0.4;   // rises linearly to 1 at total_steps

  std::int64_t total_steps = 500000;  // environment steps, for epsilon, beta and the learning rate
};

// First thing wrong with it.
Status CheckDqnConfig(const DqnConfig& config);

// reward + discount * max_a next_q_target(a), of B transitions; with next_q_online defined the
// action is its best one (double Q-learning, equation 4 of van Hasselt et al.). discount is 0 where
// the task terminated. rewards, discounts [B]; next_q [B, actions]. No gradient flows through it.
at::Tensor QTargets(const at::Tensor& rewards, const at::Tensor& discounts,
                    const at::Tensor& next_q_target, const at::Tensor& next_q_online);

// Mean over the batch of weight times squared error, or Huber's (half the square up to 1, then
// linear). All [B].
at::Tensor QLoss(const at::Tensor& q, const at::Tensor& targets, const at::Tensor& weights,
                 bool huber);

// Value [B, 1] and advantages [B, actions] in the columns of `heads` -> Q [B, actions]:
// value + advantage - mean advantage (equation 9 of Wang et al.).
at::Tensor DuelingQ(const at::Tensor& heads);

// Probability of a random action at an environment step.
double ExplorationEpsilon(const DqnConfig& config, std::int64_t step);

// One environment. Evaluation takes the action of the largest Q.
// REQUIRES: env_id is valid and has discrete actions; CheckDqnConfig(config).
std::unique_ptr<RlLearner> MakeDqn(const DqnConfig& config, std::string_view env_id,
                                   std::uint64_t seed);

// The policy of such a learner for environments of this spec, from the tensors of its Policy().
// Errors: a tensor missing or of another shape. REQUIRES: as MakeDqn.
Result<std::unique_ptr<RlPolicy>> LoadDqnPolicy(const DqnConfig& config, const EnvSpec& spec,
                                                const NamedTensors& tensors);

}  // namespace tengen

#include "experiments/rl/greedy_evaluation.h"

#include <algorithm>

#include "envs/registry/env_registry.h"

namespace tengen {

std::vector<double> EvaluateGreedily(const RlLearner& learner, std::string_view env_id,
                                     int episodes, std::uint64_t seed) {
  auto env =
      MakeVecEnv(
          env_id,
          {.num_envs = episodes, .seed = seed, .threads = 1, .auto_reset = AutoReset::kSameStep})
          .value();
  const auto n = static_cast<std::size_t>(episodes);
  std::vector<float> observations(n * static_cast<std::size_t>(env.spec().observation_size()));
  std::vector<float> rewards(n);
  std::vector<std::uint8_t> terminated(n), truncated(n);
  std::vector<double> returns(n, 0.0);
  std::vector<bool> done(n, false);
  ActionRows actions(env.spec().action, episodes);
  env.Reset(observations);
  for (std::size_t running = n; running > 0;) {
    learner.ActGreedily(observations, actions);
    env.Step(actions.batch(), {observations, rewards, terminated, truncated, {}});
    for (std::size_t i = 0; i < n; ++i) {
      if (done[i]) continue;
      returns[i] += static_cast<double>(rewards[i]);
      done[i] = (terminated[i] | truncated[i]) != 0;
      if (done[i]) --running;
    }
  }
  return returns;
}

}  // namespace tengen

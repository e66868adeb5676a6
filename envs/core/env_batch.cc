#include "envs/core/env_batch.h"

namespace tengen {

ObjectBatch::ObjectBatch(int size, const std::function<std::unique_ptr<Env>()>& make) {
  TENGEN_CHECK(size >= 1, "a batch of ", size, " environments, wanted at least 1");
  for (int i = 0; i < size; ++i) envs_.push_back(make());
}

void ObjectBatch::Step(int begin, int end, const ActionBatch& actions,
                       std::span<const std::uint8_t> ended, std::span<Rng> rngs,
                       const StepBatch& out) {
  const auto action_size = static_cast<std::size_t>(spec().action.size());
  const auto row = static_cast<std::size_t>(spec().observation_size());
  for (int env = begin; env < end; ++env) {
    const auto i = static_cast<std::size_t>(env);
    if (ended[i] != 0) continue;
    const EnvAction action = spec().action.discrete()
                                 ? EnvAction(actions.indices()[i])
                                 : EnvAction(actions.rows().subspan(i * action_size, action_size));
    const StepOutcome outcome = At(env).Step(action, rngs[i]);
    At(env).Observe(out.observations.subspan(i * row, row));
    out.rewards[i] = static_cast<float>(outcome.reward);
    out.terminated[i] = outcome.terminated ? 1 : 0;
    out.truncated[i] = outcome.truncated ? 1 : 0;
  }
}

void ObjectBatch::SetState(int env, std::span<const double> state) {
  const Status status = At(env).SetState(state);
  TENGEN_CHECK(status.ok(), status.error());
}

}  // namespace tengen

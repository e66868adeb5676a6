#include "search/rollout_policy.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tengen {

UniformRolloutPolicy::UniformRolloutPolicy(UniformRolloutOptions options)
    : options_(std::move(options)) {}

// Actions are drawn until one is wanted, which is far cheaper than a list of the legal moves while
// many are. A list decides when luck does not come.
Action UniformRolloutPolicy::Choose(const State& state, Rng& rng) {
  const auto actions = static_cast<std::uint32_t>(state.game().spec().num_actions);
  for (std::uint32_t tries = 0; tries < actions; ++tries) {
    const auto action = static_cast<Action>(rng.Below(actions));
    if (state.IsLegal(action) && !(options_.skip && options_.skip(state, action))) return action;
  }
  return ChooseFromList(state, rng);
}

Action UniformRolloutPolicy::ChooseFromList(const State& state, Rng& rng) {
  state.LegalActions(legal_);
  const auto wanted_end = options_.skip
                              ? std::partition(legal_.begin(), legal_.end(),
                                               [&](Action a) { return !options_.skip(state, a); })
                              : legal_.end();
  auto count = static_cast<std::uint32_t>(wanted_end - legal_.begin());
  if (count == 0) {
    if (options_.fallback != kNoAction && state.IsLegal(options_.fallback)) {
      return options_.fallback;
    }
    count = static_cast<std::uint32_t>(legal_.size());
  }
  return legal_[rng.Below(count)];
}

}  // namespace tengen

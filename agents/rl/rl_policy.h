#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tengen {

// The Gaussian of one component of a continuous action, in the action's units. SAC's is squashed
// into the bounds, so that its middle need not be halfway between the two ends; PPO's is not, and
// can reach beyond them.
struct ActionSpread {
  float mean = 0.0F;
  float low = 0.0F;  // one standard deviation below
  float high = 0.0F;
};

// What a trained policy says of one observation.
struct PolicyOutput {
  // The action without exploration: an index, or numbers within the bounds.
  std::int32_t index = 0;
  std::vector<float> values;

  std::vector<float> q;              // DQN: expected discounted return of each action
  std::vector<float> probabilities;  // PPO with discrete actions
  std::vector<ActionSpread> spread;  // continuous: one per component
  std::optional<float> value;        // expected discounted return; DQN's is its largest Q
};

// The networks that act, without what trains them: the tensors of RlLearner::Policy, as
// LoadDqnPolicy, LoadPpoPolicy and LoadSacPolicy find them in a file. Not thread-safe.
class RlPolicy {
 public:
  virtual ~RlPolicy() = default;

  // The observation is one of the raw environment, in its length.
  virtual PolicyOutput Evaluate(std::span<const float> observation) const = 0;
};

}  // namespace tengen

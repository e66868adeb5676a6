#include "agents/random_agent.h"

namespace tengen {

ActResult RandomAgent::Act(const State& state, Rng& rng) {
  state.LegalActions(legal_);
  ActResult result;
  result.action = legal_[rng.Below(static_cast<std::uint32_t>(legal_.size()))];
  return result;
}

}  // namespace tengen

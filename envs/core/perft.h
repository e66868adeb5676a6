#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// Number of legal action sequences of exactly `depth` actions from `state`. Games that end earlier
// are not extended. Compares a game's rules with published or independently computed counts.
// REQUIRES: depth >= 0.
inline std::uint64_t Perft(const State& state, int depth) {
  if (depth == 0) return 1;
  std::vector<Action> actions;
  state.LegalActions(actions);
  if (depth == 1) return actions.size();
  const std::unique_ptr<State> child = state.Clone();
  std::uint64_t count = 0;
  for (const Action action : actions) {
    child->CopyFrom(state);
    child->Apply(action);
    count += Perft(*child, depth - 1);
  }
  return count;
}

}  // namespace tengen

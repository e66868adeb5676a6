#pragma once

#include <chrono>

#include "envs/core/game.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"
#include "search/mcts.h"

// Budgets of a search. The only place in search/ that reads a clock.

namespace tengen {

// A point in time, measured by the steady clock from construction.
class Deadline {
 public:
  // Infinity never passes.
  explicit Deadline(double seconds);

  bool Passed() const { return finite_ && std::chrono::steady_clock::now() >= end_; }

 private:
  bool finite_;
  std::chrono::steady_clock::time_point end_;
};

// A search ends at whichever limit it meets first.
struct SearchLimits {
  int visits = 800;
  double seconds = 0.0;  // 0 = no limit of time
};

// Runs one search within `limits`; at least one batch of simulations is done whatever the time. A
// Gumbel root plans its rounds for all of `limits.visits`: choose them near what the time allows.
SearchResult RunMctsWithin(Mcts& mcts, Evaluator& evaluator, const State& root,
                           const SearchLimits& limits, Exploration exploration, Rng& rng);

}  // namespace tengen

#pragma once

#include <cstddef>

#include "search/gumbel.h"
#include "search/mcts.h"

namespace tengen {

// SearchResult::root_value from the statistics of the root's moves.
inline double RootValueOf(const SearchResult& result, RootSelection root) {
  if (root == RootSelection::kGumbel) {
    return PolicyValue(result.raw_value, {result.priors, result.visits, result.q}, result.policy);
  }
  double sum = result.raw_value;
  int visits = 1;
  for (std::size_t a = 0; a < result.q.size(); ++a) {
    sum += result.visits[a] * double{result.q[a]};
    visits += result.visits[a];
  }
  return sum / visits;
}

}  // namespace tengen

#include "search/time_control.h"

#include <cmath>

#include "envs/core/check.h"
#include "search/batch_queue.h"

namespace tengen {

Deadline::Deadline(double seconds)
    : finite_(seconds < 1e9), end_(std::chrono::steady_clock::now()) {
  if (finite_) {
    end_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(seconds));
  }
}

SearchResult RunMctsWithin(Mcts& mcts, Evaluator& evaluator, const State& root,
                           const SearchLimits& limits, Exploration exploration, Rng& rng) {
  TENGEN_CHECK(limits.seconds >= 0.0, "time limit ", limits.seconds, " s, wanted at least 0");
  const Deadline deadline(limits.seconds > 0.0 ? limits.seconds : HUGE_VAL);
  mcts.Begin(root, limits.visits, exploration, rng);
  BatchQueue queue(mcts, evaluator);
  // The first batch may be the root alone.
  for (int batches = 1; queue.Step(); ++batches) {
    if (batches < 2 || !deadline.Passed()) continue;
    queue.AwaitAll();
    mcts.Stop();
  }
  return mcts.Result();
}

}  // namespace tengen

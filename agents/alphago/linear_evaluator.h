#pragma once

#include <memory>

#include "agents/alphago/linear_rollout.h"
#include "search/evaluator.h"

namespace tengen {

// A linear policy as a prior for searches of Go; it has no value (0). Moves that rollouts leave out
// get 0, the pass one share of as many as there are legal moves, the rest of the prior is the
// policy's; without a move for it the pass gets
// everything. One object serves one thread at a time.
class LinearEvaluator final : public Evaluator {
 public:
  explicit LinearEvaluator(std::shared_ptr<const LinearFactors> factors)
      : policy_(std::move(factors)) {}

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket) override {}

 private:
  LinearRolloutPolicy policy_;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <vector>

#include "search/evaluator.h"

namespace tengen {

// One evaluation with memory of its own. The state must outlive it.
struct EvaluationRequest {
  explicit EvaluationRequest(const State& state, std::uint64_t random = 0) {
    state.LegalActions(legal);
    prior.resize(legal.size());
    evaluation.state = &state;
    evaluation.legal = legal;
    evaluation.prior = prior;
    evaluation.random = random;
    evaluation.value = 99.0F;
    evaluation.score = 99.0F;
  }
  EvaluationRequest(const EvaluationRequest&) = delete;
  EvaluationRequest& operator=(const EvaluationRequest&) = delete;

  void Ask(Evaluator& evaluator) { evaluator.Evaluate({&evaluation, 1}); }
  float value() const { return evaluation.value; }

  std::vector<Action> legal;
  std::vector<float> prior;
  Evaluation evaluation;
};

}  // namespace tengen

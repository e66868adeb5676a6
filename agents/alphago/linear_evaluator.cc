#include "agents/alphago/linear_evaluator.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace tengen {
namespace {

// Brings moves of weight `sum` to a prior. The pass, if a caller has not left it out, is the last.
void SharePrior(std::span<float> prior, float sum, bool has_pass) {
  const float one_of_all = 1.0F / static_cast<float>(prior.size());
  if (sum > 0.0F) {
    const float scale = (has_pass ? 1.0F - one_of_all : 1.0F) / sum;
    for (float& p : prior) p *= scale;
    if (has_pass) prior.back() = one_of_all;
    return;
  }
  std::fill(prior.begin(), prior.end(), has_pass ? 0.0F : one_of_all);
  if (has_pass) prior.back() = 1.0F;
}

}  // namespace

Evaluator::Ticket LinearEvaluator::Submit(std::span<Evaluation> batch) {
  for (Evaluation& evaluation : batch) {
    const auto& state = static_cast<const GoState&>(*evaluation.state);
    policy_.Begin(state);
    const auto factors = policy_.Factors(state);
    const Action pass = state.game().pass();
    float sum = 0.0F;
    for (std::size_t i = 0; i < evaluation.legal.size(); ++i) {
      const Action action = evaluation.legal[i];
      const bool left_out =
          action == pass || state.board().IsEyeLike(state.game().PointOf(action), state.ToMove());
      evaluation.prior[i] = left_out ? 0.0F : factors[static_cast<std::size_t>(action)];
      sum += evaluation.prior[i];
    }
    SharePrior(evaluation.prior, sum, evaluation.legal.back() == pass);
    evaluation.value = 0.0F;
    evaluation.score = 0.0F;
  }
  return 0;
}

}  // namespace tengen

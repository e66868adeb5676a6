#include "agents/alphago/linear_evaluator.h"

#include <cstddef>

namespace tengen {

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
    const float share = 1.0F / static_cast<float>(evaluation.legal.size());
    const float scale = sum > 0.0F ? (1.0F - share) / sum : 0.0F;
    for (float& prior : evaluation.prior) prior *= scale;
    // The pass is the last of the legal moves, where a caller has not left it out.
    if (evaluation.legal.back() == pass) evaluation.prior.back() = sum > 0.0F ? share : 1.0F;
    evaluation.value = 0.0F;
    evaluation.score = 0.0F;
  }
  return 0;
}

}  // namespace tengen

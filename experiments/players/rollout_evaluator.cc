#include "experiments/players/rollout_evaluator.h"

#include "envs/go/go_game.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

bool FillsOwnEyeOrPasses(const State& state, Action action) {
  const auto& go = static_cast<const GoState&>(state);
  return action == go.game().pass() || go.board().IsEyeLike(go.game().PointOf(action), go.ToMove());
}

}  // namespace

std::shared_ptr<Evaluator> MakeRolloutEvaluator(const Game& game, int rollouts) {
  UniformRolloutOptions options;
  if (const auto* go = dynamic_cast<const GoGame*>(&game)) {
    options.skip = FillsOwnEyeOrPasses;
    options.fallback = go->pass();
  }
  return std::make_shared<RolloutEvaluator>(
      rollouts, std::make_unique<UniformRolloutPolicy>(std::move(options)));
}

}  // namespace tengen

#pragma once

#include <memory>

#include "envs/core/game.h"
#include "search/evaluator.h"

namespace tengen {

// The evaluator of the pure-search anchors: one uniform random rollout a leaf. In Go, rollouts
// never fill an own eye and pass only when nothing else is left. One object serves one thread.
std::shared_ptr<Evaluator> MakeRolloutEvaluator(const Game& game);

}  // namespace tengen

#pragma once

#include <memory>

#include "envs/core/game.h"
#include "search/evaluator.h"

namespace tengen {

// The evaluator of the pure-search anchors: uniform random rollouts, one a leaf. In Go they never
// fill an own eye and pass only when nothing else is left. One object serves one thread.
std::shared_ptr<Evaluator> MakeRolloutEvaluator(const Game& game, int rollouts = 1);

}  // namespace tengen

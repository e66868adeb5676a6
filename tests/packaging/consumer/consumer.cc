// A program outside the project: finds a win in one by searching without a network.
#include <cstdio>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"

int main() {
  const auto game = tengen::MakeGame("tictactoe");
  if (!game) {
    std::fprintf(stderr, "%s\n", game.error().c_str());
    return 1;
  }
  const auto state = (*game)->NewState();
  for (const char* move : {"A1", "A2", "B1", "B2"}) {
    state->Apply(*(*game)->ParseAction(move));
  }
  tengen::Mcts mcts(tengen::MctsConfig{});
  tengen::UniformEvaluator evaluator;
  tengen::Rng rng(1, tengen::RngRole::kTest);
  const auto result = tengen::RunMcts(mcts, evaluator, *state, 200, tengen::Exploration::kOff, rng);
  const auto best = (*game)->ActionText(result.best);
  std::printf("%sbest move: %s, wanted C1\n", state->Text().c_str(), best.c_str());
  return best == "C1" ? 0 : 1;
}

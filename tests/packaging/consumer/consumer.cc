// A program outside the project: finds a win in one by searching with an evaluator of its own.
#include <algorithm>
#include <cstdio>

#include "envs/core/registry.h"
#include "search/mcts.h"

namespace {

class EqualPriors final : public tengen::Evaluator {
 public:
  Ticket Submit(std::span<tengen::Evaluation> batch) override {
    for (tengen::Evaluation& leaf : batch) {
      std::ranges::fill(leaf.prior, 1.0F / static_cast<float>(leaf.prior.size()));
      leaf.value = 0.0F;
    }
    return 0;
  }
  void Wait(Ticket) override {}
};

}  // namespace

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
  EqualPriors evaluator;
  tengen::Rng rng(1);
  const auto result = tengen::RunMcts(mcts, evaluator, *state, 200, tengen::Exploration::kOff, rng);
  const auto best = (*game)->ActionText(result.best);
  std::printf("%s\n%s\n", state->Text().c_str(), best.c_str());
  return best == "C1" ? 0 : 1;
}

#include "search/rollout_policy.h"

#include <vector>

#include <gtest/gtest.h>

#include "search/simple_evaluators.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

// Plays the first legal move, and notes what it is told.
class FirstMovePolicy final : public RolloutPolicy {
 public:
  explicit FirstMovePolicy(std::vector<int>& plies) : plies_(plies) {}
  void Begin(const State& start) override { plies_.push_back(-1 - start.Ply()); }
  Action Choose(const State& state, Rng&) override {
    plies_.push_back(state.Ply());
    return 0;
  }

 private:
  std::vector<int>& plies_;
};

TEST(RolloutPolicy, ARolloutBeginsAndGoesOnMoveByMove) {
  // Two moves to the end, the second of which wins for who takes it.
  const TreeGame game({{{1}, {1}}, {{2, 1.0}, {2, -1.0}}, {}}, 2, 1.0);
  const auto state = game.NewState();
  std::vector<int> plies;
  RolloutEvaluator evaluator(2, std::make_unique<FirstMovePolicy>(plies));
  EvaluationRequest request(*state);
  request.Ask(evaluator);
  EXPECT_EQ(plies, (std::vector<int>{-1, 0, 1, -1, 0, 1}));
  EXPECT_EQ(request.value(), -1.0F);  // the other player took the last move
}

TEST(UniformRolloutPolicy, DrawsEveryWantedMoveEquallyOften) {
  const TreeGame game({{{1}, {1}, {1}, {1}}, {}}, 2, 1.0);
  UniformRolloutOptions options;
  options.skip = [](const State&, Action action) { return action == 1; };
  UniformRolloutPolicy policy(options);
  const auto state = game.NewState();
  policy.Begin(*state);
  Rng rng(1, RngRole::kTest);
  std::vector<int> drawn(4, 0);
  for (int i = 0; i < 3000; ++i) ++drawn[static_cast<std::size_t>(policy.Choose(*state, rng))];
  EXPECT_EQ(drawn[1], 0);
  for (const int i : {0, 2, 3}) EXPECT_NEAR(drawn[static_cast<std::size_t>(i)], 1000, 130) << i;
}

}  // namespace
}  // namespace tengen

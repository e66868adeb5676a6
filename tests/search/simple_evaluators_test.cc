#include "search/simple_evaluators.h"

#include <cmath>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::FloatEq;

RolloutEvaluator UniformRollouts(int rollouts, UniformRolloutOptions options) {
  return RolloutEvaluator(rollouts, std::make_unique<UniformRolloutPolicy>(std::move(options)));
}

TEST(UniformEvaluatorTest, SaysNothing) {
  const auto game = MakeGame("connect4").value();
  const auto state = game->NewState();
  EvaluationRequest request(*state);
  UniformEvaluator evaluator;
  request.Ask(evaluator);
  EXPECT_THAT(request.prior, Each(FloatEq(1.0F / 7.0F)));
  EXPECT_EQ(request.value(), 0.0F);
  EXPECT_EQ(request.evaluation.score, 0.0F);
}

TEST(RolloutEvaluatorTest, TwoPlayersAverageTheResultForThePlayerToMove) {
  // The second player is to move: one of three moves loses, the others win: mean 1/3.
  const TreeGame game({{{1}}, {{2, -1.0}, {2, 1.0}, {2, 1.0}}, {}}, 2, 1.0);
  const auto state = game.NewState();
  state->Apply(0);
  RolloutEvaluator evaluator(20000);
  EvaluationRequest request(*state, 5);
  request.Ask(evaluator);
  EXPECT_NEAR(request.value(), 1.0 / 3.0, 0.02);
  EXPECT_THAT(request.prior, Each(FloatEq(1.0F / 3.0F)));
}

TEST(RolloutEvaluatorTest, OnePlayerDiscountsRewardsFromHereOn) {
  // 1 was earned before; from here 2 + .5 * 4.
  const TreeGame game({{{1, 1.0}}, {{2, 2.0}}, {{3, 4.0}}, {}}, 1, 0.5);
  const auto state = game.NewState();
  state->Apply(0);
  RolloutEvaluator evaluator;
  EvaluationRequest request(*state);
  request.Ask(evaluator);
  EXPECT_FLOAT_EQ(request.value(), 4.0F);
}

TEST(RolloutEvaluatorTest, EqualRandomNumbersGiveEqualValues) {
  const auto game = MakeGame("connect4").value();
  const auto state = game->NewState();
  RolloutEvaluator evaluator(10);
  std::vector<float> values;
  for (const std::uint64_t random : {1, 1, 2, 3, 4}) {
    EvaluationRequest request(*state, random);
    request.Ask(evaluator);
    values.push_back(request.value());
  }
  EXPECT_EQ(values[0], values[1]);
  EXPECT_FALSE(values[0] == values[2] && values[2] == values[3] && values[3] == values[4]);
}

TEST(RolloutEvaluatorTest, LeavesSkippedMovesOut) {
  // Move 0 loses, move 1 draws, move 2 wins.
  const TreeGame game({{{1, -1.0}, {1, 0.0}, {1, 1.0}}, {}}, 2, 1.0);
  UniformRolloutOptions options;
  options.skip = [](const State&, Action action) { return action == 0; };
  RolloutEvaluator evaluator = UniformRollouts(2000, options);
  const auto state = game.NewState();
  EvaluationRequest request(*state, 1);
  request.Ask(evaluator);
  EXPECT_NEAR(request.value(), 0.5, 0.05);
}

TEST(RolloutEvaluatorTest, PlaysTheFallbackWhereEveryMoveIsSkipped) {
  const TreeGame game({{{1, -1.0}, {1, -1.0}, {1, 1.0}}, {}}, 2, 1.0);
  UniformRolloutOptions options;
  options.skip = [](const State&, Action) { return true; };
  options.fallback = 2;
  RolloutEvaluator evaluator = UniformRollouts(100, options);
  const auto state = game.NewState();
  EvaluationRequest request(*state, 1);
  request.Ask(evaluator);
  EXPECT_EQ(request.value(), 1.0F);
}

TEST(RolloutEvaluatorTest, DrawsFromAllMovesWhereNoFallbackIsLegal) {
  const TreeGame game({{{1, -1.0}, {1, 1.0}}, {}}, 2, 1.0);
  UniformRolloutOptions options;
  options.skip = [](const State&, Action) { return true; };
  options.fallback = 7;
  RolloutEvaluator evaluator = UniformRollouts(4000, options);
  const auto state = game.NewState();
  EvaluationRequest request(*state, 1);
  request.Ask(evaluator);
  EXPECT_NEAR(request.value(), 0.0, 0.06);
}

// Draw gives up on trial and error after a while; the list must be as uniform.
TEST(RolloutEvaluatorTest, IsUniformWhereLegalMovesAreRare) {
  TreeGame::Moves moves(3);
  moves[0] = {{1, 1.0}, {1, -1.0}};
  moves[2].resize(500, {1, 0.0});  // makes the other 498 actions exist
  for (TreeGameMove& move : moves[2]) move.to = 3;
  moves.resize(4);
  const TreeGame game(moves, 2, 1.0);
  RolloutEvaluator evaluator(4000);
  const auto state = game.NewState();
  EvaluationRequest request(*state, 1);
  request.Ask(evaluator);
  EXPECT_NEAR(request.value(), 0.0, 0.06);
}

TEST(RolloutEvaluatorTest, MixesGames) {
  const auto connect4 = MakeGame("connect4").value();
  const auto tic_tac_toe = MakeGame("tictactoe").value();
  RolloutEvaluator evaluator;
  for (const auto& game : {connect4, tic_tac_toe, connect4}) {
    const auto state = game->NewState();
    EvaluationRequest request(*state, 3);
    request.Ask(evaluator);
    EXPECT_LE(std::abs(request.value()), 1.0F);
  }
}

TEST(RandomEvaluatorTest, IsAFunctionOfThePosition) {
  const auto game = MakeGame("connect4").value();
  const auto state = game->NewState();
  RandomEvaluator evaluator(3, RandomSource::kPosition);
  EvaluationRequest first(*state, 1);
  EvaluationRequest second(*state, 2);
  first.Ask(evaluator);
  second.Ask(evaluator);
  EXPECT_EQ(first.prior, second.prior);
  EXPECT_EQ(first.evaluation.value, second.evaluation.value);
  state->Apply(3);
  EvaluationRequest other(*state, 1);
  other.Ask(evaluator);
  EXPECT_NE(first.prior, other.prior);
}

TEST(RandomEvaluatorTest, IsAFunctionOfTheDrawAndTheSeed) {
  const auto game = MakeGame("connect4").value();
  const auto state = game->NewState();
  RandomEvaluator evaluator(3, RandomSource::kDraw);
  RandomEvaluator other_seed(4, RandomSource::kDraw);
  EvaluationRequest first(*state, 1);
  EvaluationRequest second(*state, 2);
  EvaluationRequest third(*state, 1);
  first.Ask(evaluator);
  second.Ask(evaluator);
  third.Ask(other_seed);
  EXPECT_NE(first.prior, second.prior);
  EXPECT_NE(first.prior, third.prior);
}

TEST(FillRandomEvaluationTest, PriorsSumToOneAndValuesFillTheRange) {
  std::vector<float> prior(82);
  float low = 1.0F;
  float high = -1.0F;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const float value = FillRandomEvaluation(Mix64(i), prior);
    low = std::min(low, value);
    high = std::max(high, value);
    ASSERT_NEAR(std::accumulate(prior.begin(), prior.end(), 0.0), 1.0, 1e-5);
    ASSERT_THAT(prior, Each(testing::Gt(0.0F)));
  }
  EXPECT_GE(low, -1.0F);
  EXPECT_LT(low, -0.98F);
  EXPECT_GT(high, 0.98F);
  EXPECT_LT(high, 1.0F);
}

}  // namespace
}  // namespace tengen

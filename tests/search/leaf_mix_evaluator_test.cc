#include "search/leaf_mix_evaluator.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/table_evaluator.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::FloatNear;

using Table = std::map<std::uint64_t, TableEvaluator::Answer>;

std::shared_ptr<TableEvaluator> Saying(const State& state, std::vector<float> prior, float value) {
  return std::make_shared<TableEvaluator>(
      Table{{state.PositionHash(), {std::move(prior), value, 5.0F}}});
}

// One move decides: the first loses for who takes it, the second wins.
class LeafMix : public testing::Test {
 protected:
  LeafMix() : game_({{{1, -1.0}, {1, 1.0}}, {}}, 2, 1.0), state_(game_.NewState()) {}

  float Mixed(std::shared_ptr<Evaluator> value, std::shared_ptr<Evaluator> rollouts,
              double lambda) {
    LeafMixOptions options;
    options.lambda = lambda;
    LeafMixEvaluator evaluator(
        {std::make_shared<UniformEvaluator>(), std::move(value), std::move(rollouts)}, options);
    EvaluationRequest request(*state_);
    request.Ask(evaluator);
    return request.value();
  }

  const TreeGame game_;
  const std::unique_ptr<State> state_;
};

// v = 0.6, z = -0.2: (1 - 1/4) 0.6 + 1/4 (-0.2) = 0.4; half and half 0.2.
TEST_F(LeafMix, WeighsValueAndRollouts) {
  const auto v = Saying(*state_, {0.5F, 0.5F}, 0.6F);
  const auto z = Saying(*state_, {0.5F, 0.5F}, -0.2F);
  EXPECT_FLOAT_EQ(Mixed(v, z, 0.25), 0.4F);
  EXPECT_FLOAT_EQ(Mixed(v, z, 0.5), 0.2F);
  EXPECT_FLOAT_EQ(Mixed(v, z, 0.0), 0.6F);
  EXPECT_FLOAT_EQ(Mixed(v, z, 1.0), -0.2F);
}

TEST_F(LeafMix, TakesTheOneThatIsThere) {
  const auto v = Saying(*state_, {0.5F, 0.5F}, 0.6F);
  const auto z = Saying(*state_, {0.5F, 0.5F}, -0.2F);
  EXPECT_FLOAT_EQ(Mixed(v, nullptr, 0.25), 0.6F);
  EXPECT_FLOAT_EQ(Mixed(nullptr, z, 0.25), -0.2F);
  EXPECT_FLOAT_EQ(Mixed(nullptr, nullptr, 0.25), 0.0F);
}

// Real rollouts: both moves equally often, so that z is near 0 and V near v / 2.
TEST_F(LeafMix, RolloutsAreOfTheSamePositionAndView) {
  const auto v = Saying(*state_, {0.5F, 0.5F}, 0.6F);
  EXPECT_NEAR(Mixed(v, std::make_shared<RolloutEvaluator>(4000), 0.5), 0.3F, 0.04F);
  // After the winning move nothing is left but the other player's loss; before it, who plays the
  // winning move alone wins.
  UniformRolloutOptions options;
  options.skip = [](const State&, Action action) { return action == 0; };
  const auto wins = std::make_shared<RolloutEvaluator>(
      1, std::make_unique<UniformRolloutPolicy>(std::move(options)));
  EXPECT_FLOAT_EQ(Mixed(v, wins, 0.5), 0.8F);  // (0.6 + 1) / 2
}

TEST_F(LeafMix, PriorsComeFromTheirOwnPart) {
  const auto prior = Saying(*state_, {0.2F, 0.8F}, 0.9F);
  const auto value = Saying(*state_, {0.7F, 0.3F}, 0.6F);
  const auto rollouts = Saying(*state_, {0.6F, 0.4F}, -0.2F);
  LeafMixEvaluator evaluator({prior, value, rollouts}, {});
  EvaluationRequest request(*state_);
  request.Ask(evaluator);
  EXPECT_THAT(request.prior, ElementsAre(FloatEq(0.2F), FloatEq(0.8F)));
  EXPECT_EQ(request.evaluation.score, 5.0F);
  EXPECT_EQ(value->positions(), 1);
  // The same object for both is asked once.
  LeafMixEvaluator shared({prior, prior, rollouts}, {});
  request.Ask(shared);
  EXPECT_EQ(prior->positions(), 2);
  EXPECT_FLOAT_EQ(request.value(), 0.35F);  // (0.9 - 0.2) / 2
}

// sqrt(.2) / (sqrt(.2) + sqrt(.8)) = 1/3.
TEST_F(LeafMix, AnExponentFlattensPriors) {
  LeafMixOptions options;
  options.prior_exponent = 0.5;
  LeafMixEvaluator evaluator({Saying(*state_, {0.2F, 0.8F}, 0.0F), nullptr, nullptr}, options);
  EvaluationRequest request(*state_);
  request.Ask(evaluator);
  EXPECT_THAT(request.prior,
              ElementsAre(FloatNear(1.0F / 3.0F, 1e-6F), FloatNear(2.0F / 3.0F, 1e-6F)));
}

// Two plies to the end. The value says +0.5 of the position behind move 0 and the rollouts -1 (its
// mover, the opponent, always loses there): V = -0.25 for the opponent, +0.25 for the root's mover.
// Behind move 1 the value says 0 and rollouts +1: V = 0.5, -0.5 for the root's mover. A sign or a
// ply in the wrong place prefers move 1.
TEST(LeafMixSearch, TheRootSeesTheLeavesFromItsOwnSide) {
  const TreeGame game({{{1}, {2}}, {{3, -1.0}, {3, -1.0}}, {{3, 1.0}, {3, 1.0}}, {}}, 2, 1.0);
  const auto state = game.NewState();
  const auto behind = game.NewState();
  behind->Apply(0);
  LeafMixEvaluator evaluator(
      {std::make_shared<UniformEvaluator>(), Saying(*behind, {0.5F, 0.5F}, 0.5F),
       std::make_shared<RolloutEvaluator>()},
      {});
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  Mcts mcts(config);
  Rng rng(1, RngRole::kTest);
  const SearchResult result = RunMcts(mcts, evaluator, *state, 2, Exploration::kOff, rng);
  EXPECT_THAT(result.visits, ElementsAre(1, 1));
  EXPECT_THAT(result.q, ElementsAre(FloatEq(0.25F), FloatEq(-0.5F)));
}

}  // namespace
}  // namespace tengen

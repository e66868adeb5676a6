#include "search/move_selector.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/backup.h"
#include "search/leaf_adjustment.h"

namespace tengen {
namespace {

// A root of value 0 whose move 0 came back with a return of 1: N 2, u .5, s .5, and with prior .4,
// w 2: sigma^2 = ((.25 + .16) 2 + .5 * 2) / 3 - .25 = .3566667, 1.4930 times the prior.
class SpreadOfReturnsTest : public testing::Test {
 protected:
  SpreadOfReturnsTest() : tree_(10, 3, TreeExtras::kAll) {
    config_.root = RootSelection::kPuct;
    config_.stdev.scale = 1.0;
    const std::vector<Action> actions = {0, 1, 2};
    const std::vector<float> priors = {0.4F, 0.38555F, 0.21445F};
    tree_.Add({}, actions, priors);
    ValueBias no_bias({});
    AddReturnWithExtras(tree_, std::vector{MakeStep(tree_, Tree::kRoot, 0)}, 0.0, -1.0, -1.0,
                        range_, no_bias);
  }

  int Select() {
    MoveSelector selector(config_);
    Rng rng(1, RngRole::kTest);
    selector.StartSearch(tree_, 10, 0, Exploration::kOff, rng);
    return selector.Select(tree_, Tree::kRoot, range_);
  }

  MctsConfig config_;
  Tree tree_;
  QRange range_ = QRange::Known(-1.0, 1.0);
};

// 100 visits under way through move 1: c sqrt(N) = 1.2553 sqrt(102) = 12.678. With the scale 1.4930
// move 0 is worth 1 + 18.93 * .4 / 2 = 4.786 and move 2, never tried, .75 + 18.93 * .21445 = 4.809.
// Were they returns, with a scale of 1.2577, move 0 would be: 4.189 against 4.169.
TEST_F(SpreadOfReturnsTest, VisitsUnderWayAreNoReturns) {
  AddUnobserved(tree_, std::vector{MakeStep(tree_, Tree::kRoot, 1)}, 100, range_.low());
  EXPECT_EQ(Select(), 2);
}

using testing::ElementsAre;
using testing::FloatNear;

constexpr float kUtility = 0.3F;

MctsConfig GumbelConfig() {
  MctsConfig config;
  config.root = RootSelection::kGumbel;
  config.score_utility = 1.0;
  return config;
}

// root --> n, both worth 0 to the evaluator and .3 more for their scores. Of n's moves the first
// has a visit and returned .3, so that v_mix of the second is .3 too: (own .3 + .3) / 2.
class UtilityTest : public testing::Test {
 protected:
  UtilityTest() : tree_(3, 2, TreeExtras::kAll) {
    const std::vector<Action> actions = {0, 1};
    const std::vector<float> priors = {0.5F, 0.5F};
    tree_.Add({.utility = kUtility}, actions, priors);
    tree_.edge_child(0) = tree_.Add({.utility = kUtility}, actions, priors);
    tree_.edge_child(2) = tree_.Add({.utility = -kUtility}, actions, priors);
    tree_.edge_visits(2) = 1;
    tree_.edge_q(2) = kUtility;
    tree_.node(1).visits = 2;
  }

  Tree tree_;
  const QRange range_ = QRange::Known(-1.0, 1.0);
  MoveSelector selector_{GumbelConfig()};
};

// Equal moves: pi' is .5 each, and the one without a visit is behind its share.
TEST_F(UtilityTest, CountsForMovesWithoutVisits) {
  EXPECT_EQ(selector_.Select(tree_, 1, range_), 1);
}

TEST_F(UtilityTest, CountsForMovesWithoutVisitsAtTheRoot) {
  tree_.KeepSubtree(1);
  std::vector<float> policy(2);
  selector_.FillPolicy(tree_, range_, policy);
  EXPECT_THAT(policy, ElementsAre(FloatNear(0.5F, 1e-6F), FloatNear(0.5F, 1e-6F)));
  EXPECT_NEAR(selector_.RootValue(tree_, policy), kUtility, 1e-6);
}

TEST_F(UtilityTest, CountsInTheChoiceOfTheBestMove) {
  tree_.KeepSubtree(1);
  Rng rng(1, RngRole::kTest);
  selector_.StartSearch(tree_, 2, 2, Exploration::kOff, rng);
  tree_.extras(0).correction = -1.0F;  // v_mix (.3 + 1 + .3) / 2 = .8
  EXPECT_EQ(selector_.Best(tree_, range_), 1U);
}

// All of the value is utility. v_mix of it: (own 0 + 4 * (.6 * .4 + .2 * 0) / .8) / 5 = .24, where
// the mean by visits is .08.
TEST(TakeUtilityOffTest, LeavesNothingOfGumbelsValueThatIsAllUtility) {
  Tree tree(3, 3, TreeExtras::kAll);
  const std::vector<Action> actions = {0, 1, 2};
  const std::vector<float> priors = {0.6F, 0.2F, 0.2F};
  tree.Add({}, actions, priors);
  tree.edge_child(0) = tree.Add({.utility = -0.4F}, actions, priors);
  tree.edge_child(1) = tree.Add({}, actions, priors);
  tree.edge_visits(0) = 1;
  tree.edge_visits(1) = 3;
  tree.edge_q(0) = 0.4F;
  SearchResult result;
  result.q = {0.4F, 0.0F, 0.08F};
  result.policy = {0.5F, 0.25F, 0.25F};
  result.root_value = MoveSelector(GumbelConfig()).RootValue(tree, result.policy);
  EXPECT_NEAR(result.root_value, 0.5 * 0.4 + 0.25 * 0.24, 1e-6);
  TakeUtilityOff(tree, RootSelection::kGumbel, result);
  EXPECT_NEAR(result.root_value, 0.0, 1e-6);
  EXPECT_THAT(result.q, testing::Each(FloatNear(0.0F, 1e-6F)));
}

}  // namespace
}  // namespace tengen

#include "search/value_bias.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/backup.h"
#include "search/mcts.h"
#include "tests/support/table_evaluator.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using testing::ElementsAre;

// root --move 0--> a (value .5) --move 0--> a leaf worth .5 to who moves there; factor .5.
TEST(ValueBiasTest, CorrectsANodeAndEverythingAboveIt) {
  Tree tree(4, 2, TreeExtras::kAll);
  ValueBias bias({0.5, 1.0});
  QRange range = QRange::Known(-1.0, 1.0);
  const std::vector<Action> actions = {0, 1};
  const std::vector<float> priors = {0.5F, 0.5F};
  tree.Add({}, actions, priors);
  const NodeIndex a = tree.Add({.value = 0.5F, .bucket = bias.Bucket(7)}, actions, priors);
  tree.edge_child(0) = a;
  const std::vector<PathStep> first = {MakeStep(tree, Tree::kRoot, 0)};
  AddReturnWithExtras(tree, first, 0.0, 0.5, -1.0, range, bias);
  EXPECT_FLOAT_EQ(tree.q(tree.node(0))[0], -0.5F);
  EXPECT_FLOAT_EQ(tree.node(0).mean, -0.25F);
  EXPECT_EQ(bias.Correction(0), 0.0) << "nothing below shows an error yet";

  // Below a the return is -.5: error .5 - (-.5) = 1, bias 1, correction .5, so that a counts 0 in
  // the place of .5: its mean (0 - .5) / 2. At the root 2 visits of .25 and its own 0.
  const std::vector<PathStep> second = {MakeStep(tree, Tree::kRoot, 0), MakeStep(tree, a, 0)};
  AddReturnWithExtras(tree, second, 0.0, 0.5, -1.0, range, bias);
  EXPECT_DOUBLE_EQ(bias.Correction(0), 0.5);
  EXPECT_FLOAT_EQ(tree.node(a).mean, -0.25F);
  EXPECT_FLOAT_EQ(tree.q(tree.node(0))[0], 0.25F);
  EXPECT_FLOAT_EQ(tree.node(0).mean, 0.5F / 3);
  // Squares are of the returns that came up: .25 and .25.
  EXPECT_FLOAT_EQ(tree.squares(tree.node(0))[0], 0.25F);
  EXPECT_FLOAT_EQ(tree.extras(0).square, 0.5F / 3);
}

// A line of single moves, two players, values 0, 0, .4, .2, .6 of positions 0 to 4, each from the
// view of who moves there; factor .5, exponent 1. Positions 2 and 4 share a bucket.
//
// With S the sum over a node's own corrected value and its returns, after three simulations:
//   position 2: error .4 + .2 = .6, correction .3: S = .1 - .2 = -.1
//   position 1: C = .1 / 2, error -.05, correction -.025: S = .025 + .1 = .125, the root -.125
// The fourth meets position 4 as .6 - .3 = .3:
//   position 3: error .2 + .3 = .5, correction .25: S = -.05 - .3 = -.35
//   position 2: C = .35 / 2, error .225, correction .1125: S = .2875 + .35 = .6375
//   position 1: C = -.2125, error .2125, correction .10625: S = -.74375, the root .74375
class ChainTest : public testing::Test {
 protected:
  SearchResult Search(double factor, int simulations) {
    const TreeGame game({{{1}}, {{2}}, {{3}}, {{4}}, {{5}}, {}}, 2, 1.0);
    TableEvaluator evaluator({{0, {{1.0F}, 0.0F}},
                              {1, {{1.0F}, 0.0F}},
                              {2, {{1.0F}, 0.4F}},
                              {3, {{1.0F}, 0.2F}},
                              {4, {{1.0F}, 0.6F}}});
    MctsConfig config;
    config.root = RootSelection::kPuct;
    config.value_bias = {factor, 1.0};
    Mcts mcts(config);
    Rng rng(1, RngRole::kTest);
    return RunMcts(mcts, evaluator, *game.NewState(), simulations, Exploration::kOff, rng);
  }
};

TEST_F(ChainTest, MatchesHandComputedNumbers) {
  const SearchResult three = Search(0.5, 3);
  EXPECT_NEAR(three.q[0], -0.125 / 3, 1e-6);
  EXPECT_NEAR(three.root_value, -0.125 / 4, 1e-6);
  const SearchResult four = Search(0.5, 4);
  EXPECT_NEAR(four.q[0], 0.74375 / 4, 1e-6);
  EXPECT_NEAR(four.root_value, 0.74375 / 5, 1e-6);
}

// Off: -0, .4, -.2, .6 in the view of the root's player.
TEST_F(ChainTest, FactorZeroLeavesTheMeanAlone) {
  EXPECT_NEAR(Search(0.0, 4).q[0], (0.0 + 0.4 - 0.2 + 0.6) / 4, 1e-6);
}

TEST(ValueBiasTest, RebuildKeepsWhatTheTreeHolds) {
  Tree tree(4, 1, TreeExtras::kAll);
  ValueBias bias({1.0, 1.0});
  const std::uint32_t bucket = bias.Bucket(7);
  const std::vector<Action> actions = {0};
  const std::vector<float> priors = {1.0F};
  tree.Add({}, actions, priors);
  for (const float error : {0.2F, 0.6F}) {
    const NodeIndex node = tree.Add({.bucket = bucket}, actions, priors);
    tree.extras(node).weight = 2.0F;
    tree.extras(node).weighted_error = 2.0F * error;
  }
  bias.Rebuild(tree);
  EXPECT_NEAR(bias.Correction(bucket), 0.4, 1e-7);
  tree.KeepSubtree(2);
  bias.Rebuild(tree);
  EXPECT_NEAR(bias.Correction(bucket), 0.6, 1e-7);
}

// A long game with a tree that is kept from move to move does not gather buckets.
TEST(ValueBiasTest, RebuildForgetsBucketsWithoutNodes) {
  Tree tree(4, 1, TreeExtras::kAll);
  ValueBias bias({1.0, 1.0});
  const std::vector<Action> actions = {0};
  const std::vector<float> priors = {1.0F};
  tree.Add({}, actions, priors);
  for (std::uint64_t key = 0; key < 100; ++key) bias.Bucket(key);
  const NodeIndex node = tree.Add({.bucket = bias.Bucket(50)}, actions, priors);
  tree.extras(node).weight = 2.0F;
  tree.extras(node).weighted_error = 0.5F;
  bias.Rebuild(tree);
  EXPECT_EQ(bias.size(), 1U);
  EXPECT_EQ(tree.extras(node).bucket, bias.Bucket(50));
  EXPECT_NEAR(bias.Correction(bias.Bucket(50)), 0.25, 1e-7);
  EXPECT_EQ(bias.Correction(bias.Bucket(7)), 0.0);
  EXPECT_EQ(bias.size(), 2U);
}

class ValueBiasKeyTest : public testing::Test {
 protected:
  // The key after moves as Game::ParseAction reads them.
  std::uint64_t Key(const std::string& id, const std::vector<std::string>& moves) {
    const auto game = MakeGame(id).value();
    const auto state = game->NewState();
    Action last = kNoAction;
    Action before = kNoAction;
    for (const std::string& move : moves) {
      before = last;
      last = game->ParseAction(move).value();
      state->Apply(last);
    }
    return ValueBiasKey(*state, last, before, board_);
  }

  std::vector<Cell> board_;
};

TEST_F(ValueBiasKeyTest, TellsTheLastTwoMovesAndTheStonesAroundApart) {
  const std::uint64_t base = Key("go:size=7", {"A1", "G7", "C3", "D4"});
  EXPECT_EQ(base, Key("go:size=7", {"A2", "G7", "C3", "D4"})) << "three lines away";
  EXPECT_NE(base, Key("go:size=7", {"B2", "G7", "C3", "D4"})) << "two lines away";
  EXPECT_NE(base, Key("go:size=7", {"C3", "G7", "A1", "D4"})) << "another move before";
  EXPECT_NE(base, Key("go:size=7", {"A1", "G7", "D4", "C3"})) << "another move";
  EXPECT_NE(base, Key("go:size=7", {"G7", "C3", "D4"})) << "the other player";
  EXPECT_NE(Key("connect4", {"3", "4"}), Key("connect4", {"4", "3"}));
}

}  // namespace
}  // namespace tengen

#include "search/backup.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using testing::ElementsAre;

// root --move 1, reward .5--> inner (value .25) --move 0--> leaf
class BackupTest : public testing::Test {
 protected:
  BackupTest() : tree_(4, 2) {
    const std::vector<Action> actions = {0, 1};
    const std::vector<float> priors = {0.7F, 0.3F};
    tree_.Add({0.125F, 0.0F, 0.0F}, actions, priors);
    const NodeIndex inner = tree_.Add({0.25F, 0.0F, 0.5F}, actions, priors);
    tree_.edge_child(1) = inner;
    path_ = {MakeStep(tree_, Tree::kRoot, 1), MakeStep(tree_, inner, 0)};
  }

  Tree tree_;
  std::vector<PathStep> path_;
  QRange range_ = QRange::Empty();
};

TEST_F(BackupTest, OnePlayerAddsDiscountedRewards) {
  // At the inner node: 2 + .5 * 4 = 4. At the root: .5 + .5 * 4 = 2.5.
  AddReturn(tree_, path_, 2.0, 4.0, 0.5, range_);
  EXPECT_THAT(tree_.q(tree_.node(1)), ElementsAre(4.0F, 0.0F));
  EXPECT_THAT(tree_.q(tree_.node(0)), ElementsAre(0.0F, 2.5F));
  EXPECT_THAT(tree_.visits(tree_.node(0)), ElementsAre(0, 1));
  EXPECT_EQ(tree_.node(0).visits, 2);
  EXPECT_FLOAT_EQ(tree_.node(0).mean, (0.125F + 2.5F) / 2);
  EXPECT_FLOAT_EQ(tree_.node(1).mean, (0.25F + 4.0F) / 2);
  EXPECT_NEAR(range_.Normalise(2.5F), 0.0F, 1e-6);
  EXPECT_FLOAT_EQ(range_.Normalise(4.0F), 1.0F);
}

TEST_F(BackupTest, TwoPlayersTurnTheSign) {
  tree_.node(1).reward = 0.0F;
  AddReturn(tree_, path_, 0.0, 0.5, -1.0, range_);
  EXPECT_EQ(tree_.q(tree_.node(1))[0], -0.5F);
  EXPECT_EQ(tree_.q(tree_.node(0))[1], 0.5F);
}

TEST(MeanMomentsTest, AreWeightedByVisitsAndTurnTheSignOfTheMeanOnly) {
  Tree tree(4, 2);
  const std::vector<Action> actions = {0, 1};
  const std::vector<float> priors = {0.7F, 0.3F};
  QRange range = QRange::Empty();
  tree.Add({.score = 1.0F, .moments = ScoreMoments{2.0F, 13.0F}}, actions, priors);
  const NodeIndex inner =
      tree.Add({.score = 2.0F, .moments = ScoreMoments{-4.0F, 20.0F}}, actions, priors);
  tree.edge_child(1) = inner;
  const std::vector<PathStep> first = {MakeStep(tree, Tree::kRoot, 1)};
  AddReturn(tree, first, 0.0, 0.0, -1.0, range);
  // A finished game, won by 6 by the player to move there.
  tree.edge_child(tree.node(inner).first_edge) = tree.Add({.score = 6.0F}, {}, {});
  const std::vector<PathStep> second = {MakeStep(tree, Tree::kRoot, 1), MakeStep(tree, inner, 0)};
  AddReturn(tree, second, 0.0, 0.0, -1.0, range);
  const std::vector<ScoreMoments> moments = MeanMoments(tree);
  ASSERT_EQ(moments.size(), 3U);
  // Inner: (-4 - 6) / 2 and (20 + 36) / 2. Root: (2 + 2 * 5) / 3 and (13 + 2 * 28) / 3.
  EXPECT_FLOAT_EQ(moments[inner].mean, -5.0F);
  EXPECT_FLOAT_EQ(moments[inner].square, 28.0F);
  EXPECT_FLOAT_EQ(moments[Tree::kRoot].mean, 4.0F);
  EXPECT_FLOAT_EQ(moments[Tree::kRoot].square, 23.0F);
  // Scores: inner (2 - 6) / 2, root (1 + 2 * 2) / 3.
  EXPECT_THAT(MeanScores(tree), ElementsAre(testing::FloatEq(5.0F / 3.0F), -2.0F, 6.0F));
}

TEST_F(BackupTest, MomentsAreEmptyWhereTheTreeHasNone) { EXPECT_TRUE(MeanMoments(tree_).empty()); }

TEST_F(BackupTest, CountsThePriorOfAMoveOnce) {
  AddReturn(tree_, path_, 0.0, 1.0, -1.0, range_);
  AddReturn(tree_, path_, 0.0, 1.0, -1.0, range_);
  EXPECT_EQ(tree_.node(0).visited_prior, 0.3F);
  EXPECT_EQ(tree_.node(1).visited_prior, 0.7F);
}

// Liu et al. 2020: N + O in place of N, V as it is. 400 games of 8 leaves in 100 visits
// against one by one scored 49 % so, and 41 % where the worst return was mixed in.
TEST_F(BackupTest, SimulationsUnderWayCountWithoutAValue) {
  AddReturn(tree_, path_, 0.0, 0.5, -1.0, range_);
  // The root's move: .5 + .5 = 1 with one visit.
  AddUnobserved(tree_, path_, 2, -1.0F);
  EXPECT_EQ(tree_.visits(tree_.node(0))[1], 3);
  EXPECT_EQ(tree_.node(0).visits, 4);
  EXPECT_EQ(tree_.q(tree_.node(0))[1], 1.0F);
}

TEST_F(BackupTest, AMoveKnownOnlyBySimulationsUnderWayHasTheWorstValue) {
  AddUnobserved(tree_, path_, 1, -1.0F);
  AddUnobserved(tree_, path_, 1, -1.0F);
  EXPECT_THAT(tree_.visits(tree_.node(0)), ElementsAre(0, 2));
  EXPECT_EQ(tree_.q(tree_.node(0))[1], -1.0F);
}

TEST_F(BackupTest, TakingSimulationsUnderWayBackRestoresEveryBit) {
  AddReturn(tree_, path_, 0.1, 0.3, -1.0, range_);
  const float q = tree_.q(tree_.node(0))[1];
  const std::vector<PathStep> first = {MakeStep(tree_, 0, 1), MakeStep(tree_, 1, 0)};
  AddUnobserved(tree_, first, 1, -1.0F);
  const std::vector<PathStep> second = {MakeStep(tree_, 0, 1), MakeStep(tree_, 1, 1)};
  AddUnobserved(tree_, second, 1, -1.0F);
  EXPECT_THAT(tree_.q(tree_.node(1)), ElementsAre(testing::_, -1.0F));
  TakeUnobservedBack(tree_, second);
  TakeUnobservedBack(tree_, first);
  EXPECT_EQ(tree_.q(tree_.node(0))[1], q);
  EXPECT_THAT(tree_.visits(tree_.node(0)), ElementsAre(0, 1));
  EXPECT_THAT(tree_.visits(tree_.node(1)), ElementsAre(1, 0));
  EXPECT_EQ(tree_.q(tree_.node(1))[1], 0.0F);
  EXPECT_EQ(tree_.node(0).visits, 2);
}

}  // namespace
}  // namespace tengen

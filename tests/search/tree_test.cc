#include "search/tree.h"

#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

using testing::ElementsAre;

// Adds a node with `count` moves below move `move` of `parent`, all numbers made from `tag`.
NodeIndex AddChild(Tree& tree, NodeIndex parent, std::uint32_t move, int count, float tag) {
  std::vector<Action> actions(static_cast<std::size_t>(count));
  std::iota(actions.begin(), actions.end(), 0);
  const std::vector<float> priors(actions.size(), tag / 100.0F);
  const NodeIndex child = tree.Add({tag, tag + 0.5F, tag + 0.25F}, actions, priors);
  const std::uint32_t edge = tree.node(parent).first_edge + move;
  tree.edge_child(edge) = child;
  tree.edge_visits(edge) = static_cast<std::int32_t>(tag);
  tree.edge_q(edge) = tag / 10.0F;
  return child;
}

//        root(3 moves)
//        /          |
//     a (2)       b (3)
//      |          /    |
//    c (1)     d (2)   e (end)
class TreeTest : public testing::Test {
 protected:
  TreeTest() : tree_(10, 3) {
    const std::vector<Action> actions = {0, 1, 2};
    const std::vector<float> priors = {0.5F, 0.3F, 0.2F};
    tree_.Add({1.0F, 0.0F, 0.0F}, actions, priors);
    const NodeIndex a = AddChild(tree_, 0, 0, 2, 1.0F);
    b_ = AddChild(tree_, 0, 1, 3, 2.0F);
    AddChild(tree_, a, 1, 1, 3.0F);
    AddChild(tree_, b_, 0, 2, 4.0F);
    AddChild(tree_, b_, 2, 0, 5.0F);
  }

  Tree tree_;
  NodeIndex b_ = kNoNode;
};

TEST_F(TreeTest, AddMakesUnvisitedMovesAndOneVisit) {
  const Node& c = tree_.node(3);
  EXPECT_EQ(c.visits, 1);
  EXPECT_EQ(c.mean, 3.0F);
  EXPECT_EQ(c.raw_value, 3.0F);
  EXPECT_EQ(c.raw_score, 3.5F);
  EXPECT_EQ(c.reward, 3.25F);
  EXPECT_THAT(tree_.visits(c), ElementsAre(0));
  EXPECT_THAT(tree_.children(c), ElementsAre(kNoNode));
  EXPECT_TRUE(tree_.node(5).terminal());
}

TEST_F(TreeTest, KeepSubtreeKeepsEveryNumberBelowTheNewRoot) {
  tree_.node(b_).visits = 77;
  tree_.KeepSubtree(b_);

  ASSERT_EQ(tree_.size(), 3);
  const Node& root = tree_.node(Tree::kRoot);
  EXPECT_EQ(root.visits, 77);
  EXPECT_EQ(root.raw_value, 2.0F);
  EXPECT_THAT(tree_.priors(root), ElementsAre(0.02F, 0.02F, 0.02F));
  EXPECT_THAT(tree_.visits(root), ElementsAre(4, 0, 5));
  EXPECT_THAT(tree_.q(root), ElementsAre(0.4F, 0.0F, 0.5F));
  EXPECT_THAT(tree_.actions(root), ElementsAre(0, 1, 2));
  EXPECT_THAT(tree_.children(root), ElementsAre(1, kNoNode, 2));
  EXPECT_EQ(tree_.node(1).raw_value, 4.0F);
  EXPECT_EQ(tree_.actions(tree_.node(1)).size(), 2);
  EXPECT_TRUE(tree_.node(2).terminal());
}

TEST_F(TreeTest, KeepSubtreeOfTheRootChangesNothing) {
  tree_.KeepSubtree(Tree::kRoot);
  EXPECT_EQ(tree_.size(), 6);
}

TEST_F(TreeTest, GrowsAgainAfterKeepSubtree) {
  tree_.KeepSubtree(b_);
  const NodeIndex added = AddChild(tree_, 0, 1, 3, 9.0F);
  EXPECT_EQ(added, 3);
  EXPECT_THAT(tree_.visits(tree_.node(added)), ElementsAre(0, 0, 0));
  EXPECT_THAT(tree_.children(tree_.node(added)), ElementsAre(kNoNode, kNoNode, kNoNode));
}

TEST(TreeMomentsTest, StayWithTheirNodes) {
  Tree tree(10, 2);
  const std::vector<Action> actions = {0, 1};
  const std::vector<float> priors = {0.5F, 0.5F};
  tree.Add({.moments = ScoreMoments{1.0F, 11.0F}}, actions, priors);
  tree.edge_child(0) = tree.Add({.moments = ScoreMoments{2.0F, 12.0F}}, actions, priors);
  tree.edge_child(1) = tree.Add({.moments = ScoreMoments{3.0F, 13.0F}}, actions, priors);
  tree.edge_child(tree.node(2).first_edge) = tree.Add({.score = -4.0F}, {}, {});
  tree.KeepSubtree(2);
  ASSERT_EQ(tree.moments().size(), 2U);
  EXPECT_EQ(tree.moments()[0].mean, 3.0F);
  EXPECT_EQ(tree.moments()[0].square, 13.0F);
  EXPECT_EQ(tree.moments()[1].mean, -4.0F) << "certain";
  EXPECT_EQ(tree.moments()[1].square, 16.0F);
}

TEST(TreeMomentsTest, TheRootDecides) {
  Tree tree(10, 2);
  const std::vector<Action> actions = {0, 1};
  const std::vector<float> priors = {0.5F, 0.5F};
  tree.Add({}, actions, priors);
  tree.Add({.moments = ScoreMoments{2.0F, 12.0F}}, actions, priors);
  EXPECT_TRUE(tree.moments().empty());
  tree.Clear();
  tree.Add({.moments = ScoreMoments{2.0F, 12.0F}}, actions, priors);
  EXPECT_EQ(tree.moments().size(), 1U);
}

TEST(TreeBoundTest, IsFullAtTheBound) {
  Tree tree(2, 4);
  const std::vector<Action> actions = {0, 3};
  const std::vector<float> priors = {0.5F, 0.5F};
  tree.Add({}, actions, priors);
  EXPECT_FALSE(tree.full());
  tree.Add({}, actions, priors);
  EXPECT_TRUE(tree.full());
  tree.Clear();
  EXPECT_TRUE(tree.empty());
  EXPECT_FALSE(tree.full());
}

TEST(TreeBoundTest, RejectsNonsense) {
  EXPECT_THROW(Tree(0, 4), BugError);
  EXPECT_THROW(Tree(4, 0), BugError);
  EXPECT_THROW(Tree(4, 70000), BugError);
}

TEST(TreeExtrasTest, GoWithTheirNodesAndMoves) {
  Tree tree(4, 2, TreeExtras::kAll);
  const std::vector<Action> actions = {0, 1};
  const std::vector<float> priors = {0.5F, 0.5F};
  tree.Add({.value = 0.5F}, actions, priors);
  const NodeIndex inner =
      tree.Add({.value = 0.5F, .utility = 0.2F, .correction = 0.3F, .bucket = 9}, actions, priors);
  tree.edge_child(1) = inner;
  tree.edge_square(tree.node(inner).first_edge + 1) = 0.75F;
  EXPECT_FLOAT_EQ(tree.node(inner).raw_value, 0.5F);
  EXPECT_FLOAT_EQ(tree.node(inner).mean, 0.4F);
  tree.KeepSubtree(inner);
  EXPECT_FLOAT_EQ(tree.extras(Tree::kRoot).utility, 0.2F);
  EXPECT_FLOAT_EQ(tree.extras(Tree::kRoot).square, 0.16F);
  EXPECT_EQ(tree.extras(Tree::kRoot).bucket, 9U);
  EXPECT_THAT(tree.squares(tree.node(Tree::kRoot)), ElementsAre(0.0F, 0.75F));
  tree.Clear();
  tree.Add({}, actions, priors);
  EXPECT_THAT(tree.squares(tree.node(Tree::kRoot)), ElementsAre(0.0F, 0.0F));
}

TEST(TreeExtrasTest, CostMemoryOnlyWhereTheyAreAskedFor) {
  // 1000 nodes of 28 bytes and 5000 moves of 4.
  EXPECT_EQ(Tree::BytesFor(1000, 5, TreeExtras::kAll) - Tree::BytesFor(1000, 5), 48000);
  Tree tree(4, 2);
  const std::vector<Action> actions = {0, 1};
  const std::vector<float> priors = {0.5F, 0.5F};
  tree.Add({}, actions, priors);
  EXPECT_TRUE(tree.squares(tree.node(Tree::kRoot)).empty());
}

}  // namespace
}  // namespace tengen

#include "search/position_finder.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/tree_game.h"

namespace tengen {
namespace {

// Position 0 leads to 1 and 2, both lead to 3; the tree knows the way over 2 only.
class PositionFinderTest : public testing::Test {
 protected:
  PositionFinderTest() : game_({{{1}, {2}}, {{3}}, {{3}}, {{4}}, {}}, 2, 1.0), tree_(10, 2) {
    const std::vector<Action> two = {0, 1};
    const std::vector<Action> one = {0};
    const std::vector<float> priors = {0.5F, 0.5F};
    tree_.Add({}, two, priors);
    const NodeIndex b = tree_.Add({}, one, {priors.data(), 1});
    tree_.edge_child(1) = b;
    const NodeIndex c = tree_.Add({}, one, {priors.data(), 1});
    tree_.edge_child(tree_.node(b).first_edge) = c;
  }

  std::unique_ptr<State> After(const std::vector<Action>& actions) const {
    auto state = game_.NewState();
    for (const Action action : actions) state->Apply(action);
    return state;
  }
  NodeIndex Find(const State& wanted) { return finder_.Find(tree_, *After({}), wanted); }

  TreeGame game_;
  Tree tree_;
  PositionFinder finder_;
};

TEST_F(PositionFinderTest, FindsTheRootItself) { EXPECT_EQ(Find(*After({})), Tree::kRoot); }

TEST_F(PositionFinderTest, FindsPositionsBelow) {
  EXPECT_EQ(Find(*After({1})), 1U);
  EXPECT_EQ(Find(*After({1, 0})), 2U);
}

TEST_F(PositionFinderTest, FindsAPositionByAnyWay) { EXPECT_EQ(Find(*After({0, 0})), 2U); }

TEST_F(PositionFinderTest, KnowsWhatIsNotThere) {
  EXPECT_EQ(Find(*After({0})), kNoNode);
  EXPECT_EQ(Find(*After({1, 0, 0})), kNoNode);
}

TEST_F(PositionFinderTest, DoesNotLookBackwards) {
  EXPECT_EQ(finder_.Find(tree_, *After({1}), *After({})), kNoNode);
}

TEST_F(PositionFinderTest, FindsNothingInAnEmptyTree) {
  const Tree empty(1, 2);
  EXPECT_EQ(finder_.Find(empty, *After({}), *After({})), kNoNode);
}

}  // namespace
}  // namespace tengen

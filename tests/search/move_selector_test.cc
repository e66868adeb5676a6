#include "search/move_selector.h"

#include <vector>

#include <gtest/gtest.h>

#include "search/backup.h"

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

}  // namespace
}  // namespace tengen

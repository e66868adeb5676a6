#include "search/return_spread.h"

#include <vector>

#include <gtest/gtest.h>

namespace tengen {
namespace {

// Q .5, s .35, N 10: p = .01, V = .35 - .25 + .01 / 10.01 = .100999, M = 100.2001 / 10.0001 =
// 10.01991; sqrt(V / M) = .1003984.
TEST(LowerBoundTest, MatchesHandComputedNumbers) {
  EXPECT_NEAR(LowerBound(5.0, 1.0, 10, 0.5, 0.35), 0.5 - 5.0 * 0.1003984, 1e-6);
  EXPECT_DOUBLE_EQ(LowerBound(0.0, 1.0, 10, 0.5, 0.35), 0.5);
}

// One visit shows no spread at all, and the prior weighs as much: V = 0 + 1 / 2, M = 2.
TEST(LowerBoundTest, OneVisitIsAlmostAnyReturn) {
  EXPECT_NEAR(LowerBound(5.0, 1.0, 1, 0.5, 0.25), 0.5 - 5.0 * 0.5, 1e-6);
  // Returns in [-2, 2] may spread twice as far: V = 4 / 2, M = 2.
  EXPECT_NEAR(LowerBound(5.0, 2.0, 1, 0.5, 0.25), 0.5 - 5.0 * 1.0, 1e-6);
}

class BestByLowerBoundTest : public testing::Test {
 protected:
  // Bounds at 1 standard deviation:
  //   move 0: N 100, Q .30, s .50: .3 - sqrt(.410001 / 100.0002)           = .2359687
  //   move 1: N  20, Q .25, s .07: .25 - sqrt((.0075 + 1 / 8001) / 20.0050) = .2304768
  //   move 2: N  16, Q .28, s .08: .28 - sqrt((.0016 + 1 / 4097) / 16.0078) = .2692669
  //   move 3: N   2, Q .90, s .82: .9 - sqrt((.01 + 1 / 9) / 2.4545)        = .6778704
  std::size_t Best(double min_share) const {
    const std::vector<std::int32_t> visits = {100, 20, 16, 2};
    const std::vector<float> q = {0.30F, 0.25F, 0.28F, 0.90F};
    const std::vector<float> squares = {0.50F, 0.07F, 0.08F, 0.82F};
    return BestByLowerBound({1.0, min_share}, QRange::Known(-1.0, 1.0), visits, q, squares);
  }
};

TEST_F(BestByLowerBoundTest, TakesTheBestBoundAmongMovesWithEnoughVisits) {
  EXPECT_EQ(Best(0.15), 2U);
}
TEST_F(BestByLowerBoundTest, LeavesMovesWithFewVisitsOut) { EXPECT_EQ(Best(0.17), 0U); }
TEST_F(BestByLowerBoundTest, LooksAtAllMovesWithoutAShare) { EXPECT_EQ(Best(0.0), 3U); }

const QRange kUnit = QRange::Known(-1.0, 1.0);

// u .5, s .5, N 8: sigma^2 = ((.25 + .16) 2 + .5 * 8) / 9 - .25 = .2855556, sigma = .5343740;
// 1 + .85 (.5343740 / .4 - 1) = 1.2855447.
TEST(ExplorationScaleTest, MatchesHandComputedNumbers) {
  EXPECT_NEAR(ExplorationScale({0.85, 0.4, 2.0}, kUnit, 8, 0.5, 0.5), 1.2855447, 1e-6);
  EXPECT_DOUBLE_EQ(ExplorationScale({0.85, 0.4, 2.0}, kUnit, 1, 0.5, 0.25), 1.0);
}

// Returns without spread: sigma^2 = .32 / 9 exactly, whatever the mean: sigma = .1885618.
TEST(ExplorationScaleTest, EqualReturnsLeaveOnlyThePrior) {
  EXPECT_NEAR(ExplorationScale({0.85, 0.4, 2.0}, kUnit, 8, 0.0, 0.0),
              1.0 + 0.85 * (0.1885618 / 0.4 - 1.0), 1e-6);
  EXPECT_NEAR(ExplorationScale({1.0, 0.4, 2.0}, kUnit, 8, 0.0, 0.0), 0.1885618 / 0.4, 1e-6);
}

// The same returns from 100 to 200 (u 175, s 31250: .5 = (175 - 150) / 50 and .5 = (31250 - 2 *
// 150 * 175 + 150^2) / 50^2) and from -4 to 0 (u -1, s 2).
TEST(ExplorationScaleTest, ReturnsOfOtherRangesAreBroughtToTheUnit) {
  const StdevParameters parameters = {0.85, 0.4, 2.0};
  EXPECT_NEAR(ExplorationScale(parameters, QRange::Known(100.0, 200.0), 8, 175.0, 31250.0),
              1.2855447, 1e-6);
  EXPECT_NEAR(ExplorationScale(parameters, QRange::Known(-4.0, 0.0), 8, -1.0, 2.0), 1.2855447,
              1e-6);
}

// One player's returns that are all equal so far have no range: as above.
TEST(ExplorationScaleTest, ReturnsWithoutARangeHaveNoSpread) {
  QRange range = QRange::Empty();
  EXPECT_NEAR(ExplorationScale({1.0, 0.4, 2.0}, range, 8, 7.0, 49.0), 0.1885618 / 0.4, 1e-6);
  range.Include(7.0);
  EXPECT_NEAR(ExplorationScale({1.0, 0.4, 2.0}, range, 8, 7.0, 49.0), 0.1885618 / 0.4, 1e-6);
}

}  // namespace
}  // namespace tengen

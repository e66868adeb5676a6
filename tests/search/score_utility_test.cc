#include "search/score_utility.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

// 9x9: the width is .75 * 9 = 6.75 points. A width above the center is atan(1) = pi / 4, so half of
// the factor; three widths below it atan(-3) = -1.2490458, so -.7951672 of it.
TEST(ScoreUtilityTest, MatchesHandComputedNumbers) {
  EXPECT_NEAR(ScoreUtility(0.3, 10.25, 3.5, 81), 0.15, 1e-9);
  EXPECT_NEAR(ScoreUtility(0.3, -16.75, 3.5, 81), -0.3 * 0.7951672, 1e-7);
  EXPECT_DOUBLE_EQ(ScoreUtility(0.3, 3.5, 3.5, 81), 0.0);
}

TEST(ScoreUtilityTest, IsTheNegativeForTheOtherPlayer) {
  EXPECT_DOUBLE_EQ(ScoreUtility(0.5, 7.0, 2.0, 25), -ScoreUtility(0.5, -7.0, -2.0, 25));
}

}  // namespace
}  // namespace tengen

#include "agents/zero/value_scale.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace tengen {
namespace {

// By hand. {1, 3}: mean 2, mean square 5. {5, 7} counts alike: (2 + 6) / 2 = 4, (5 + 37) / 2 = 21.
TEST(ValueScale, FirstBatchesCountAlike) {
  ValueScale scale;
  EXPECT_EQ(scale.mean(), 0.0);
  EXPECT_EQ(scale.deviation(), 1.0);
  scale.Add(std::array{1.0F, 3.0F});
  EXPECT_DOUBLE_EQ(scale.mean(), 2.0);
  EXPECT_DOUBLE_EQ(scale.deviation(), 1.0);
  scale.Add(std::array{5.0F, 7.0F});
  EXPECT_DOUBLE_EQ(scale.mean(), 4.0);
  EXPECT_DOUBLE_EQ(scale.deviation(), std::sqrt(21.0 - 16.0));
}

TEST(ValueScale, LaterBatchesMoveItByTheRate) {
  ValueScale scale({1000, 10.0, 109.0});
  EXPECT_DOUBLE_EQ(scale.deviation(), 3.0);
  scale.Add(std::array{20.0F});
  EXPECT_DOUBLE_EQ(scale.mean(), 10.0 + ValueScale::kRate * 10.0);
  EXPECT_DOUBLE_EQ(scale.moments().mean_square, 109.0 + ValueScale::kRate * (400.0 - 109.0));
}

TEST(ValueScale, EqualTargetsHaveALeastDeviation) {
  ValueScale scale;
  scale.Add(std::array{4.0F, 4.0F});
  EXPECT_DOUBLE_EQ(scale.deviation(), ValueScale::kLeastDeviation);
}

}  // namespace
}  // namespace tengen

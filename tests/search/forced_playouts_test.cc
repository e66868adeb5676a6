#include "search/forced_playouts.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using testing::ElementsAre;
using testing::FloatEq;

const std::vector<float> kPriors = {0.25F, 0.25F, 0.25F, 0.25F};

TEST(ForcedPlayoutsTest, AreTheRootOfTheirShare) {
  EXPECT_DOUBLE_EQ(ForcedPlayouts(2.0, 0.25, 50), 5.0);  // sqrt(2 * .25 * 50)
  EXPECT_DOUBLE_EQ(ForcedPlayouts(2.0, 0.02, 0), 0.0);
}

TEST(FindForcedTest, FindsVisitedMovesBelowTheirNumber) {
  EXPECT_EQ(FindForced(2.0, kPriors, std::vector<std::int32_t>{40, 6, 4, 0}), 2);
  EXPECT_EQ(FindForced(2.0, kPriors, std::vector<std::int32_t>{40, 5, 5, 0}), -1)
      << "moves without visits are not forced";
}

// All visits 50, so n(a) = 5 for each. PUCT(a*) = .6 + 4 * .25 / 39 = .6256410.
//   move 1, q .3, 6 visits: .3 + 1 / (1 + n) stays below it down to n = 3 (.55; 2: .6333)
//   move 2, q .7, 5 visits: above it at once, nothing goes
//   move 3, q .3, 1 visit: alone, goes
TEST(PrunedPolicyTest, TakesOffWhatWasForced) {
  std::vector<float> policy(4);
  PrunedPolicy(2.0, 4.0, kPriors, std::vector<std::int32_t>{38, 6, 5, 1},
               std::vector<float>{0.6F, 0.3F, 0.7F, 0.3F}, policy);
  EXPECT_THAT(policy, ElementsAre(FloatEq(38.0F / 46), FloatEq(3.0F / 46), FloatEq(5.0F / 46),
                                  FloatEq(0.0F)));
}

// At most n(a) = floor(sqrt(2 * .25 * 18)) = 3 visits go, though q is hopeless.
TEST(PrunedPolicyTest, TakesNoMoreThanWasForced) {
  std::vector<float> policy(4);
  PrunedPolicy(2.0, 0.04, kPriors, std::vector<std::int32_t>{10, 8, 0, 0},
               std::vector<float>{0.9F, 0.1F, 0.0F, 0.0F}, policy);
  EXPECT_THAT(policy,
              ElementsAre(FloatEq(10.0F / 15), FloatEq(5.0F / 15), FloatEq(0.0F), FloatEq(0.0F)));
}

}  // namespace
}  // namespace tengen

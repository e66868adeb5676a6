#include "experiments/cluster/attempt_limit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using Answer = AttemptLimit::Answer;
using std::chrono::milliseconds;

const AttemptLimit::Clock::time_point kStart{std::chrono::hours(1)};

TEST(AttemptLimit, TurnsAwayWhoFailsAgainAndAgainAndTellsOnce) {
  AttemptLimit limit({.per_s = 2.0, .burst = 3.0});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Begin("a", kStart), Answer::kTry) << i;
  EXPECT_FALSE(limit.told("a"));
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTurnAwayAndTell);
  EXPECT_TRUE(limit.told("a"));
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTurnAway);
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(400)), Answer::kTurnAway);  // 0.8
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(500)), Answer::kTry);
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(500)), Answer::kTurnAway);
  // 2.8 of 3: not yet quiet for long enough.
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(1900)), Answer::kTry);
  EXPECT_TRUE(limit.told("a"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(limit.Begin("a", kStart + milliseconds(4000)), Answer::kTry) << i;
  }
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(4000)), Answer::kTurnAwayAndTell);
}

TEST(AttemptLimit, WhatComesToSomethingCountsForNothing) {
  AttemptLimit limit({.per_s = 0.001, .burst = 3.0});
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(limit.Begin("a", kStart), Answer::kTry) << i;
    limit.Forgive("a", kStart);
  }
}

TEST(AttemptLimit, WhatIsNotYetDecidedCounts) {
  AttemptLimit limit({.per_s = 0.001, .burst = 2.0});
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTry);
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTry);
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTurnAwayAndTell);
  limit.Forgive("a", kStart);
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTry);
}

TEST(AttemptLimit, ChargesLeaveNoDebt) {
  AttemptLimit limit({.per_s = 1.0, .burst = 2.0});
  for (int i = 0; i < 100; ++i) limit.Charge("a", kStart);
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(900)), Answer::kTurnAwayAndTell);
  EXPECT_EQ(limit.Begin("a", kStart + milliseconds(1000)), Answer::kTry);
}

TEST(AttemptLimit, OtherMachinesAreNotHeldUp) {
  AttemptLimit limit({.per_s = 1.0, .burst = 1.0});
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTry);
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTurnAwayAndTell);
  EXPECT_EQ(limit.Begin("b", kStart), Answer::kTry);
  EXPECT_FALSE(limit.told("b"));
}

TEST(AttemptLimit, OfVeryManyMachinesTheOneNotHeardOfForLongestIsForgotten) {
  AttemptLimit limit({.per_s = 0.001, .burst = 1.0}, 2);
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTry);
  EXPECT_EQ(limit.Begin("b", kStart), Answer::kTry);
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTurnAwayAndTell);
  EXPECT_EQ(limit.Begin("c", kStart), Answer::kTry);  // in the place of b
  EXPECT_EQ(limit.Begin("a", kStart), Answer::kTurnAway);
  EXPECT_EQ(limit.Begin("b", kStart), Answer::kTry);
}

TEST(AttemptLimit, SaysItsNumbers) {
  EXPECT_THAT(AttemptLimit({.per_s = 2.0, .burst = 1024.0}).reason(),
              ::testing::AllOf(::testing::StartsWith("1024 of its connections"),
                               ::testing::HasSubstr("more than 2 a second")));
}

}  // namespace
}  // namespace tengen

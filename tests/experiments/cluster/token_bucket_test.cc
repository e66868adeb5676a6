#include "experiments/cluster/token_bucket.h"

#include <gtest/gtest.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

using std::chrono::milliseconds;

// Any time will do.
const TokenBucket::Clock::time_point kStart{std::chrono::hours(1)};

TEST(TokenBucket, IsFullAndFillsNoFurther) {
  TokenBucket bucket({.per_s = 4.0, .burst = 10.0}, kStart);
  EXPECT_EQ(bucket.tokens(kStart), 10.0);
  EXPECT_EQ(bucket.tokens(kStart + std::chrono::hours(100)), 10.0);
  bucket.PutBack(3.0, kStart);
  EXPECT_EQ(bucket.tokens(kStart), 10.0);
}

TEST(TokenBucket, TokensComeBackAtTheRate) {
  TokenBucket bucket({.per_s = 4.0, .burst = 10.0}, kStart);
  bucket.Take(7.0, kStart);
  EXPECT_EQ(bucket.tokens(kStart), 3.0);
  EXPECT_EQ(bucket.tokens(kStart + milliseconds(250)), 4.0);
  bucket.Take(4.0, kStart + milliseconds(250));
  EXPECT_EQ(bucket.tokens(kStart + milliseconds(250)), 0.0);
  EXPECT_EQ(bucket.tokens(kStart + milliseconds(750)), 2.0);
  bucket.PutBack(1.0, kStart + milliseconds(750));
  EXPECT_EQ(bucket.tokens(kStart + milliseconds(1750)), 7.0);
  EXPECT_EQ(bucket.tokens(kStart + milliseconds(2500)), 10.0);
}

TEST(TokenBucket, ADebtIsPaidFirst) {
  TokenBucket bucket({.per_s = 4.0, .burst = 10.0}, kStart);
  EXPECT_EQ(bucket.TimeInDebt(kStart), milliseconds(0));
  bucket.Take(10.0, kStart);
  EXPECT_EQ(bucket.TimeInDebt(kStart), milliseconds(0));
  bucket.Take(6.0, kStart);
  EXPECT_EQ(bucket.tokens(kStart), -6.0);
  EXPECT_EQ(bucket.TimeInDebt(kStart), milliseconds(1500));
  EXPECT_EQ(bucket.TimeInDebt(kStart + milliseconds(1250)), milliseconds(250));
  EXPECT_EQ(bucket.TimeInDebt(kStart + milliseconds(1500)), milliseconds(0));
  EXPECT_EQ(bucket.tokens(kStart + milliseconds(2000)), 2.0);
}

TEST(TokenBucket, ALimitOfNothingIsABug) {
  EXPECT_THROW(TokenBucket({.per_s = 0.0, .burst = 1.0}, kStart), BugError);
  EXPECT_THROW(TokenBucket({.per_s = 1.0, .burst = 0.0}, kStart), BugError);
}

}  // namespace
}  // namespace tengen

#include "experiments/statistics/interval.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

// Values of Wilson's formula computed by hand for z = 1.96: 8 of 10 gives (0.490, 0.943), a
// standard textbook example.
TEST(WilsonInterval, KnownValues) {
  const Interval interval = WilsonInterval(8, 10);
  EXPECT_DOUBLE_EQ(interval.value, 0.8);
  EXPECT_NEAR(interval.low, 0.490, 0.001);
  EXPECT_NEAR(interval.high, 0.943, 0.001);
}

TEST(WilsonInterval, CleanSweepIsNotCertain) {
  // z^2 / (n + z^2) = 3.8415 / 203.8415.
  EXPECT_NEAR(WilsonInterval(200, 200).low, 1.0 - 3.8415 / 203.8415, 1e-4);
  EXPECT_DOUBLE_EQ(WilsonInterval(200, 200).high, 1.0);
  EXPECT_EQ(WilsonInterval(0, 0).low, 0.0);
}

TEST(Elo, SeventySixPercentIsTwoHundred) {
  EXPECT_NEAR(EloFromScore(0.7597469), 200.0, 1e-3);
  EXPECT_NEAR(ScoreFromElo(200.0), 0.7597469, 1e-6);
  EXPECT_EQ(EloFromScore(0.5), 0.0);
  EXPECT_EQ(EloFromScore(1.0), 1200.0);
}

}  // namespace
}  // namespace tengen

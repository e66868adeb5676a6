#include "experiments/statistics/rating.h"

#include <cmath>

#include <gtest/gtest.h>

#include "experiments/statistics/interval.h"

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

TEST(FitRatings, TwoPlayersFollowTheLogisticCurve) {
  // 75 of 100, plus one drawn game: 75.5 / 101.
  const auto ratings = FitRatings({0.0, 0.0}, {true, false}, {{1, 0, 75.0, 100}});
  EXPECT_EQ(ratings[0].elo, 0.0);
  EXPECT_NEAR(ratings[1].elo, -400.0 * std::log10(101.0 / 75.5 - 1.0), 1e-6);
  // Fisher information n p (1 - p) in logistic units.
  const double p = 75.5 / 101.0;
  EXPECT_NEAR(ratings[1].half_width,
              1.959964 / std::sqrt(101.0 * p * (1.0 - p)) * 400.0 / std::log(10.0), 1e-6);
}

TEST(FitRatings, RecoversAChainOfPlayers) {
  const double p = ScoreFromElo(100.0);
  const auto ratings = FitRatings({0, 0, 0}, {true, false, false},
                                  {{1, 0, 1e6 * p, 1000000}, {2, 1, 1e6 * p, 1000000}});
  EXPECT_NEAR(ratings[1].elo, 100.0, 0.1);
  EXPECT_NEAR(ratings[2].elo, 200.0, 0.1);
  EXPECT_GT(ratings[2].half_width, 0.0);
}

TEST(FitRatings, CleanSweepStaysFinite) {
  const auto ratings = FitRatings({0.0, 0.0}, {true, false}, {{1, 0, 20.0, 20}});
  EXPECT_GT(ratings[1].elo, 300.0);
  EXPECT_LT(ratings[1].elo, 1000.0);
}

}  // namespace
}  // namespace tengen

#include "experiments/statistics/pentanomial.h"

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "tests/support/pair_model.h"

namespace tengen {
namespace {

Pentanomial Pairs(const std::array<std::int64_t, 5>& counts) { return {counts}; }

TEST(Pentanomial, MeanAndVarianceByHand) {
  // 0, 1/4, 1/2, 1/2, 1: mean 0.45; squares 0.2025, 0.04, 0.0025 twice, 0.3025 sum to 0.55.
  const Pentanomial pairs = Pairs({1, 1, 2, 0, 1});
  EXPECT_EQ(pairs.pairs(), 5);
  EXPECT_DOUBLE_EQ(pairs.mean(), 0.45);
  EXPECT_DOUBLE_EQ(pairs.variance(), 0.11);
}

TEST(ScoreInterval, ManyPairsFollowTheNormalApproximation) {
  const Pentanomial pairs = Pairs({1000, 5000, 20000, 7000, 2000});
  const double half = 1.959964 * std::sqrt(pairs.variance() / 35000.0);
  const Interval interval = ScoreInterval(pairs);
  EXPECT_NEAR(interval.value, pairs.mean(), 1e-12);
  EXPECT_NEAR(interval.high - interval.low, 2.0 * half, 1e-5);
}

TEST(ScoreInterval, ACleanSweepIsWilsons) {
  const Interval interval = ScoreInterval(Pairs({0, 0, 0, 0, 50}));
  const Interval wilson = WilsonInterval(100, 100);
  EXPECT_NEAR(interval.low, wilson.low, 1e-12);
  EXPECT_NEAR(interval.high, 1.0, 1e-12);
}

TEST(ScoreInterval, SplitPairsNarrowItAndNoPairsTellNothing) {
  // Independent games would give 40 to 60 %; each pair of these is decided by its opening.
  const Interval split = ScoreInterval(Pairs({0, 0, 50, 0, 0}));
  EXPECT_GT(split.low, 0.47);
  EXPECT_LT(split.high, 0.53);
  EXPECT_LT(split.low, split.high);
  EXPECT_EQ(ScoreInterval({}).low, 0.0);
  EXPECT_EQ(ScoreInterval({}).high, 1.0);
}

// How often the interval of 50 pairs holds the truth, in a simulation of 4,000 matches.
double Coverage(const PairModel& model) {
  int inside = 0;
  constexpr int kMatches = 4000;
  for (int match = 0; match < kMatches; ++match) {
    Rng rng(3, RngRole::kTest, static_cast<std::uint64_t>(match));
    Pentanomial pairs;
    for (int pair = 0; pair < 50; ++pair) pairs.Add(model.Draw(rng));
    const Interval interval = ScoreInterval(pairs);
    inside += interval.low <= model.Mean() && model.Mean() <= interval.high ? 1 : 0;
  }
  return static_cast<double>(inside) / kMatches;
}

TEST(ScoreInterval, HoldsTheTruthAsOftenAsItSays) {
  for (const double elo : {0.0, 150.0, 400.0}) {
    EXPECT_NEAR(Coverage(PairModel(elo, 0.0, 0.0)), 0.95, 0.015) << elo;
    EXPECT_NEAR(Coverage(PairModel(elo, 0.0, 250.0)), 0.95, 0.015) << elo;
    EXPECT_NEAR(Coverage(PairModel(elo, 200.0, 100.0)), 0.95, 0.02) << elo;
  }
}

}  // namespace
}  // namespace tengen

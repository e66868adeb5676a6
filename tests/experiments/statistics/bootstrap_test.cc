#include "experiments/statistics/bootstrap.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace tengen {
namespace {

// With groups of one trial it is the usual interval of a share: p +- 1.96 sqrt(p (1 - p) / n).
TEST(GroupBootstrap, AgreesWithTheNormalIntervalOnSingleTrials) {
  std::vector<int> hits(1000);
  const std::vector<int> trials(1000, 1);
  for (std::size_t i = 0; i < 300; ++i) hits[i] = 1;
  Rng rng(1, RngRole::kTest);
  const Interval interval = GroupBootstrap(hits, trials, rng);
  const double half = 1.96 * std::sqrt(0.3 * 0.7 / 1000.0);
  EXPECT_DOUBLE_EQ(interval.value, 0.3);
  EXPECT_NEAR(interval.low, 0.3 - half, 0.003);
  EXPECT_NEAR(interval.high, 0.3 + half, 0.003);
}

// Trials of a group that are all alike count as one: the interval is that of 100 trials, not 1000.
TEST(GroupBootstrap, IsWiderWhereTheTrialsOfAGroupAreAlike) {
  std::vector<int> hits(100);
  const std::vector<int> trials(100, 10);
  for (std::size_t i = 0; i < 30; ++i) hits[i] = 10;
  Rng rng(1, RngRole::kTest);
  const Interval interval = GroupBootstrap(hits, trials, rng);
  const double half = 1.96 * std::sqrt(0.3 * 0.7 / 100.0);
  EXPECT_NEAR(interval.low, 0.3 - half, 0.01);
  EXPECT_NEAR(interval.high, 0.3 + half, 0.01);
}

TEST(GroupBootstrap, KnowsNothingWithoutTrials) {
  Rng rng(1, RngRole::kTest);
  const Interval interval = GroupBootstrap({}, {}, rng);
  EXPECT_EQ(interval.low, 0.0);
  EXPECT_EQ(interval.high, 1.0);
}

// Numbers 0 and 2, as many of each: mean 1, standard deviation 1.
TEST(GroupBootstrapMean, AgreesWithTheNormalIntervalOfAMean) {
  std::vector<double> sums(1000);
  const std::vector<int> trials(1000, 1);
  for (std::size_t i = 0; i < 500; ++i) sums[i] = 2.0;
  Rng rng(1, RngRole::kTest);
  const Interval interval = GroupBootstrapMean(sums, trials, rng);
  const double half = 1.96 / std::sqrt(1000.0);
  EXPECT_DOUBLE_EQ(interval.value, 1.0);
  EXPECT_NEAR(interval.low, 1.0 - half, 0.01);
  EXPECT_NEAR(interval.high, 1.0 + half, 0.01);
}

}  // namespace
}  // namespace tengen

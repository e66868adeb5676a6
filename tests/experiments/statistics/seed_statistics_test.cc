#include "experiments/statistics/seed_statistics.h"

#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"

namespace tengen {
namespace {

TEST(InterquartileMean, CutsAQuarterFromEitherEnd) {
  EXPECT_DOUBLE_EQ(InterquartileMean(std::vector<double>{7.0}), 7.0);
  EXPECT_DOUBLE_EQ(InterquartileMean(std::vector<double>{9.0, 1.0, 2.0}), 4.0);
  // Five: one from either end. Eight: two.
  EXPECT_DOUBLE_EQ(InterquartileMean(std::vector<double>{100.0, 4.0, 2.0, -50.0, 3.0}), 3.0);
  EXPECT_DOUBLE_EQ(InterquartileMean(std::vector<double>{8, 7, 6, 5, 4, 3, 2, 1}), 4.5);
}

TEST(StudentT, AgreesWithPrintedTables) {
  EXPECT_NEAR(StudentT975(1), 12.7062, 2e-4);
  EXPECT_NEAR(StudentT975(4), 2.7764, 2e-4);
  EXPECT_NEAR(StudentT975(10), 2.2281, 2e-4);
  EXPECT_NEAR(StudentT975(11), 2.2010, 2e-4);
  EXPECT_NEAR(StudentT975(20), 2.0860, 2e-4);
  EXPECT_NEAR(StudentT975(60), 2.0003, 2e-4);
  EXPECT_NEAR(StudentT975(1000000), 1.9600, 2e-4);
}

TEST(MeanInterval, ByHand) {
  // Mean 3, squares 4 + 1 + 0 + 1 + 4 = 10: s^2 = 2.5, error sqrt(2.5 / 5), t(4) = 2.7764.
  const Interval interval = MeanInterval(std::vector<double>{1, 2, 3, 4, 5});
  EXPECT_DOUBLE_EQ(interval.value, 3.0);
  EXPECT_NEAR(interval.low, 3.0 - 2.77645 * std::sqrt(0.5), 1e-4);
  EXPECT_NEAR(interval.high, 3.0 + 2.77645 * std::sqrt(0.5), 1e-4);
}

TEST(MeanInterval, OneRunBoundsNothing) {
  const Interval one = MeanInterval(std::vector<double>{3.0});
  EXPECT_EQ(one.value, 3.0);
  EXPECT_EQ(one.low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(one.high, std::numeric_limits<double>::infinity());
}

// Share of 20,000 simulated experiments of n runs whose interval holds the mean.
double Coverage(int n, double mean, const std::function<double(Rng&)>& draw) {
  constexpr int kExperiments = 20000;
  int inside = 0;
  std::vector<double> returns(static_cast<std::size_t>(n));
  for (int i = 0; i < kExperiments; ++i) {
    Rng rng(9, RngRole::kTest, static_cast<std::uint64_t>(i));
    for (double& value : returns) value = draw(rng);
    const Interval interval = MeanInterval(returns);
    inside += interval.low <= mean && mean <= interval.high ? 1 : 0;
  }
  return static_cast<double>(inside) / kExperiments;
}

double Exponential(Rng& rng) { return -std::log(1.0 - rng.Uniform()); }

// Skewness 1.
double SumOfFour(Rng& rng) {
  return Exponential(rng) + Exponential(rng) + Exponential(rng) + Exponential(rng);
}

TEST(MeanInterval, HoldsTheMeanAsOftenAsItSays) {
  for (const int n : {3, 5, 10}) {
    EXPECT_NEAR(Coverage(n, 0.0, [](Rng& rng) { return rng.Normal(); }), 0.95, 0.006) << n;
    EXPECT_NEAR(Coverage(n, 4.0, SumOfFour), 0.95, 0.02) << n;
    EXPECT_NEAR(Coverage(n, 1.0, Exponential), 0.89, 0.02) << n << ", as the header says";
  }
}

}  // namespace
}  // namespace tengen

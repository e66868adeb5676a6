#include "experiments/datasets/generated.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(Generated, TheLineIsWithinItsNoise) {
  const Samples line = NoisyLine(1000, 1);
  ASSERT_TRUE(CheckSamples(line).ok());
  double sum = 0.0;
  for (int i = 0; i < line.size(); ++i) {
    const float x = line.row(i)[0];
    const float noise = line.targets[static_cast<std::size_t>(i)] - (3.0F * x + 2.0F);
    EXPECT_GE(noise, -1e-6F);
    EXPECT_LE(noise, 1.0F + 1e-6F);
    EXPECT_LE(std::abs(x), 1.0F);
    sum += static_cast<double>(noise);
  }
  EXPECT_NEAR(sum / line.size(), 0.5, 0.03);  // three deviations of the mean: 3 / sqrt(12000)
}

TEST(Generated, TheSpiralsAreHalfATurnApart) {
  const Samples spirals = TwoSpirals(500, 0.0, 1);
  ASSERT_TRUE(CheckSamples(spirals).ok());
  for (int i = 0; i < spirals.size(); ++i) {
    // Without noise a point's radius tells its angle.
    const double x = static_cast<double>(spirals.row(i)[0]);
    const double y = static_cast<double>(spirals.row(i)[1]);
    const double t = std::hypot(x, y) * 3.0 * std::numbers::pi;
    const int label = spirals.labels[static_cast<std::size_t>(i)];
    EXPECT_NEAR(
        std::remainder(std::atan2(y, x) - t - std::numbers::pi * label, 2.0 * std::numbers::pi),
        0.0, 1e-4);
  }
}

TEST(Generated, EqualSeedsGiveEqualSets) {
  EXPECT_EQ(NoisyLine(10, 1).features, NoisyLine(10, 1).features);
  EXPECT_NE(NoisyLine(10, 1).features, NoisyLine(10, 2).features);
  EXPECT_EQ(TwoSpirals(10, 0.1, 1).features, TwoSpirals(10, 0.1, 1).features);
  EXPECT_NE(TwoSpirals(10, 0.1, 1).features, TwoSpirals(10, 0.1, 2).features);
}

}  // namespace
}  // namespace tengen

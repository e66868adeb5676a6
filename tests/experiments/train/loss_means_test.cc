#include "experiments/train/loss_means.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

StepMetrics Step(double loss, double policy, double grad_norm, double lr = 0.1) {
  StepMetrics metrics;
  metrics.loss = loss;
  metrics.parts = {{"policy", policy}};
  metrics.grad_norm = grad_norm;
  metrics.lr = lr;
  return metrics;
}

TEST(LossMeans, AreMeansOfTheStepsSinceTheLastClear) {
  LossMeans losses;
  losses.Add(Step(4.0, 3.0, 1.0));
  losses.Add(Step(2.0, 1.0, 2.0));
  losses.Add(Step(3.0, 2.0, 6.0, 0.05));
  EXPECT_THAT(losses.means(), ElementsAre(Pair("total", 3.0), Pair("policy", 2.0)));
  EXPECT_DOUBLE_EQ(losses.grad_norm(), 3.0);
  EXPECT_EQ(losses.lr(), 0.05) << "the newest";
  losses.Clear();
  losses.Add(Step(1.0, 0.5, 7.0));
  EXPECT_THAT(losses.means(), ElementsAre(Pair("total", 1.0), Pair("policy", 0.5)));
  EXPECT_DOUBLE_EQ(losses.grad_norm(), 7.0);
}

TEST(LossMeans, StandUntilTheNextStepAfterAClear) {
  LossMeans losses;
  losses.Add(Step(4.0, 3.0, 1.0));
  losses.Clear();
  EXPECT_THAT(losses.means(), ElementsAre(Pair("total", 4.0), Pair("policy", 3.0)));
  EXPECT_EQ(losses.grad_norm(), 0.0);
}

TEST(LossMeans, SkippedStepsAreCountedForEverAndOtherwiseLeftOut) {
  LossMeans losses;
  StepMetrics skipped = Step(1e30, 1e30, 1e30);
  skipped.skipped = true;
  losses.Add(Step(4.0, 3.0, 1.0));
  losses.Add(skipped);
  EXPECT_THAT(losses.means(), ElementsAre(Pair("total", 4.0), Pair("policy", 3.0)));
  losses.Clear();
  losses.Add(skipped);
  EXPECT_EQ(losses.skipped(), 2);
  EXPECT_EQ(losses.grad_norm(), 0.0);
}

}  // namespace
}  // namespace tengen

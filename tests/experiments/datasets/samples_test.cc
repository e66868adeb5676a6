#include "experiments/datasets/samples.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Samples ThreePoints() {
  Samples samples;
  samples.shape = {2};
  samples.features = {1, 2, 3, 4, 5, 6};
  samples.labels = {0, 1, 0};
  samples.class_names = {"a", "b"};
  samples.groups = {"x", "y", "z"};
  return samples;
}

TEST(Samples, SelectTakesAllColumnsInTheOrderOfTheIndices) {
  const Samples some = Select(ThreePoints(), std::vector{2, 0, 2});
  EXPECT_EQ(some.size(), 3);
  EXPECT_THAT(some.features, ElementsAre(5, 6, 1, 2, 5, 6));
  EXPECT_THAT(some.labels, ElementsAre(0, 0, 0));
  EXPECT_THAT(some.groups, ElementsAre("z", "x", "z"));
  EXPECT_THAT(some.class_names, ElementsAre("a", "b"));
  EXPECT_THAT(some.row(1), ElementsAre(1, 2));
  EXPECT_TRUE(CheckSamples(some).ok());
}

TEST(Samples, CheckNamesWhatIsWrong) {
  EXPECT_TRUE(CheckSamples(ThreePoints()).ok());
  EXPECT_THAT(CheckSamples(Samples()).error(), HasSubstr("no examples"));

  Samples samples = ThreePoints();
  samples.features.pop_back();
  EXPECT_THAT(CheckSamples(samples).error(), HasSubstr("5 features, wanted 3 times 2"));

  samples = ThreePoints();
  samples.labels[1] = 2;
  EXPECT_THAT(CheckSamples(samples).error(), HasSubstr("a label of 2, wanted 0 to 1"));

  samples = ThreePoints();
  samples.features[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(CheckSamples(samples).error(), HasSubstr("not finite"));

  samples = ThreePoints();
  samples.groups.pop_back();
  EXPECT_THAT(CheckSamples(samples).error(), HasSubstr("2 groups for 3 examples"));
}

}  // namespace
}  // namespace tengen

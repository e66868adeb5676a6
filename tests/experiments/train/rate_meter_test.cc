#include "experiments/train/rate_meter.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(RateMeter, KnowsNothingBeforeTheSecondMoment) {
  RateMeter meter;
  EXPECT_EQ(meter.per_second(), 0.0);
  meter.Update(1000.0, 50.0);
  EXPECT_EQ(meter.per_second(), 0.0);
  meter.Update(1200.0, 52.0);
  EXPECT_DOUBLE_EQ(meter.per_second(), 100.0);
}

TEST(RateMeter, CoversTheLastTenSeconds) {
  RateMeter meter;
  for (int second = 0; second <= 100; ++second) meter.Update(100.0 * second, second);
  EXPECT_DOUBLE_EQ(meter.per_second(), 100.0);
  // Standing still for five seconds halves it, for ten ends it.
  for (int second = 101; second <= 105; ++second) meter.Update(10000.0, second);
  EXPECT_NEAR(meter.per_second(), 50.0, 5.0);
  for (int second = 106; second <= 111; ++second) meter.Update(10000.0, second);
  EXPECT_DOUBLE_EQ(meter.per_second(), 0.0);
}

TEST(RateMeter, ALongPauseBetweenMomentsIsItsStretch) {
  RateMeter meter;
  meter.Update(0.0, 0.0);
  meter.Update(600.0, 60.0);  // a progress match held the loop up
  EXPECT_DOUBLE_EQ(meter.per_second(), 10.0);
}

TEST(RateMeter, MomentsCloserThanHalfASecondAreLeftOut) {
  RateMeter meter;
  meter.Update(0.0, 0.0);
  meter.Update(1000.0, 0.1);
  EXPECT_EQ(meter.per_second(), 0.0);
  meter.Update(1000.0, 1.0);
  EXPECT_DOUBLE_EQ(meter.per_second(), 1000.0);
}

}  // namespace
}  // namespace tengen

#include "agents/rl/training_env.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<float> Copy(std::span<const float> values) { return {values.begin(), values.end()}; }

TEST(TrainingEnvTest, ACutOffEpisodeIsNotTerminatedAndShowsItsLastObservation) {
  TrainingEnv env("mountain_car:limit=3", 1, 5);
  ActionRows actions(env.spec().action, 1);
  actions.indices = {2};
  for (int step = 1; step <= 2; ++step) {
    env.Step(actions);
    EXPECT_FALSE(env.ended(0));
    EXPECT_EQ(Copy(env.next_observation(0)), Copy(env.observations()));
  }
  env.Step(actions);
  EXPECT_TRUE(env.truncated(0));
  EXPECT_FALSE(env.terminated(0));
  EXPECT_TRUE(env.ended(0));
  // A new episode starts at rest; three steps to the right leave the car moving.
  EXPECT_EQ(env.observations()[1], 0.0F);
  EXPECT_NE(env.next_observation(0)[1], 0.0F);
  EXPECT_THAT(env.TakeReturns(), ElementsAre(-3.0));
  EXPECT_THAT(env.TakeReturns(), ElementsAre());
}

TEST(TrainingEnvTest, ATerminationIsNoTruncationEvenAtTheLimit) {
  // Pushed to one side the pole falls at the same step every time; the limit is put there.
  int falls_at = 0;
  for (const int limit : {500, 0}) {
    TrainingEnv env("cartpole:limit=" + std::to_string(limit == 0 ? falls_at : limit), 1, 5);
    ActionRows actions(env.spec().action, 1);
    actions.indices = {1};
    int step = 0;
    do {
      env.Step(actions);
      ++step;
      EXPECT_EQ(env.rewards()[0], 1.0F);
    } while (!env.ended(0));
    EXPECT_TRUE(env.terminated(0));
    EXPECT_FALSE(env.truncated(0));
    falls_at = step;
    EXPECT_THAT(env.TakeReturns(), ElementsAre(step));
  }
}

TEST(TrainingEnvTest, ContinuousActionsAreClippedToTheirBounds) {
  TrainingEnv wild("mountain_car_continuous", 2, 6);
  ActionRows actions(wild.spec().action, 2);
  actions.values = {30.0F, -0.5F};
  wild.Step(actions);
  EXPECT_THAT(actions.values, ElementsAre(1.0F, -0.5F));
  EXPECT_FLOAT_EQ(wild.rewards()[0], -0.1F);
}

TEST(TrainingEnvTest, ASavedOneGoesOn) {
  TrainingEnv env("cartpole:limit=7", 3, 8);
  ActionRows actions(env.spec().action, 3);
  for (int i = 0; i < 10; ++i) {
    actions.indices = {i % 2, 1, 0};
    env.Step(actions);
  }
  env.TakeReturns();
  NamedTensors saved;
  env.SaveTo(saved);
  TrainingEnv loaded("cartpole:limit=7", 3, 99);
  ASSERT_TRUE(loaded.LoadFrom(saved).ok());
  EXPECT_EQ(Copy(loaded.observations()), Copy(env.observations()));
  for (int i = 0; i < 20; ++i) {
    actions.indices = {i % 2, 1, 0};
    env.Step(actions);
    loaded.Step(actions);
    ASSERT_EQ(Copy(loaded.observations()), Copy(env.observations()));
  }
  EXPECT_EQ(loaded.TakeReturns(), env.TakeReturns());
  saved.erase("env.streams");
  EXPECT_THAT(loaded.LoadFrom(saved).error(), HasSubstr("env.streams"));
}

}  // namespace
}  // namespace tengen

// The parts around environments: decorators, statistics, sine and cosine, the thread team.

#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/control/sin_cos.h"
#include "envs/core/env_batch.h"
#include "envs/core/env_wrappers.h"
#include "envs/core/running_moments.h"
#include "envs/core/thread_team.h"
#include "envs/core/vec_env.h"
#include "envs/registry/env_registry.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// Counts its steps from a random start in [0, 1): the observation is the count, the reward the
// count times ten; action 1 terminates.
struct Counter {
  using State = std::array<double, 1>;
  using Observation = std::array<float, 1>;
  using Action = std::int32_t;

  static EnvSpec Spec() {
    return {.name = "counter",
            .action = {.kind = ActionKind::kDiscrete, .num_actions = 2},
            .observation_low = {0.0F},
            .observation_high = {kUnbounded},
            .state_names = {"count"}};
  }
  static State Start(Rng&) { return {0.0}; }
  static DynamicsOutcome Advance(State& state, std::int32_t action) {
    state[0] += 1.0;
    return {10.0 * state[0], action == 1};
  }
  static Observation Observe(const State& state) { return {static_cast<float>(state[0])}; }
};

// Chance takes part in each step.
struct Walker : Counter {
  static DynamicsOutcome Advance(State& state, std::int32_t, Rng& rng) {
    state[0] += rng.Uniform();
    return {0.0, false};
  }
};

class Wrappers : public testing::Test {
 protected:
  std::unique_ptr<Env> counter_ = std::make_unique<DynamicsEnv<Counter>>(Counter::Spec());
  Rng rng_{1, RngRole::kTest};
};

float Observed(const Env& env) {
  std::array<float, 1> out;
  env.Observe(out);
  return out[0];
}

TEST_F(Wrappers, TimeLimitKeepsTerminatedAndTruncatedApart) {
  TimeLimit env(std::move(counter_), 3, "counter:limit=3");
  env.Reset(rng_);
  EXPECT_FALSE(env.Step(0, rng_).ended());
  StepOutcome outcome = env.Step(1, rng_);
  EXPECT_TRUE(outcome.terminated);
  EXPECT_FALSE(outcome.truncated);
  env.Reset(rng_);
  env.Step(0, rng_);
  env.Step(0, rng_);
  outcome = env.Step(0, rng_);
  EXPECT_FALSE(outcome.terminated);
  EXPECT_TRUE(outcome.truncated);
  // Both at once, as in Gymnasium: the limit is reached by the step that terminates.
  env.Reset(rng_);
  env.Step(0, rng_);
  env.Step(0, rng_);
  outcome = env.Step(1, rng_);
  EXPECT_TRUE(outcome.terminated);
  EXPECT_TRUE(outcome.truncated);
}

TEST_F(Wrappers, FrameSkipAddsRewardsUpToTheEnd) {
  FrameSkip env(std::make_unique<TimeLimit>(std::move(counter_), 5, ""), 3);
  env.Reset(rng_);
  StepOutcome outcome = env.Step(0, rng_);
  EXPECT_EQ(outcome.reward, 10.0 + 20.0 + 30.0);
  EXPECT_FALSE(outcome.ended());
  outcome = env.Step(0, rng_);
  EXPECT_EQ(outcome.reward, 40.0 + 50.0);
  EXPECT_TRUE(outcome.truncated);
  EXPECT_EQ(Observed(env), 5.0F);
}

TEST_F(Wrappers, ClipBringsRewardsAndObservationsIntoTheirRange) {
  ClipObservation env(std::make_unique<ClipReward>(std::move(counter_), -15.0, 15.0), -1.5F, 1.5F);
  EXPECT_EQ(env.spec().observation_low[0], 0.0F);
  EXPECT_EQ(env.spec().observation_high[0], 1.5F);
  env.Reset(rng_);
  EXPECT_EQ(env.Step(0, rng_).reward, 10.0);
  EXPECT_EQ(Observed(env), 1.0F);
  EXPECT_EQ(env.Step(0, rng_).reward, 15.0);
  EXPECT_EQ(Observed(env), 1.5F);
}

TEST_F(Wrappers, NormalizeObservationUsesWhatWasSeenSoFar) {
  NormalizeObservation env(std::move(counter_));
  env.Reset(rng_);    // sees 0
  env.Step(0, rng_);  // sees 1
  env.Step(0, rng_);  // sees 2
  // Mean 1, variance 2/3 of {0, 1, 2}; the start of 1e-4 samples shifts the fourth digit.
  EXPECT_NEAR(Observed(env), 1.0 / std::sqrt(2.0 / 3.0), 1e-3);
  EXPECT_NEAR(env.moments().count(), 3.0001, 1e-12);
  // Planning leaves the statistics alone.
  ASSERT_TRUE(env.SetState(std::vector<double>{1.0}).ok());
  EXPECT_NEAR(Observed(env), 0.0, 1e-3);
  EXPECT_NEAR(env.moments().count(), 3.0001, 1e-12);
}

TEST_F(Wrappers, NormalizeRewardDividesByTheDeviationOfTheReturn) {
  NormalizeReward env(std::move(counter_), 0.5);
  env.Reset(rng_);
  env.Step(0, rng_);                              // R = 10
  const StepOutcome outcome = env.Step(0, rng_);  // R = 0.5 * 10 + 20 = 25
  // {10, 25}: mean 17.5, variance 56.25; the start of 1e-4 samples weighs 1e-4 of two.
  EXPECT_NEAR(outcome.reward, 20.0 / std::sqrt(56.25), 2e-3);
  std::array<double, 2> state;
  env.GetState(state);
  EXPECT_EQ(state[1], 25.0);
  // A termination ends the sum: R = 0 + 30.
  env.Step(1, rng_);
  env.GetState(state);
  EXPECT_EQ(state[1], 30.0);
}

TEST_F(Wrappers, DecoratorsAreCopiedWithWhatTheyWrap) {
  NormalizeReward env(std::make_unique<TimeLimit>(std::move(counter_), 9, ""), 0.9);
  env.Reset(rng_);
  env.Step(0, rng_);
  const auto clone = env.Clone();
  EXPECT_EQ(clone->Step(0, rng_).reward, env.Step(0, rng_).reward);
  env.Step(0, rng_);
  clone->CopyFrom(env);
  std::array<double, 3> a, b;
  env.GetState(a);
  clone->GetState(b);
  EXPECT_EQ(a, b);
  EXPECT_EQ(a[1], 3.0) << "steps taken";
  EXPECT_EQ(clone->Step(0, rng_).reward, env.Step(0, rng_).reward);
}

TEST(RunningMoments, MatchesTheMomentsOfTheWholeSample) {
  RunningMoments moments(2, /*epsilon=*/1e-12);
  for (const auto& sample : std::vector<std::array<float, 2>>{
           {2.0F, -1.0F}, {4.0F, -1.0F}, {4.0F, -1.0F}, {6.0F, -1.0F}}) {
    moments.Add(sample);
  }
  EXPECT_NEAR(moments.mean(0), 4.0, 1e-9);
  EXPECT_NEAR(moments.variance(0), 2.0, 1e-9);  // (4 + 0 + 0 + 4) / 4
  EXPECT_NEAR(moments.mean(1), -1.0, 1e-9);
  EXPECT_NEAR(moments.variance(1), 0.0, 1e-9);
}

TEST(SinCosTest, AgreesWithTheCLibrary) {
  Rng rng(2, RngRole::kTest);
  for (const double range : {0.3, 4.0, 100.0, 1e5}) {
    for (int i = 0; i < 20000; ++i) {
      const double x = range * (2.0 * rng.Uniform() - 1.0);
      const auto [sine, cosine] = SinCos(x);
      ASSERT_NEAR(sine, std::sin(x), 3.4e-16) << x;
      ASSERT_NEAR(cosine, std::cos(x), 3.4e-16) << x;
    }
  }
  EXPECT_EQ(SinCos(0.0).sin, 0.0);
  EXPECT_EQ(SinCos(0.0).cos, 1.0);
  EXPECT_NEAR(SinCos(1e7).sin, std::sin(1e7), 1e-9);
}

TEST(DynamicsEnvTest, ChanceInTheStepComesFromTheGivenStream) {
  DynamicsEnv<Walker> env(Walker::Spec());
  Rng rng(3, RngRole::kTest);
  env.Reset(rng);
  Rng ahead(rng.state());
  env.Step(0, rng);
  EXPECT_EQ(Observed(env), static_cast<float>(ahead.Uniform()));
  DynamicsBatch<Walker> batch(Walker::Spec(), 3);
  std::vector<Rng> rngs = {Rng(1, RngRole::kTest), Rng(2, RngRole::kTest), Rng(1, RngRole::kTest)};
  std::array<float, 3> observations, rewards;
  std::array<std::uint8_t, 3> terminated, truncated;
  const std::array<std::int32_t, 3> actions = {0, 0, 0};
  const std::array<std::uint8_t, 3> ended = {0, 0, 0};
  for (int i = 0; i < 3; ++i) batch.Reset(i, rngs[static_cast<std::size_t>(i)]);
  batch.Step(0, 3, std::span<const std::int32_t>(actions), ended, rngs,
             {observations, rewards, terminated, truncated, {}});
  EXPECT_EQ(observations[0], observations[2]);
  EXPECT_NE(observations[0], observations[1]);
}

// The last observations of one environment in a VecEnv of the batch that resets in a step of its
// own.
std::vector<float> Observations(std::unique_ptr<EnvBatch> batch, int steps) {
  VecEnv env(std::move(batch), {.num_envs = 2, .seed = 5, .auto_reset = AutoReset::kNextStep});
  std::array<float, 2> observations, rewards;
  std::array<std::uint8_t, 2> terminated, truncated;
  const std::array<std::int32_t, 2> actions = {0, 0};
  std::vector<float> seen;
  env.Reset(observations);
  for (int i = 0; i < steps; ++i) {
    env.Step(std::span<const std::int32_t>(actions),
             {observations, rewards, terminated, truncated, {}});
    seen.insert(seen.end(), observations.begin(), observations.end());
  }
  return seen;
}

// The step of a reset draws nothing from the streams: the episodes behind it are Env's.
TEST(DynamicsEnvTest, AWaitingEnvironmentDrawsNothing) {
  EnvSpec spec = Walker::Spec();
  spec.max_episode_steps = 3;
  const auto objects = [&spec] {
    return std::make_unique<TimeLimit>(std::make_unique<DynamicsEnv<Walker>>(Walker::Spec()), 3,
                                       spec.id);
  };
  EXPECT_EQ(Observations(std::make_unique<DynamicsBatch<Walker>>(spec, 2), 13),
            Observations(std::make_unique<ObjectBatch>(2, objects), 13));
}

// Environment 1 of three is reset alone and draws from its own seed; the others stay.
TEST(VecEnvTest, WithoutAutomaticResetsEndedEnvironmentsWaitForReset) {
  EnvSpec spec = Walker::Spec();
  spec.max_episode_steps = 2;
  VecEnv env(std::make_unique<DynamicsBatch<Walker>>(spec, 3),
             {.num_envs = 3, .auto_reset = AutoReset::kDisabled});
  env.Seed(std::array<std::uint64_t, 3>{7, 8, 7});
  std::array<float, 3> observations, rewards;
  std::array<std::uint8_t, 3> terminated, truncated;
  const std::array<std::int32_t, 3> actions = {0, 0, 0};
  const StepBatch out = {observations, rewards, terminated, truncated, {}};
  const auto step = [&] { env.Step(std::span<const std::int32_t>(actions), out); };
  env.Reset(observations);
  step();
  EXPECT_EQ(observations[0], observations[2]);
  EXPECT_NE(observations[0], observations[1]);
  step();
  EXPECT_EQ(truncated, (std::array<std::uint8_t, 3>{1, 1, 1}));
  const std::array<float, 3> last = observations;
  env.Reset(std::array<std::uint8_t, 3>{0, 1, 0}, observations);
  EXPECT_EQ(observations[0], last[0]);
  EXPECT_EQ(observations[2], last[2]);
  try {
    step();
    FAIL() << "stepped environments that had ended";
  } catch (const BugError& error) {
    EXPECT_THAT(error.what(), HasSubstr("environment 0: its episode has ended, wanted Reset"));
  }
  env.Reset(std::array<std::uint8_t, 3>{1, 0, 1}, observations);
  step();
  EXPECT_EQ(truncated, (std::array<std::uint8_t, 3>{0, 0, 0}));
}

TEST(EnvRegistry, UnknownNamesAndOptionsAreErrorsThatSayWhatFits) {
  EXPECT_THAT(MakeEnv("cartpol").error(), HasSubstr("did you mean 'cartpole'?"));
  EXPECT_THAT(MakeEnv("cartpole:limit=-1").error(), HasSubstr("limit"));
  EXPECT_THAT(MakeEnvBatch("nothing", 2).error(), HasSubstr("known: cartpole"));
}

TEST(ThreadTeamTest, EveryPartIsDoneOnceEachTime) {
  ThreadTeam team(4);
  std::array<int, 4> done{};
  for (int round = 1; round <= 200; ++round) {
    team.Run([&](int part) { ++done[static_cast<std::size_t>(part)]; });
    EXPECT_EQ(done, (std::array<int, 4>{round, round, round, round}));
  }
}

TEST(ThreadTeamTest, AnExceptionComesOutAndTheTeamGoesOn) {
  ThreadTeam team(3);
  EXPECT_THROW(team.Run([](int part) {
    if (part == 2) throw std::runtime_error("part 2");
  }),
               std::runtime_error);
  int sum = 0;
  team.Run([&](int part) {
    if (part == 0) sum = 1;
  });
  EXPECT_EQ(sum, 1);
}

TEST(ThreadTeamTest, AForkedProcessIsToldThatTheThreadsAreElsewhere) {
  std::optional<ThreadTeam> team(std::in_place, 3);
  team->Run([](int) {});
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // ends a child that waits for threads which are not there
    int status = 1;
    try {
      team->Run([](int) {});
    } catch (const std::runtime_error& error) {
      const bool said = std::string(error.what()).find("was forked") != std::string::npos;
      status = said ? 0 : 2;
    }
    team.reset();
    _exit(status);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  int done = 0;
  team->Run([&](int part) {
    if (part == 0) done = 1;
  });
  EXPECT_EQ(done, 1);
}

}  // namespace
}  // namespace tengen

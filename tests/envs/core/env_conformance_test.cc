// What every registered environment must do, whatever its physics. One instance per row of the
// registry; a new environment is tested by its row there.

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/vec_env.h"
#include "envs/registry/env_registry.h"
#include "tests/support/allocation_counter.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> AllNames() {
  std::vector<std::string> names;
  for (const RegisteredEnv& row : RegisteredEnvs()) names.push_back(row.spec().name);
  return names;
}

class EnvConformance : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { env_ = MustMake(GetParam()); }

  static std::unique_ptr<Env> MustMake(const std::string& id) {
    auto env = MakeEnv(id);
    EXPECT_TRUE(env.ok()) << env.error();
    return std::move(*env);
  }

  const EnvSpec& spec() const { return env_->spec(); }

  // A valid random action; `values` is its memory.
  EnvAction RandomAction(Rng& rng, std::vector<float>& values) const {
    const ActionSpace& space = spec().action;
    if (space.discrete()) {
      return static_cast<std::int32_t>(rng.Below(static_cast<std::uint32_t>(space.num_actions)));
    }
    values.resize(space.low.size());
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] = space.low[k] + (space.high[k] - space.low[k]) * static_cast<float>(rng.Uniform());
    }
    return std::span<const float>(values);
  }

  std::vector<float> ObservationOf(const Env& env) const {
    std::vector<float> observation(static_cast<std::size_t>(spec().observation_size()));
    env.Observe(observation);
    return observation;
  }

  std::vector<double> StateOf(const Env& env) const {
    std::vector<double> state(static_cast<std::size_t>(env.spec().state_size()));
    env.GetState(state);
    return state;
  }

  // Everything that one step tells, and the state after it.
  struct Seen {
    std::vector<float> observation;
    std::vector<double> state;
    double reward = 0.0;
    bool terminated = false;
    bool truncated = false;
    bool operator==(const Seen&) const = default;
  };

  // Random actions with a reset after each end.
  std::vector<Seen> Walk(Env& env, int steps, std::uint64_t seed) const {
    Rng rng(seed, RngRole::kTest);
    Rng action_rng(seed, RngRole::kTest, 1);
    std::vector<Seen> seen;
    std::vector<float> values;
    for (int i = 0; i < steps; ++i) {
      if (env.ended()) env.Reset(rng);
      const StepOutcome outcome = env.Step(RandomAction(action_rng, values), rng);
      seen.push_back({ObservationOf(env), StateOf(env), outcome.reward, outcome.terminated,
                      outcome.truncated});
    }
    return seen;
  }

  std::unique_ptr<Env> env_;
};

TEST_P(EnvConformance, SpecIsConsistent) {
  EXPECT_EQ(spec().name, GetParam());
  EXPECT_EQ(spec().observation_low.size(), spec().observation_high.size());
  EXPECT_GT(spec().observation_size(), 0);
  if (!spec().observation_names.empty()) {
    EXPECT_EQ(spec().observation_names.size(), spec().observation_low.size());
  }
  EXPECT_GT(spec().state_size(), 0);
  if (spec().action.discrete()) {
    EXPECT_GT(spec().action.num_actions, 0);
  } else {
    EXPECT_GT(spec().action.size(), 0);
    EXPECT_EQ(spec().action.low.size(), spec().action.high.size());
  }
  EXPECT_EQ(MustMake(spec().id)->spec().id, spec().id);
  EXPECT_EQ(MustMake(spec().name + ":limit=7")->spec().max_episode_steps, 7);
  if (!spec().reference.empty()) {
    EXPECT_EQ(MustMake(spec().reference)->spec().id, spec().id);
  }
  const auto unknown = MakeEnv(spec().name + ":colour=red");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error(), HasSubstr("colour"));
}

TEST_P(EnvConformance, EqualSeedsGiveEqualEpisodesAndOthersOtherOnes) {
  const auto first = Walk(*env_, 600, 1);
  EXPECT_EQ(first, Walk(*MustMake(GetParam()), 600, 1));
  EXPECT_NE(first, Walk(*MustMake(GetParam()), 600, 2));
}

TEST_P(EnvConformance, ObservationsStayWithinTheirBoundsAndRewardsAreFinite) {
  for (const Seen& seen : Walk(*env_, 3000, 3)) {
    ASSERT_TRUE(std::isfinite(seen.reward));
    for (std::size_t k = 0; k < seen.observation.size(); ++k) {
      ASSERT_GE(seen.observation[k], spec().observation_low[k]) << spec().state_names[k];
      ASSERT_LE(seen.observation[k], spec().observation_high[k]);
      ASSERT_TRUE(std::isfinite(seen.observation[k]));
    }
  }
}

TEST_P(EnvConformance, ACopyGoesOnAsTheOriginalAndAlone) {
  Walk(*env_, 37, 4);
  const auto clone = env_->Clone();
  const auto copy = MustMake(GetParam());
  Walk(*copy, 5, 9);
  copy->CopyFrom(*env_);
  EXPECT_EQ(clone->ended(), env_->ended());
  EXPECT_EQ(copy->ended(), env_->ended());
  const auto before = StateOf(*env_);
  const auto of_clone = Walk(*clone, 100, 5);
  EXPECT_EQ(StateOf(*env_), before) << "stepping the clone moved the original";
  EXPECT_EQ(Walk(*copy, 100, 5), of_clone);
  EXPECT_EQ(Walk(*env_, 100, 5), of_clone);
}

TEST_P(EnvConformance, SettingAStateGoesOnFromThere) {
  Rng rng(6, RngRole::kTest);
  std::vector<float> values;
  for (int episode = 0; episode < 5; ++episode) {
    env_->Reset(rng);
    for (int i = 0; i < 10 && !env_->ended(); ++i) env_->Step(RandomAction(rng, values), rng);
    if (env_->ended()) continue;
    const auto other = MustMake(GetParam());
    ASSERT_TRUE(other->SetState(StateOf(*env_)).ok());
    EXPECT_FALSE(other->ended());
    EXPECT_EQ(StateOf(*other), StateOf(*env_));
    EXPECT_EQ(ObservationOf(*other), ObservationOf(*env_));
    EXPECT_EQ(Walk(*other, 50, 7), Walk(*env_, 50, 7));
  }
  EXPECT_FALSE(env_->SetState(std::vector<double>(spec().state_names.size() + 1)).ok());
  std::vector<double> not_finite(spec().state_names.size(), NAN);
  EXPECT_THAT(env_->SetState(not_finite).error(), HasSubstr(spec().state_names.front()));
}

TEST_P(EnvConformance, TheTimeLimitTruncatesAndNothingElseDoes) {
  const auto limited = MustMake(GetParam() + ":limit=5");
  const auto endless = MustMake(GetParam() + ":limit=0");
  Rng rng(8, RngRole::kTest);
  std::vector<float> values;
  bool reached = false;
  for (int episode = 0; episode < 20; ++episode) {
    limited->Reset(rng);
    for (int i = 1; !limited->ended(); ++i) {
      const StepOutcome outcome = limited->Step(RandomAction(rng, values), rng);
      EXPECT_EQ(outcome.truncated, i == 5);
      reached |= outcome.truncated && !outcome.terminated;
      ASSERT_LE(i, 5);
    }
  }
  EXPECT_TRUE(reached) << "every episode terminates within five steps";
  for (const Seen& seen : Walk(*endless, 1500, 9)) EXPECT_FALSE(seen.truncated);
}

TEST_P(EnvConformance, WrongUseIsOneClearSentence) {
  Rng rng(10, RngRole::kTest);
  std::vector<float> values;
  const EnvAction action = RandomAction(rng, values);
  const auto expect_bug = [&](const EnvAction& bad, const std::string& part) {
    try {
      env_->Step(bad, rng);
      ADD_FAILURE() << "accepted, wanted: " << part;
    } catch (const BugError& error) {
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  };
  expect_bug(action, "wanted Reset first");
  env_->Reset(rng);
  const std::string fitting = spec().action.Text();
  if (spec().action.discrete()) {
    expect_bug(spec().action.num_actions, fitting);
    expect_bug(-1, fitting);
  } else {
    std::vector<float> bad(values.size(), NAN);
    expect_bug(std::span<const float>(bad), "nan");
    bad.assign(values.size(), INFINITY);
    expect_bug(std::span<const float>(bad), "inf");
    bad.assign(values.size() + 1, 0.0F);
    expect_bug(std::span<const float>(bad), fitting);
    expect_bug(0, fitting);
  }
}

TEST_P(EnvConformance, SteppingAndCopyingDoNotTouchTheHeap) {
  Rng rng(11, RngRole::kTest);
  std::vector<float> values;
  const auto copy = env_->Clone();
  env_->Reset(rng);
  const EnvAction action = RandomAction(rng, values);
  const std::int64_t before = AllocationCount();
  for (int i = 0; i < 4 && !env_->ended(); ++i) env_->Step(action, rng);
  copy->CopyFrom(*env_);
  env_->Reset(rng);
  EXPECT_EQ(AllocationCount(), before);
}

// ---- the same environment as a batch ----

// Memory of a step's results.
struct Batch {
  Batch(int n, int row)
      : observations(static_cast<std::size_t>(n * row)),
        rewards(static_cast<std::size_t>(n)),
        terminated(rewards.size()),
        truncated(rewards.size()),
        last(observations.size()) {}

  StepBatch out() { return {observations, rewards, terminated, truncated, last}; }
  bool operator==(const Batch&) const = default;

  std::vector<float> observations, rewards;
  std::vector<std::uint8_t> terminated, truncated;
  std::vector<float> last;
};

class VecEnvConformance : public EnvConformance {
 protected:
  static constexpr int kEnvs = 70;  // more than one block of DynamicsBatch, and an odd rest

  // A short limit, so that every environment ends and resets.
  std::string id() const { return GetParam() + ":limit=12"; }

  VecEnv MustMakeVec(const VecEnvOptions& options) const {
    auto made = MakeVecEnv(id(), options);
    EXPECT_TRUE(made.ok()) << made.error();
    return std::move(*made);
  }

  // Random actions of `steps` steps: indices or rows.
  struct Actions {
    std::vector<std::vector<std::int32_t>> indices;
    std::vector<std::vector<float>> rows;
    ActionBatch At(std::size_t step) const {
      if (!indices.empty()) return std::span<const std::int32_t>(indices[step]);
      return std::span<const float>(rows[step]);
    }
  };
  Actions RandomActions(int steps) const {
    Rng rng(12, RngRole::kTest);
    Actions actions;
    std::vector<float> values;
    for (int i = 0; i < steps; ++i) {
      std::vector<std::int32_t> indices;
      std::vector<float> row;
      for (int env = 0; env < kEnvs; ++env) {
        const EnvAction action = RandomAction(rng, values);
        indices.push_back(action.index());
        row.insert(row.end(), values.begin(), values.end());
      }
      if (spec().action.discrete()) {
        actions.indices.push_back(indices);
      } else {
        actions.rows.push_back(row);
      }
    }
    return actions;
  }

  std::vector<Batch> Run(VecEnv& env, const Actions& actions, int steps) const {
    std::vector<Batch> batches(1, Batch(kEnvs, spec().observation_size()));
    env.Reset(batches.front().observations);
    for (int i = 0; i < steps; ++i) {
      Batch batch(kEnvs, spec().observation_size());
      env.Step(actions.At(static_cast<std::size_t>(i)), batch.out());
      batches.push_back(batch);
    }
    return batches;
  }
};

TEST_P(VecEnvConformance, DoesWhatSingleEnvironmentsDoBitForBit) {
  constexpr int kSteps = 40;
  const Actions actions = RandomActions(kSteps);
  VecEnv vec = MustMakeVec({.num_envs = kEnvs, .seed = 13, .auto_reset = AutoReset::kSameStep});
  const auto batches = Run(vec, actions, kSteps);
  const auto row = static_cast<std::size_t>(spec().observation_size());
  int ends = 0;
  for (std::size_t i = 0; i < kEnvs; ++i) {
    const auto env = MustMake(id());
    Rng rng(13, RngRole::kEnvironment, i);
    env->Reset(rng);
    const auto row_of = [&](const std::vector<float>& rows) {
      return std::vector<float>(rows.begin() + static_cast<std::ptrdiff_t>(i * row),
                                rows.begin() + static_cast<std::ptrdiff_t>((i + 1) * row));
    };
    ASSERT_EQ(row_of(batches[0].observations), ObservationOf(*env));
    for (std::size_t step = 0; step < kSteps; ++step) {
      const Batch& batch = batches[step + 1];
      const auto size = static_cast<std::size_t>(spec().action.size());
      const EnvAction action =
          spec().action.discrete()
              ? EnvAction(actions.indices[step][i])
              : EnvAction(std::span<const float>(actions.rows[step]).subspan(i * size, size));
      const StepOutcome outcome = env->Step(action, rng);
      ASSERT_EQ(batch.rewards[i], static_cast<float>(outcome.reward));
      ASSERT_EQ(batch.terminated[i] != 0, outcome.terminated);
      ASSERT_EQ(batch.truncated[i] != 0, outcome.truncated);
      if (outcome.ended()) {
        ++ends;
        ASSERT_EQ(row_of(batch.last), ObservationOf(*env));
        env->Reset(rng);
      }
      ASSERT_EQ(row_of(batch.observations), ObservationOf(*env));
    }
  }
  EXPECT_GE(ends, 3 * kEnvs);
}

TEST_P(VecEnvConformance, ResultsDoNotDependOnTheNumberOfThreads) {
  constexpr int kSteps = 30;
  const Actions actions = RandomActions(kSteps);
  VecEnv one = MustMakeVec({.num_envs = kEnvs, .seed = 14});
  const auto batches = Run(one, actions, kSteps);
  for (const int threads : {2, 3, 100}) {
    VecEnv more = MustMakeVec({.num_envs = kEnvs, .seed = 14, .threads = threads});
    EXPECT_EQ(Run(more, actions, kSteps), batches) << threads << " threads";
  }
  VecEnv other = MustMakeVec({.num_envs = kEnvs, .seed = 15});
  EXPECT_NE(Run(other, actions, kSteps), batches);
}

TEST_P(VecEnvConformance, NextStepResetReturnsTheLastObservationFirst) {
  constexpr int kSteps = 30;
  const Actions actions = RandomActions(1);
  VecEnv next = MustMakeVec({.num_envs = kEnvs, .seed = 16, .auto_reset = AutoReset::kNextStep});
  VecEnv same = MustMakeVec({.num_envs = kEnvs, .seed = 16, .auto_reset = AutoReset::kSameStep});
  Batch a(kEnvs, spec().observation_size());
  Batch b(kEnvs, spec().observation_size());
  next.Reset(a.observations);
  same.Reset(b.observations);
  // Up to the first end of environment 0 both do the same; there `next` shows the last observation,
  // and one step later the first one of the new episode, with nothing else in that step.
  const auto row = spec().observation_size();
  int step = 0;
  do {
    next.Step(actions.At(0), a.out());
    same.Step(actions.At(0), b.out());
    ASSERT_EQ(a.terminated[0], b.terminated[0]);
    ASSERT_EQ(a.truncated[0], b.truncated[0]);
    ASSERT_EQ(a.rewards[0], b.rewards[0]);
    ASSERT_LT(++step, kSteps);
  } while ((a.terminated[0] | a.truncated[0]) == 0);
  EXPECT_TRUE(std::equal(a.observations.begin(), a.observations.begin() + row, b.last.begin()));
  next.Step(actions.At(0), a.out());
  EXPECT_TRUE(
      std::equal(a.observations.begin(), a.observations.begin() + row, b.observations.begin()));
  EXPECT_EQ(a.rewards[0], 0.0F);
  EXPECT_EQ(a.terminated[0] | a.truncated[0], 0);
}

TEST_P(VecEnvConformance, ASavedBatchGoesOnAsIfNothingHadHappened) {
  const Actions actions = RandomActions(25);
  for (const AutoReset reset : {AutoReset::kNextStep, AutoReset::kSameStep}) {
    VecEnv env = MustMakeVec({.num_envs = kEnvs, .seed = 17, .auto_reset = reset});
    Run(env, actions, 12);
    const VecEnv::Snapshot snapshot = env.Save();
    VecEnv loaded = MustMakeVec({.num_envs = kEnvs, .seed = 99, .auto_reset = reset});
    ASSERT_TRUE(loaded.Load(snapshot).ok());
    Batch a(kEnvs, spec().observation_size());
    Batch b(kEnvs, spec().observation_size());
    env.Observe(a.observations);
    loaded.Observe(b.observations);
    EXPECT_EQ(a, b);
    for (std::size_t i = 12; i < 25; ++i) {
      env.Step(actions.At(i), a.out());
      loaded.Step(actions.At(i), b.out());
      ASSERT_EQ(a, b);
    }
  }
  VecEnv small = MustMakeVec({.num_envs = 2});
  EXPECT_FALSE(small.Load(MustMakeVec({.num_envs = 3}).Save()).ok());
}

TEST_P(VecEnvConformance, WrongUseIsOneClearSentence) {
  EXPECT_THAT(MakeVecEnv(id(), {.num_envs = 0}).error(), HasSubstr("at least 1"));
  EXPECT_THAT(MakeVecEnv(id(), {.num_envs = -3}).error(), HasSubstr("-3"));
  EXPECT_THAT(MakeVecEnv(id(), {.num_envs = 2, .threads = 0}).error(), HasSubstr("threads"));
  VecEnv env = MustMakeVec({.num_envs = 2});
  Batch batch(2, spec().observation_size());
  const auto expect_bug = [&](const ActionBatch& actions, const std::string& part) {
    try {
      env.Step(actions, batch.out());
      ADD_FAILURE() << "accepted, wanted: " << part;
    } catch (const BugError& error) {
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  };
  std::vector<std::int32_t> indices = {0, 0};
  std::vector<float> rows(2 * static_cast<std::size_t>(spec().action.size()), 0.0F);
  const bool discrete = spec().action.discrete();
  const auto good = [&] { return discrete ? ActionBatch(indices) : ActionBatch(rows); };
  expect_bug(good(), "Reset first");
  env.Reset(batch.observations);
  env.Step(good(), batch.out());
  expect_bug(discrete ? ActionBatch(rows) : ActionBatch(indices), spec().action.Text());
  indices[1] = spec().action.num_actions;
  rows.back() = NAN;
  expect_bug(good(), "environment 1");
  indices.pop_back();
  rows.pop_back();
  expect_bug(good(), "actions has");
}

std::string TestName(const testing::TestParamInfo<std::string>& info) { return info.param; }
INSTANTIATE_TEST_SUITE_P(Registered, EnvConformance, testing::ValuesIn(AllNames()), TestName);
INSTANTIATE_TEST_SUITE_P(Registered, VecEnvConformance, testing::ValuesIn(AllNames()), TestName);

}  // namespace
}  // namespace tengen

// Policies for control tasks from run folders: learners' and planners'.

#include "experiments/viewer/control/control_policy.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/env_registry.h"
#include "experiments/rl/greedy_evaluation.h"
#include "experiments/rl/rl_run.h"
#include "experiments/runs/rl_policy_file.h"
#include "experiments/viewer/control/control_session.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

namespace fs = std::filesystem;

const std::atomic<bool> kGoOn{false};

// A run of two seeds that takes a moment.
void TrainSmall(const fs::path& folder, const char* algorithm, const char* env) {
  RlConfig config = RlPreset(algorithm, env).value();
  config.steps = 600;
  config.ppo.num_envs = 8;
  config.ppo.rollout_steps = 32;
  config.ppo.minibatches = 1;
  config.ppo.epochs = 2;
  config.ppo.hidden = {8};
  config.sac.hidden = {8};
  config.sac.learning_starts = 580;
  config.seeds = 2;
  config.evaluations = 1;
  config.evaluation_episodes = 1;
  config.final_episodes = 3;
  RlRun(config, folder).Go(kGoOn);
}

TEST(RlPolicyFileTest, ReadsTheFinalPoliciesOfARun) {
  TempFolder temp;
  TrainSmall(temp / "run", "ppo", "cartpole");
  const RlRunContents run = ReadRlRun(temp / "run").value();
  EXPECT_EQ(run.config.algorithm, "ppo");
  ASSERT_EQ(run.policies.size(), 2U);
  EXPECT_EQ(run.Find(2)->seed, 2U);
  EXPECT_EQ(run.Find(3), nullptr);
  const SavedRlPolicy* best = run.Find(std::nullopt);
  EXPECT_EQ(*best->mean_return,
            std::max(*run.policies[0].mean_return, *run.policies[1].mean_return));
}

TEST(RlPolicyFileTest, SaysWhatIsWrong) {
  TempFolder temp;
  EXPECT_THAT(ReadRlRun(temp / "none").error(), HasSubstr("there is no folder"));
  fs::create_directories(temp / "empty");
  EXPECT_THAT(ReadRlRun(temp / "empty").error(), HasSubstr("no run of 'tengen rl'"));
  EXPECT_FALSE(IsRlRun(temp / "empty"));
  TrainSmall(temp / "run", "ppo", "cartpole");
  const RlRunContents run = ReadRlRun(temp / "run").value();
  fs::resize_file(run.policies[0].file, 100);
  EXPECT_THAT(LoadRlPolicy(run.config, run.policies[0]).error(), HasSubstr("seed1.safetensors"));
  fs::remove_all(temp / "run");
  EXPECT_THAT(LoadRlPolicy(run.config, run.policies[1]).error(), HasSubstr("seed2.safetensors"));
}

// The returns that the run wrote down are those of the policy that is read back.
TEST(ControlPolicyTest, PlaysWhatTheRunEvaluated) {
  TempFolder temp;
  TrainSmall(temp / "run", "ppo", "cartpole");
  const RlRunContents run = ReadRlRun(temp / "run").value();
  const auto policy =
      MakeControlPolicy((temp / "run").string() + ",seed=2", "cartpole", Device::kCpu).value();
  EXPECT_THAT(policy->Name(), StartsWith("ppo, seed 2, return "));
  // Episodes of VecEnv's environments: its starts, one at a time.
  double sum = 0.0;
  constexpr std::uint64_t kFinalSeed = 1000003;  // of rl_run.cc
  for (int i = 0; i < 3; ++i) {
    auto env = MakeEnv("cartpole").value();
    Rng rng(kFinalSeed, RngRole::kEnvironment, static_cast<std::uint64_t>(i));
    env->Reset(rng);
    std::vector<float> observation(4);
    while (!env->ended()) {
      env->Observe(observation);
      sum += env->Step(policy->Think(observation).action.index, rng).reward;
    }
  }
  EXPECT_NEAR(sum / 3.0, *run.policies[1].mean_return, 1e-9);
}

TEST(ControlPolicyTest, TellsWhatItThinks) {
  TempFolder temp;
  TrainSmall(temp / "sac", "sac", "pendulum");
  ControlSession session = ControlSession::Make("pendulum").value();
  session.UsePolicy(MakeControlPolicy((temp / "sac").string(), "pendulum", Device::kCpu).value());
  const ControlThought thought = *session.moment().thought;
  ASSERT_EQ(thought.output.spread.size(), 1U);
  session.Step(Push::kNone, 1.0);
  EXPECT_EQ(session.moment().action->values, thought.action.values);
  EXPECT_FALSE(session.moment().by_hand);
}

TEST(ControlPolicyTest, RefusesThoseOfOtherTasks) {
  TempFolder temp;
  TrainSmall(temp / "run", "ppo", "cartpole");
  const std::string run = (temp / "run").string();
  EXPECT_THAT(MakeControlPolicy(run, "acrobot", Device::kCpu).error(),
              HasSubstr("learns cartpole, wanted a policy for acrobot"));
  EXPECT_THAT(MakeControlPolicy(run + ",seed=9", "cartpole", Device::kCpu).error(),
              HasSubstr("no policy of seed 9"));
  EXPECT_THAT(MakeControlPolicy(run + ",seed=x", "cartpole", Device::kCpu).error(),
              HasSubstr("wanted FOLDER,seed=NUMBER"));
  EXPECT_THAT(MakeControlPolicy("mcts:10", "pendulum", Device::kCpu).error(),
              HasSubstr("not discrete"));
  EXPECT_THAT(MakeControlPolicy("net:go9", "cartpole", Device::kCpu).error(),
              HasSubstr("cartpole"));
}

// A planner's own simulator and the environment stay together, whoever pushes.
TEST(ControlPolicyTest, PlannersFollowTheEpisode) {
  ControlSession session = ControlSession::Make("cartpole").value();
  session.Reset(3);
  session.Step(Push::kRight, 1.0);
  session.UsePolicy(MakeControlPolicy("mcts:40", "cartpole", Device::kCpu).value());
  for (int i = 0; i < 60 && !session.moment().ended(); ++i) {
    ASSERT_EQ(session.moment().thought->visits.size(), 2U);
    EXPECT_GE(session.moment().thought->visits[0] + session.moment().thought->visits[1], 39);
    session.Step(i % 20 == 10 ? Push::kLeft : Push::kNone, 1.0);
  }
  // Idle play falls after about 40 steps, random play after 22.
  EXPECT_EQ(session.moment().step, 61);
}

TEST(ControlPolicyTest, AreFoundInRunFolders) {
  TempFolder temp;
  TrainSmall(temp / "mine", "ppo", "cartpole");
  fs::create_directories(temp / "planned" / "checkpoints" / "00000010");
  std::ofstream(temp / "planned" / "config.json")
      << R"({"selfplay": {"games": ["cartpole:discount=0.997"]}})";
  fs::create_directories(temp / "broken");
  std::ofstream(temp / "broken" / "config.json") << "{";
  std::vector<std::string> texts;
  for (const ControlPolicyChoice& choice : FindControlPolicies("cartpole", temp.path())) {
    texts.push_back(choice.text);
  }
  const std::string mine = (temp / "mine").string();
  const std::string planned = "run:" + (temp / "planned").string();
  EXPECT_THAT(texts, testing::UnorderedElementsAre(
                         "idle", "random", mine + ",seed=1", mine + ",seed=2",
                         planned + ",visits=0", planned + ",visits=16", planned + ",visits=100"));
  EXPECT_EQ(FindControlPolicies("acrobot", temp.path()).size(), 2U);
  EXPECT_EQ(FindControlRun(mine).value()->env_id, "cartpole");
  EXPECT_EQ(FindControlRun((temp / "planned").string()).value()->policy, planned);
  EXPECT_EQ(FindControlRun("pendulum").value()->policy, "idle");
  EXPECT_FALSE(FindControlRun("go9").value());
}

}  // namespace
}  // namespace tengen

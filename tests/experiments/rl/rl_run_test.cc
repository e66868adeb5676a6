// Runs of `tengen rl`: evaluation, statistics over seeds, stopping and going on, bad configs.

#include "experiments/rl/rl_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/rl/greedy_evaluation.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RlConfig SmallConfig() {
  RlConfig config = RlPreset("ppo", "cartpole").value();
  config.steps = 8 * 32 * 8;  // 8 rounds
  config.ppo.hidden = {8};
  config.seeds = 2;
  config.evaluations = 4;
  config.evaluation_episodes = 3;
  config.final_episodes = 5;
  return config;
}

const std::atomic<bool> kGoOn{false};

int CountLines(const std::filesystem::path& file) {
  std::ifstream in(file);
  int lines = 0;
  for (std::string text; std::getline(in, text);) ++lines;
  return lines;
}

TEST(RlRunTest, TrainsEverySeedAndWritesWhatItFound) {
  TempFolder temp;
  RlRun run(SmallConfig(), temp / "run");
  run.Go(kGoOn);
  ASSERT_EQ(run.results().size(), 2U);
  EXPECT_EQ(run.results()[0].seed, 1U);
  EXPECT_EQ(run.results()[1].seed, 2U);
  for (const RlSeedResult& result : run.results()) {
    EXPECT_EQ(result.env_steps, 8 * 32 * 8);
    EXPECT_EQ(result.updates, 8 * 20) << "20 passes over each rollout, in one piece";
    EXPECT_GE(result.mean_return, 8.0);  // the pole takes that long to fall
  }
  int evaluations = 0;
  std::ifstream in(temp / "run/metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text);
    if (line.at("kind") == "evaluation") ++evaluations;
    if (line.at("kind") != "final") continue;
    EXPECT_EQ(line.at("returns").size(), 5U);
  }
  EXPECT_EQ(evaluations, 2 * 4);
  EXPECT_TRUE(std::filesystem::exists(temp / "run/curve.svg"));
  EXPECT_FALSE(std::filesystem::exists(temp / "run/resume.safetensors"));
  const auto policy = ReadSafetensors(temp / "run/policies/seed2.safetensors");
  ASSERT_TRUE(policy.ok());
  EXPECT_EQ(policy->metadata.at("env"), "cartpole");
}

TEST(RlRunTest, AStoppedRunEndsAsOneThatWasNot) {
  TempFolder temp;
  RlConfig config = SmallConfig();
  config.seeds = 1;
  config.steps = 8 * 32 * 64;
  config.evaluations = 64;  // one a round
  double wanted = 0.0;
  {
    RlRun whole(config, temp / "whole");
    whole.Go(kGoOn);
    wanted = whole.results().at(0).mean_return;
  }
  // Stopped somewhere in the middle, once its first evaluation is written.
  {
    RlRun first(config, temp / "stopped");
    std::atomic<bool> stop{false};
    std::thread training([&] { first.Go(stop); });
    while (CountLines(temp / "stopped/metrics.jsonl") < 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    stop = true;
    training.join();
    EXPECT_TRUE(first.results().empty());
    EXPECT_TRUE(std::filesystem::exists(temp / "stopped/resume.safetensors"));
  }
  {
    RlRun second(config, temp / "stopped");
    second.Go(kGoOn);
    ASSERT_EQ(second.results().size(), 1U);
  }
  // A third finds nothing to do and tells the same.
  {
    RlRun third(config, temp / "stopped");
    third.Go(kGoOn);
    EXPECT_EQ(third.results().at(0).mean_return, wanted);
  }
  const auto a = ReadSafetensors(temp / "whole/policies/seed1.safetensors");
  const auto b = ReadSafetensors(temp / "stopped/policies/seed1.safetensors");
  ASSERT_TRUE(a.ok() && b.ok());
  for (const auto& [name, tensor] : a->tensors) EXPECT_TRUE(b->tensors.at(name).equal(tensor));
  config.ppo.lr = 1e-4;
  EXPECT_THROW(RlRun(config, temp / "whole"), UsageError);
}

TEST(Evaluation, PlaysTheSameStartsWhoeverPlaysAndLeavesTrainingAlone) {
  const auto learner = MakeRlLearner(SmallConfig(), 1);
  const NamedTensors before = learner->SaveState();
  const auto returns = EvaluateGreedily(*learner, "cartpole", 20, 7);
  EXPECT_EQ(returns, EvaluateGreedily(*learner, "cartpole", 20, 7));
  EXPECT_NE(returns, EvaluateGreedily(*learner, "cartpole", 20, 8));
  // The first starts are the same ones in a smaller evaluation.
  const auto fewer = EvaluateGreedily(*learner, "cartpole", 4, 7);
  EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), returns.begin()));
  for (const auto& [name, tensor] : learner->SaveState()) {
    EXPECT_TRUE(before.at(name).equal(tensor)) << name;
  }
}

TEST(RlConfigTest, NamesWhatDoesNotFit) {
  EXPECT_THAT(RlPreset("pppo", "cartpole").error(), HasSubstr("known: ppo, dqn, sac"));
  EXPECT_THAT(RlPreset("dqn", "pendulum").error(), HasSubstr("dqn needs discrete actions"));
  EXPECT_THAT(RlPreset("sac", "cartpole").error(), HasSubstr("ppo and dqn fit"));
  EXPECT_THAT(RlPreset("ppo", "cartpol").error(), HasSubstr("did you mean 'cartpole'"));
  RlConfig config = SmallConfig();
  EXPECT_THAT(RlConfigFromJson({{"ppo", {{"gama", 1}}}}, config).error(),
              HasSubstr("did you mean 'ppo.gamma'"));
  config.steps = 0;
  EXPECT_THAT(CheckRlConfig(config).error(), HasSubstr("steps is 0"));
  config = SmallConfig();
  config.env = "cartpole:limit=0";
  EXPECT_THAT(CheckRlConfig(config).error(), HasSubstr("time limit"));
}

}  // namespace
}  // namespace tengen

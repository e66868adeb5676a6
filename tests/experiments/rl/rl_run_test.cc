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

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/rl/greedy_evaluation.h"
#include "nets/tensor_ops.h"
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
  EXPECT_TRUE(std::filesystem::exists(temp / "run/states/seed2.safetensors"));
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

std::vector<nlohmann::json> Lines(const std::filesystem::path& run, const char* kind) {
  std::vector<nlohmann::json> lines;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    auto line = nlohmann::json::parse(text);
    if (line.at("kind") == kind) lines.push_back(std::move(line));
  }
  return lines;
}

TEST(RlRunTest, MoreSeedsExtendAFinishedRun) {
  TempFolder temp;
  RlConfig config = SmallConfig();
  double first = 0.0;
  {
    RlRun run(config, temp / "run");
    run.Go(kGoOn);
    first = run.results().at(0).mean_return;
  }
  config.seeds = 3;
  {
    RlRun run(config, temp / "run");
    EXPECT_EQ(run.results().size(), 2U);
    run.Go(kGoOn);
    ASSERT_EQ(run.results().size(), 3U);
    EXPECT_EQ(run.results()[0].mean_return, first);
    EXPECT_EQ(run.results()[2].seed, 3U);
  }
  EXPECT_EQ(Lines(temp / "run", "final").size(), 3U) << "the first two are not trained again";
  const auto stored = nlohmann::json::parse(std::ifstream(temp / "run/config.json"));
  EXPECT_EQ(stored.at("seeds"), 3);
  config.seeds = 2;
  EXPECT_THROW(RlRun(config, temp / "run"), UsageError);
}

class MoreSteps : public ::testing::TestWithParam<const char*> {};

TEST_P(MoreSteps, ExtendAFinishedRun) {
  TempFolder temp;
  RlConfig config = SmallConfig();
  if (std::string(GetParam()) == "dqn") {
    config = RlPreset("dqn", "cartpole").value();
    config.steps = 2048;
    config.dqn.hidden = {8};
    config.dqn.learning_starts = 200;
    config.dqn.buffer_size = 1000;
    config.evaluations = 4;
    config.evaluation_episodes = 3;
    config.final_episodes = 5;
  }
  config.seeds = 1;
  {
    RlRun run(config, temp / "run");
    run.Go(kGoOn);
  }
  config.steps *= 2;
  {
    RlRun run(config, temp / "run");
    EXPECT_TRUE(run.results().empty()) << "the seed is not done with all of the steps";
    run.Go(kGoOn);
    ASSERT_EQ(run.results().size(), 1U);
    EXPECT_EQ(run.results()[0].env_steps, config.steps);
  }
  const auto ends = Lines(temp / "run", "final");
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_EQ(ends[0].at("env_steps"), config.steps / 2);
  EXPECT_GT(ends[1].at("updates"), ends[0].at("updates"));
  // Four in the first half; the whole has four, of which two lie in the second half.
  std::vector<std::int64_t> steps;
  for (const auto& line : Lines(temp / "run", "evaluation")) steps.push_back(line.at("env_steps"));
  EXPECT_THAT(steps, ElementsAre(512, 1024, 1536, 2048, 3072, 4096));
  EXPECT_FALSE(std::filesystem::exists(temp / "run/resume.safetensors"));
  // Fewer are another run.
  config.steps /= 2;
  EXPECT_THROW(RlRun(config, temp / "run"), UsageError);
}

INSTANTIATE_TEST_SUITE_P(, MoreSteps, ::testing::Values("ppo", "dqn"));

TEST(RlRunTest, AnExtensionThatIsStoppedEndsAsOneThatWasNot) {
  TempFolder temp;
  RlConfig config = SmallConfig();
  config.seeds = 1;
  for (const char* name : {"whole", "stopped"}) RlRun(config, temp / name).Go(kGoOn);
  config.steps *= 8;
  RlRun(config, temp / "whole").Go(kGoOn);
  {
    RlRun run(config, temp / "stopped");
    std::atomic<bool> stop{false};
    const int lines = CountLines(temp / "stopped/metrics.jsonl");
    std::thread training([&] { run.Go(stop); });
    while (CountLines(temp / "stopped/metrics.jsonl") < lines + 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    stop = true;
    training.join();
  }
  RlRun(config, temp / "stopped").Go(kGoOn);
  const auto a = ReadSafetensors(temp / "whole/policies/seed1.safetensors");
  const auto b = ReadSafetensors(temp / "stopped/policies/seed1.safetensors");
  ASSERT_TRUE(a.ok() && b.ok());
  for (const auto& [name, tensor] : a->tensors) EXPECT_TRUE(b->tensors.at(name).equal(tensor));
}

TEST(RlRunTest, AnEndThatKeptNoStateCannotGoOnAndSaysSo) {
  TempFolder temp;
  RlConfig config = SmallConfig();
  config.seeds = 1;
  RlRun(config, temp / "run").Go(kGoOn);
  std::filesystem::remove_all(temp / "run/states");  // as older versions did
  config.steps *= 2;
  RlRun run(config, temp / "run");
  try {
    run.Go(kGoOn);
    FAIL() << "went on from nothing";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("seed 1 ended after 2048 steps, wanted 4096"));
  }
}

TEST(RlRunTest, AFolderOfAnOlderVersionResumes) {
  TempFolder temp;
  RlConfig config = SmallConfig();
  RlRun(config, temp / "run").Go(kGoOn);
  auto old = nlohmann::json::parse(std::ifstream(temp / "run/config.json"));
  old.erase("checkpoint_s");
  old["ppo"].erase("target_kl");
  std::ofstream(temp / "run/config.json") << old.dump();
  EXPECT_EQ(RlRun(config, temp / "run").results().size(), 2U);
  config.ppo.target_kl += 0.5;
  EXPECT_THROW(RlRun(config, temp / "run"), UsageError);
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

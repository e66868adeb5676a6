#include "experiments/train/run_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// 30 evaluations a position, 10 positions a step: 300 evaluations and 1/20 s of one of two
// processors make 0.1 + 0.025 s; with a tenth for progress matches 7.2 steps/s, 72 positions/s and,
// with 20 plies, 7.2 games/s.
TrainConfig Config(const char* budget) {
  TrainConfig config;
  config.budget = budget;
  config.selfplay.games = {"go:size=5"};
  config.selfplay.full_share = 0.5;
  config.selfplay.full_visits = 20;
  config.selfplay.fast_visits = 10;
  config.learner.batch_size = 40;
  config.learner.samples_per_position = 4.0;
  config.progress.share = 0.1;
  config.learner.first_positions = 1000;
  config.selfplay.parallel_games = 1;  // the first games end at once
  config.threads = 1;
  return config;
}

std::string Forecast(const TrainConfig& config, Precision used) {
  return ForecastText(config, {3000.0, 20.0, used, 20.0}, "Some Processor", 2);
}

TEST(ForecastText, TellsMachineSpeedAndWhatTheBudgetComesTo) {
  EXPECT_THAT(
      Forecast(Config("10m"), Precision::kFloat32),
      AllOf(HasSubstr("Some Processor, 2 processors, float32"),
            HasSubstr("3000 evaluations/s in self-play, 20 learner steps/s, each alone"),
            HasSubstr("about 4320 games, 43.2k positions and 4320 learner steps within 10 min")));
  EXPECT_THAT(Forecast(Config("4320steps"), Precision::kFloat32),
              HasSubstr("4320 steps in about 10 min"));
  EXPECT_THAT(Forecast(Config("720games"), Precision::kFloat32),
              AllOf(HasSubstr("720 games in about 100 s"), Not(HasSubstr("first games end"))));
}

TEST(ForecastText, TellsSlowLearnersFromDeadOnes) {
  EXPECT_THAT(ForecastText(Config("10m"), {3000.0, 0.84, Precision::kFloat32, 20.0}, "x", 1),
              HasSubstr(", 0.8 learner steps/s, each alone"));
}

// 3000 games of 20 plies of 15 evaluations: 300 s until the first end; half of that is lost.
TEST(ForecastText, CountsTheTimeUntilTheFirstGamesEnd) {
  TrainConfig config = Config("10m");
  config.selfplay.parallel_games = 3000;
  EXPECT_THAT(Forecast(config, Precision::kFloat32),
              AllOf(HasSubstr("about 3240 games, 32.4k positions and 3240 learner steps"),
                    HasSubstr("; the first games end after 5 min")));
  config.budget = "2m";
  EXPECT_THAT(Forecast(config, Precision::kFloat32),
              HasSubstr("fewer within 2 min than the 1000 positions that the first learner step"));
  config.budget = "3240steps";
  EXPECT_THAT(Forecast(config, Precision::kFloat32), HasSubstr("3240 steps in about 10 min"));
}

TEST(ForecastText, SaysWhatThePrecisionMeansHere) {
  const std::string fp32 = Forecast(Config("10m"), Precision::kFloat32);
  const std::string bf16 = Forecast(Config("10m"), Precision::kBfloat16);
  if (CpuHasBfloat16()) {
    EXPECT_THAT(fp32, Not(HasSubstr("several times faster")));
    EXPECT_THAT(bf16, Not(HasSubstr("imitate")));
  } else {
    EXPECT_THAT(fp32, HasSubstr("a processor with bfloat16 of its own is several times faster"));
    EXPECT_THAT(bf16, HasSubstr("--set precision=fp32"));
  }
}

TEST(ForecastText, PromisesNothingWithoutAMeasurement) {
  const std::string text = ForecastText(Config("10m"), MachineSpeed(), "Some Processor", 1);
  EXPECT_THAT(text, AllOf(HasSubstr("1 processor, "), Not(HasSubstr("expect"))));
}

TEST(RunOutlook, TellsGameNetworkBudgetAndWhatEarlierRunsGave) {
  TrainConfig config = Config("10m");
  config.name = "mine";
  config.threads = 2;
  config.expectation = "after 100 steps it won";
  config.selfplay.komi = {7, 7, 6.5};
  const auto game = *MakeGame("go:size=5");
  const std::string text = RunOutlook(config, *game, "runs/mine", false, 0);
  EXPECT_THAT(
      text, AllOf(HasSubstr("Training mine in runs/mine"), HasSubstr("go:size=5, komi 7 or 6.5\n"),
                  HasSubstr("4 blocks of 32 channels, about 73.7k parameters"),
                  HasSubstr("10 min on 2 self-play threads and a learner (cpu)"),
                  HasSubstr("known    after 100 steps it won")));
  EXPECT_THAT(RunOutlook(config, *game, "runs/mine", false, 0, /*plays_here=*/false),
              HasSubstr("on workers elsewhere and a learner"));
  EXPECT_THAT(RunOutlook(config, *game, "runs/mine", true, 40),
              HasSubstr("Resuming mine at step 40 in runs/mine"));
}

TEST(RunSummary, GivesTheCommandsThatComeNext) {
  RunStatus status;
  status.games = 5;
  status.budget_used = 1.0;
  EXPECT_THAT(RunSummary(status, "runs/x", (*MakeGame("go:size=5"))->spec()),
              AllOf(HasSubstr("Done: 5 games"), HasSubstr("match run:runs/x mcts:200")));
  status.budget_used = 0.5;
  EXPECT_THAT(RunSummary(status, "runs/x", (*MakeGame("cartpole"))->spec()),
              AllOf(HasSubstr("Stopped: 5 games"), HasSubstr("episodes run:runs/x,visits=0")));
}

// What a reader cannot know of another machine: minutes.
TEST(Presets, ReferencesTellStepsOrGamesAndPromiseNoTime) {
  for (const std::string& name : PresetNames()) {
    const std::string text = LoadTrainConfig(name)->expectation;
    EXPECT_TRUE(text.find("steps") != std::string::npos || text.find("games") != std::string::npos)
        << name;
    for (const char* unit : {"minute", "hour", "second"}) {
      EXPECT_THAT(text, Not(HasSubstr(unit))) << name;
    }
  }
}

}  // namespace
}  // namespace tengen

#include "experiments/train/machine_speed.h"

#include <chrono>
#include <sstream>

#include <gtest/gtest.h>

#include "experiments/runs/run_folder.h"
#include "experiments/train/zero_run.h"
#include "nets/atomic_file.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

TrainConfig Tiny(const char* preset) {
  TrainConfig config = *LoadTrainConfig(preset);
  config.net = {.channels = 8, .blocks = 1, .pool_every = 0, .head_channels = 8, .head_hidden = 8};
  config.selfplay.parallel_games = 16;
  config.learner.batch_size = 32;
  config.threads = 2;
  return config;
}

TEST(ForecastRun, SharesTheMachineBetweenSelfPlayAndLearner) {
  TrainConfig config;
  config.selfplay.full_share = 0.25;
  config.selfplay.full_visits = 40;
  config.selfplay.fast_visits = 20;
  config.learner.batch_size = 120;
  config.learner.samples_per_position = 6.0;
  config.progress.share = 0.1;
  config.selfplay.parallel_games = 50;
  config.threads = 4;
  // 3 fast searches for each full one: 100 evaluations a position, 20 positions a step, so 2000
  // evaluations = 0.2 s, and a learner step of 0.4 s on one of four processors = 0.1 s of all.
  const auto forecast = ForecastRun(config, {10000.0, 2.5, Precision::kFloat32, 20.0}, 4);
  ASSERT_TRUE(forecast);
  EXPECT_DOUBLE_EQ(forecast->steps_per_s, 0.9 / 0.3);
  EXPECT_DOUBLE_EQ(forecast->positions_per_s, 20.0 * 0.9 / 0.3);
  // 20 plies of which a quarter are positions; 200 games of 20 plies of 25 evaluations.
  EXPECT_DOUBLE_EQ(forecast->games_per_s, 60.0 / 5.0);
  EXPECT_DOUBLE_EQ(forecast->first_games_s, 200.0 * 20.0 * 25.0 / 10000.0);
}

TEST(ForecastRun, SaysNothingOfAMachineThatWasNotMeasured) {
  EXPECT_FALSE(ForecastRun(TrainConfig(), {0.0, 2.5, Precision::kFloat32, 9.0}, 2));
  EXPECT_FALSE(ForecastRun(TrainConfig(), {1000.0, 0.0, Precision::kFloat32, 9.0}, 2));
}

TEST(MeasureMachine, FindsBothRatesInAboutTwoSeconds) {
  const std::atomic<bool> stop{false};
  for (const char* preset : {"tictactoe", "cartpole"}) {
    TrainConfig config = Tiny(preset);
    config.precision = "fp32";
    const auto begin = std::chrono::steady_clock::now();
    const MachineSpeed speed = MeasureMachine(config, stop);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_GT(speed.evaluations_per_s, 100.0) << preset;
    EXPECT_GT(speed.steps_per_s, 1.0) << preset;
    EXPECT_EQ(speed.precision, Precision::kFloat32);
    // 5 to 9 plies; a pole falls after 8 and more.
    EXPECT_GE(speed.plies, 5.0) << preset;
    EXPECT_LE(speed.plies, std::string(preset) == "tictactoe" ? 9.0 : 100.0) << preset;
    EXPECT_LT(took.count(), 10.0) << preset << ": on a busy machine, too";
  }
}

TEST(MeasureMachine, TakesGamesOfGoForAsLongAsTheBoardHasPointsAtMost) {
  const std::atomic<bool> stop{false};
  TrainConfig config = Tiny("go5");
  config.precision = "fp32";
  const double plies = MeasureMachine(config, stop).plies;
  EXPECT_GT(plies, 10.0);
  EXPECT_LE(plies, 25.0);
}

TEST(MeasureMachine, EndsAtOnceWhenAsked) {
  const std::atomic<bool> stop{true};
  const MachineSpeed speed = MeasureMachine(Tiny("tictactoe"), stop);
  EXPECT_EQ(speed.steps_per_s, 0.0);
}

// A run after a measurement in the same process is byte for byte the run without one.
TEST(MeasureMachine, ChangesNothingOfARunThatFollows) {
  TrainConfig config = Tiny("tictactoe");
  config.selfplay.full_visits = 8;
  config.learner.first_positions = 200;
  config.publish_steps = 10;
  config.deterministic = true;
  config.budget = "10steps";
  const std::atomic<bool> stop{false};
  TempFolder temp;
  ZeroRun(config, temp / "before").Go(stop);
  {
    ZeroRun run(config, temp / "after");
    EXPECT_EQ(run.Forecast(stop), "") << "time decides nothing in it";
    TrainConfig measured = config;
    measured.deterministic = false;
    MeasureMachine(measured, stop);
    run.Go(stop);
  }
  const auto weights = [&temp](const char* run) {
    return ReadWholeFile(RunFolder::Checkpoint(temp / run, 10) / "model.safetensors").value();
  };
  ASSERT_GT(weights("before").size(), 1000U);
  EXPECT_EQ(weights("before"), weights("after"));
}

}  // namespace
}  // namespace tengen

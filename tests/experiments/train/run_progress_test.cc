#include "experiments/train/run_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/table_evaluator.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TrainConfig Config(const char* game) {
  TrainConfig config;
  config.selfplay.games = {game};
  config.progress.share = 0.1;
  config.progress.games = 4;
  config.progress.visits = 4;
  config.progress.first_s = 30.0;
  return config;
}

RunState Published(std::int64_t step) {
  RunState state;
  state.published_step = step;
  return state;
}

TEST(RunProgress, IsDueWithinItsShareOfTheTime) {
  const RunProgress progress(Config("tictactoe"), *MakeGame("tictactoe"));
  RunState state = Published(100);
  EXPECT_FALSE(progress.Due(100, state, 29.0)) << "too early";
  EXPECT_TRUE(progress.Due(100, state, 30.0));
  state.evaluation_s = 5.0;
  EXPECT_FALSE(progress.Due(100, state, 49.0)) << "more than a tenth went into looks";
  EXPECT_TRUE(progress.Due(100, state, 50.0));
  EXPECT_FALSE(progress.Due(0, Published(0), 50.0)) << "an untrained network";

  TrainConfig never = Config("tictactoe");
  never.progress.share = 0.0;
  EXPECT_FALSE(RunProgress(never, *MakeGame("tictactoe")).Due(100, state, 50.0));
  // Nobody measured anchors for it.
  EXPECT_FALSE(RunProgress(Config("go:size=4"), *MakeGame("go:size=4")).Due(100, state, 50.0));
}

TEST(RunProgress, RatesAStepOnceAndKeepsAccounts) {
  RunProgress progress(Config("tictactoe"), *MakeGame("tictactoe"));
  RunState state = Published(100);
  const std::atomic<bool> stop{false};
  double now = 40.0;
  const auto look = progress.Play(
      std::make_shared<TableEvaluator>(), 120, state, [&now] { return now += 1.0; }, stop);
  ASSERT_TRUE(look.has_value());
  EXPECT_EQ(look->metrics.at("step"), 100);
  EXPECT_EQ(look->metrics.at("games"), 4);
  ASSERT_EQ(look->text.size(), 1U);
  EXPECT_THAT(look->text[0], HasSubstr("step 100, "));
  ASSERT_TRUE(progress.elo().has_value());
  EXPECT_DOUBLE_EQ(state.last_elo, progress.elo()->value);
  EXPECT_GE(state.evaluation_s, 1.0);
  EXPECT_FALSE(progress.Due(120, state, 1000.0)) << "the same network again";
  EXPECT_TRUE(progress.Due(121, state, 1000.0));
}

TEST(RunProgress, AStopLeavesWhatWasKnown) {
  RunProgress progress(Config("tictactoe"), *MakeGame("tictactoe"));
  RunState state = Published(100);
  state.last_elo = 300.0;
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(progress.Play(
      std::make_shared<TableEvaluator>(), 100, state, [] { return 40.0; }, stop));
  EXPECT_DOUBLE_EQ(state.last_elo, 300.0);
  EXPECT_FALSE(progress.elo().has_value());
}

TEST(RunProgress, MeasuresReturnsWhereOnePlaysAlone) {
  RunProgress progress(Config("cartpole"), *MakeGame("cartpole"));
  RunState state = Published(100);
  const std::atomic<bool> stop{false};
  const auto look = progress.Play(
      std::make_shared<TableEvaluator>(), 100, state, [] { return 40.0; }, stop);
  ASSERT_TRUE(look.has_value());
  ASSERT_TRUE(progress.returns().has_value());
  EXPECT_EQ(progress.returns()->episodes, 4);
  EXPECT_NEAR(look->metrics.at("search_return").get<double>(), progress.returns()->search_return,
              0.01);
  EXPECT_THAT(look->text[0], HasSubstr("step 100: mean return "));
}

}  // namespace
}  // namespace tengen

#include "experiments/train/progress.h"

#include <atomic>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/players/anchors.h"
#include "tests/support/table_evaluator.h"

namespace tengen {
namespace {

ProgressConfig Config(int games) {
  ProgressConfig config;
  config.games = games;
  config.visits = 8;
  return config;
}

std::shared_ptr<Evaluator> Uniform() { return std::make_shared<TableEvaluator>(); }

TEST(ProgressMatches, NeedMeasuredAnchors) {
  EXPECT_TRUE(ProgressMatches(*MakeGame("tictactoe"), Config(4), 1).ready());
  EXPECT_FALSE(ProgressMatches(*MakeGame("go:size=4"), Config(4), 1).ready());
}

TEST(ProgressMatches, RateByPairsOnTheAnchorPlayed) {
  const auto game = *MakeGame("tictactoe");
  ProgressMatches matches(game, Config(10), 1);
  const std::atomic<bool> stop{false};
  const ProgressPoint point = matches.Play(Uniform(), 100, 1, stop);
  EXPECT_EQ(point.step, 100);
  EXPECT_EQ(point.opponent, "random");
  EXPECT_EQ(point.games, 10);
  EXPECT_GT(point.points, 5.0) << "search against random play";
  // Symmetric about the value, as wide as ten games allow: 1.96 * 173.7 / sqrt(10 p q) > 215.
  EXPECT_NEAR(point.elo.value - point.elo.low, point.elo.high - point.elo.value, 1e-9);
  EXPECT_GT(point.elo.high - point.elo.value, 100.0);
  EXPECT_GT(point.elo.value, 0.0);
  // Clean sweeps stay finite: at most 400 log10(10.5 / 0.5).
  EXPECT_LE(point.elo.value, 530.0);
}

TEST(ProgressMatches, MeetTheAnchorNearestToTheLastRating) {
  const auto game = *MakeGame("tictactoe");
  const AnchorList list = MeasuredAnchors(*game, {}, nullptr);
  ProgressMatches matches(game, Config(2), 1);
  const std::atomic<bool> stop{false};
  for (const std::size_t i : {1U, 0U, 2U}) {
    matches.SetLastElo(list.anchors[i].elo + 1.0);
    EXPECT_EQ(matches.Play(Uniform(), 1, 1, stop).opponent, list.anchors[i].name);
  }
}

TEST(ProgressMatches, AStopLeavesNoRating) {
  ProgressMatches matches(*MakeGame("tictactoe"), Config(2), 1);
  const std::atomic<bool> stop{true};
  EXPECT_EQ(matches.Play(Uniform(), 1, 1, stop).games, 0);
}

TEST(MeasureReturns, MeansOfEpisodesOrNothing) {
  const auto game = *MakeGame("cartpole");
  std::atomic<bool> stop{false};
  const ReturnPoint point = MeasureReturns(game, Config(2), Uniform(), 7, stop);
  EXPECT_EQ(point.step, 7);
  EXPECT_EQ(point.episodes, 2);
  EXPECT_GE(point.policy_return, 8.0) << "the pole takes that long to fall";
  EXPECT_GE(point.search_return, 8.0);
  stop = true;
  EXPECT_EQ(MeasureReturns(game, Config(2), Uniform(), 7, stop).episodes, 0);
}

}  // namespace
}  // namespace tengen

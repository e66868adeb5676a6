#include "experiments/train/progress_by_size.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "search/simple_evaluators.h"

namespace tengen {
namespace {

// 4x4 has no measured opponents; the second komi of 7x7 is no size of its own.
const std::vector<std::string> kIds = {"go:size=7,komi=9.5", "go:size=4", "go:size=7,komi=8.5",
                                       "go:size=5,komi=6.5"};
constexpr ProgressConfig kTwoGames = {.games = 2, .visits = 1};

TEST(ProgressBySize, PlaysOnEachSize) {
  ProgressBySize progress(kIds, kTwoGames, 1);
  ASSERT_TRUE(progress.ready());
  ASSERT_EQ(progress.sizes(), 2U);
  const std::atomic<bool> stop{false};
  const auto points = progress.Play(std::make_shared<UniformEvaluator>(), 10, 1, stop);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].size, "7x7");
  EXPECT_EQ(points[1].size, "5x5");
  EXPECT_EQ(points[1].point.opponent, "random");

  const nlohmann::json line = ProgressMetrics(points, 3.0);
  EXPECT_EQ(line.at("elo"), line.at("elo_by_size").at("7x7"));
  EXPECT_EQ(line.at("games_by_size"), (nlohmann::json{{"5x5", 2}, {"7x7", 2}}));
  EXPECT_TRUE(line.at("elo_high_by_size").contains("5x5"));
}

TEST(ProgressBySize, OneSizeHasALineAsBefore) {
  const std::vector<std::string> ids = {kIds[0]};
  ProgressBySize progress(ids, kTwoGames, 1);
  const std::atomic<bool> stop{false};
  const auto points = progress.Play(std::make_shared<UniformEvaluator>(), 10, 1, stop);
  ASSERT_EQ(points.size(), 1U);
  const nlohmann::json line = ProgressMetrics(points, 3.0);
  EXPECT_EQ(line.at("games"), 2);
  EXPECT_FALSE(line.contains("elo_by_size"));
}

TEST(ProgressBySize, EachSizeMeetsTheOpponentThatIsNearToItsOwnRating) {
  ProgressBySize progress(kIds, kTwoGames, 1);
  progress.SetLastElo(0.0);
  const std::vector<nlohmann::json> metrics = {
      {{"kind", "progress"}, {"elo_by_size", {{"5x5", 10.0}, {"9x9", 3000.0}}}},
      {{"kind", "progress"}, {"elo_by_size", {{"5x5", 700.0}}}},
      {{"kind", "status"}}};
  progress.Resume(metrics);
  const std::atomic<bool> stop{false};
  const auto points = progress.Play(std::make_shared<UniformEvaluator>(), 10, 1, stop);
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].point.opponent, "random");
  EXPECT_EQ(points[1].point.opponent, "mcts:50");
}

TEST(ProgressBySize, AStopLeavesOutWhatWasNotPlayed) {
  ProgressBySize progress(kIds, kTwoGames, 1);
  const std::atomic<bool> stop{true};
  EXPECT_TRUE(progress.Play(std::make_shared<UniformEvaluator>(), 10, 1, stop).empty());
}

}  // namespace
}  // namespace tengen

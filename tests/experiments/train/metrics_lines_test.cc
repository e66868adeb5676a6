#include "experiments/train/metrics_lines.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

TEST(SessionStartMetrics, TellsThePrecisionAskedForAndUsed) {
  TrainConfig config;
  config.precision = "auto";
  config.threads = 3;
  const nlohmann::json line = SessionStartMetrics(config, Precision::kBfloat16, true, 40);
  EXPECT_EQ(line.at("kind"), "session");
  EXPECT_EQ(line.at("precision"), "auto");
  EXPECT_EQ(line.at("precision_used"), "bf16");
  EXPECT_EQ(line.at("threads"), 3);
  EXPECT_EQ(line.at("step"), 40);
  EXPECT_GT(line.at("unix_s"), 1.7e9);
  config.deterministic = true;
  const nlohmann::json other = SessionStartMetrics(config, Precision::kFloat32, false, 0);
  EXPECT_EQ(other.at("precision_used"), "fp32");
  EXPECT_EQ(other.at("threads"), 1) << "deterministic runs have one";
}

TEST(StatusMetrics, MeansAreThoseSinceTheLastLine) {
  RunStatus status;
  status.selfplay.games = 100;
  status.selfplay.game_plies = 1000;
  SelfPlayStats earlier;
  earlier.games = 98;
  earlier.game_plies = 950;
  SelfPlayStats since = status.selfplay;
  since -= earlier;
  const nlohmann::json line = StatusMetrics(status, since, 0, {});
  EXPECT_EQ(line.at("mean_plies"), 25.0);
  EXPECT_FALSE(line.contains("policy_entropy"));  // no position was recorded meanwhile
  EXPECT_FALSE(line.contains("grad_norm"));       // and no step made
}

TEST(ProgressMetrics, MatchesAndReturnsHaveTheirOwnFields) {
  ProgressPoint match;
  match.step = 100;
  match.opponent = "mcts:50";
  match.games = 20;
  match.points = 14.5;
  match.elo = {612.0, 500.0, 720.0};
  const nlohmann::json line = ProgressMetrics(match, 30.1234567);
  EXPECT_EQ(line.at("seconds"), 30.123457);
  EXPECT_EQ(line.at("opponent"), "mcts:50");
  EXPECT_EQ(line.at("elo_low"), 500.0);
  const ReturnPoint returns = {100, 10, 120.0, 480.5};
  EXPECT_EQ(ProgressMetrics(returns, 1.0).at("search_return"), 480.5);
  EXPECT_FALSE(ProgressMetrics(returns, 1.0).contains("elo"));
}

}  // namespace
}  // namespace tengen

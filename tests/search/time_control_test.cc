#include "search/time_control.h"

#include <chrono>
#include <limits>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

SearchResult RunWithin(const SearchLimits& limits) {
  const auto game = MakeGame("connect4").value();
  UniformEvaluator evaluator;
  Mcts mcts({});
  Rng rng(1, RngRole::kTest);
  return RunMctsWithin(mcts, evaluator, *game->NewState(), limits, Exploration::kOff, rng);
}

TEST(DeadlineTest, PassesAtOnceWithoutTimeAndNeverWithoutEnd) {
  EXPECT_TRUE(Deadline(0.0).Passed());
  EXPECT_FALSE(Deadline(3600.0).Passed());
  EXPECT_FALSE(Deadline(std::numeric_limits<double>::infinity()).Passed());
}

TEST(RunMctsWithinTest, WithoutATimeLimitSpendsAllVisits) {
  EXPECT_EQ(RunWithin({.visits = 321}).simulations, 321);
}

TEST(RunMctsWithinTest, StopsWhenTheTimeIsUp) {
  const SearchResult result = RunWithin({.visits = 1'000'000'000, .seconds = 1e-9});
  EXPECT_EQ(result.simulations, 1);
  EXPECT_NE(result.best, kNoAction);
}

// Both moves end the game: no simulation asks the evaluator, and two thousand million would take
// minutes.
TEST(RunMctsWithinTest, StopsWhereEverySimulationEndsTheGame) {
  const TreeGame game({{{1, -1.0}, {1, 1.0}}, {}}, 2, 1.0);
  UniformEvaluator evaluator;
  Mcts mcts({});
  Rng rng(1, RngRole::kTest);
  const auto run = [&](const SearchLimits& limits) {
    mcts.Clear();
    return RunMctsWithin(mcts, evaluator, *game.NewState(), limits, Exploration::kOff, rng);
  };
  const auto begin = std::chrono::steady_clock::now();
  const SearchResult stopped = run({.visits = 2'000'000'000, .seconds = 0.02});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_LT(took.count(), 2.0);
  EXPECT_EQ(stopped.best, 1);
  EXPECT_GT(stopped.simulations, 1);
  EXPECT_EQ(run({.visits = 12'345}).simulations, 12'345) << "without a clock all of them";
}

TEST(RunMctsWithinTest, EndsWithItsVisitsBeforeALongTimeLimit) {
  EXPECT_EQ(RunWithin({.visits = 50, .seconds = 3600.0}).simulations, 50);
}

}  // namespace
}  // namespace tengen

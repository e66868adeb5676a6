#include "search/time_control.h"

#include <limits>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"

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

TEST(RunMctsWithinTest, EndsWithItsVisitsBeforeALongTimeLimit) {
  EXPECT_EQ(RunWithin({.visits = 50, .seconds = 3600.0}).simulations, 50);
}

}  // namespace
}  // namespace tengen

#include "experiments/match/episodes.h"

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/random_agent.h"
#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

std::unique_ptr<Agent> Random() { return std::make_unique<RandomAgent>(); }

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// CartPole-v1 under a random policy lasts about 22 steps (peers' published baselines: 20 to 23).
TEST(Episodes, RandomPlayFallsSoon) {
  const auto game = *MakeGame("cartpole");
  const auto returns = PlayEpisodes(*game, Random, {.episodes = 400});
  ASSERT_EQ(returns.size(), 400U);
  EXPECT_NEAR(Mean(returns), 22.0, 2.0);  // deviation of one about 12, of the mean 0.6
}

TEST(Episodes, DoNotDependOnThreads) {
  const auto game = *MakeGame("cartpole");
  EXPECT_EQ(PlayEpisodes(*game, Random, {.episodes = 30, .threads = 1}),
            PlayEpisodes(*game, Random, {.episodes = 30, .threads = 4}));
}

TEST(Episodes, StartsAndChoicesHaveSeeds) {
  const auto game = *MakeGame("cartpole");
  const auto returns = PlayEpisodes(*game, Random, {.episodes = 30});
  EXPECT_NE(PlayEpisodes(*game, Random, {.episodes = 30, .seed = 2}), returns);
  EXPECT_NE(PlayEpisodes(*game, Random, {.episodes = 30, .first_start = 100}), returns);
}

TEST(Episodes, EndAtTheTimeLimit) {
  const auto game = *MakeGame("mountain_car:limit=50");
  EXPECT_THAT(PlayEpisodes(*game, Random, {.episodes = 3}), ::testing::Each(-50.0));
}

TEST(Episodes, AnAgentsExceptionReachesTheCaller) {
  class Broken : public RandomAgent {
   public:
    ActResult Act(const State&, Rng&) override { throw WorldError("it broke"); }
  };
  const auto game = *MakeGame("cartpole");
  EXPECT_THROW(PlayEpisodes(*game, [] { return std::make_unique<Broken>(); }, {.threads = 2}),
               WorldError);
}

}  // namespace
}  // namespace tengen

#include "experiments/match/games_at_once.h"

#include <string>

#include <gtest/gtest.h>

#include "experiments/config/processor.h"

namespace tengen {
namespace {

GamesAtOnce Plan(const std::string& a, const std::string& b, const ParallelGames& wanted) {
  return PlanGamesAtOnce(AgentSpec::Parse(a).value(), AgentSpec::Parse(b).value(), wanted);
}

TEST(ShareNetwork, IfTheyAskTheSameInTheSameWay) {
  const auto share = [](const std::string& a, const std::string& b) {
    return ShareNetwork(AgentSpec::Parse(a).value(), AgentSpec::Parse(b).value());
  };
  EXPECT_TRUE(share("run:x,visits=100", "run:x,visits=10,lcb=on"));
  EXPECT_TRUE(share("run:x@5", "run:x@5"));
  EXPECT_FALSE(share("run:x@5", "run:x@6"));
  EXPECT_FALSE(share("run:x", "run:y"));
  EXPECT_FALSE(share("run:x", "run:x,symmetry=fixed"));
  EXPECT_FALSE(share("katago:x,profile=rank_5k", "katago:x,profile=rank_6k"));
  EXPECT_FALSE(share("mcts:50", "mcts:50")) << "no network";
}

TEST(GamesAtOnce, ManyWhereNetworksAnswerAndOnlyVisitsLimit) {
  for (const char* b : {"net:go9,visits=0", "mcts:50", "random", "alphago:x"}) {
    const GamesAtOnce plan = Plan("net:go9,visits=100", b, {.threads = 2});
    EXPECT_EQ(plan.threads, 2) << b;
    EXPECT_EQ(plan.games_a_thread, kGamesAThread) << b;
    EXPECT_TRUE(plan.gathers()) << b;
  }
  EXPECT_EQ(Plan("net:go9", "random", {}).threads, ProcessorCount());
}

TEST(GamesAtOnce, OneAProcessorWhereSomebodyNeedsIt) {
  for (const char* b : {"net:go9,seconds=1", "mcts:50,seconds=1", "gtp:gnugo", "net:go9,threads=2",
                        "alphago:x,seconds=0.05"}) {
    const GamesAtOnce plan = Plan("net:go9", b, {.threads = 3});
    EXPECT_EQ(plan.threads, 3) << b;
    EXPECT_FALSE(plan.gathers()) << b;
  }
  const GamesAtOnce no_network = Plan("mcts:50", "rollouts:x", {.threads = 3});
  EXPECT_EQ(no_network.threads, 3);
  EXPECT_FALSE(no_network.gathers());
}

TEST(GamesAtOnce, OneAProcessorWhereSeedsAloneShallDecide) {
  const GamesAtOnce plan = Plan("net:go9", "random", {.threads = 2, .deterministic = true});
  EXPECT_EQ(plan.threads, 2);
  EXPECT_FALSE(plan.gathers());
}

TEST(GamesAtOnce, AsManyAsSomebodyWants) {
  const GamesAtOnce five = Plan("net:go9", "random", {.threads = 2, .games = 5});
  EXPECT_EQ(five.threads, 2);
  EXPECT_EQ(five.games_a_thread, 3);
  EXPECT_FALSE(Plan("net:go9", "random", {.threads = 2, .games = 2}).gathers()) << "nothing to";
  EXPECT_EQ(Plan("gtp:gnugo", "random", {.threads = 2, .games = 7}).threads, 7);
}

}  // namespace
}  // namespace tengen

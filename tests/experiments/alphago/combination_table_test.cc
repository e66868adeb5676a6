#include "experiments/alphago/combination_table.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/registry/game_registry.h"
#include "experiments/players/agent_spec.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// Three agents of which the first is the strongest.
CombinationPlan SmallPlan() {
  return {{{"strong", "mcts:200"}, {"weak", "mcts:2"}, {"random", "random"}}, {{0, 1}, {1, 2}}};
}

TEST(CombinationPlans, HaveAllPartsAgainstPairsAndPairsAgainstSingleOnes) {
  const CombinationPlan plan = PartsPlan("a,b", "rl", {});
  ASSERT_EQ(plan.players.size(), 7U);
  EXPECT_EQ(plan.matches.size(), 12U);
  for (const auto& [a, b] : plan.matches) EXPECT_TRUE(a == 0 ? b <= 3 : a <= 3 && b >= 4);
  using Policy = AlphaGoOptions::Policy;
  using Switch = AlphaGoOptions::Switch;
  const auto spec = [&plan](std::size_t i) { return AgentSpec::Parse(plan.players[i].agent); };
  for (std::size_t i = 0; i < 7; ++i) {
    ASSERT_TRUE(spec(i).ok()) << spec(i).error();
    const std::string& name = plan.players[i].name;
    const auto has = [&name](const char* part) { return name.find(part) != std::string::npos; };
    EXPECT_EQ(spec(i)->folder, "a,b");
    EXPECT_EQ(spec(i)->alphago.policy, has("policy") ? Policy::kRl : Policy::kLinear) << name;
    EXPECT_EQ(spec(i)->alphago.value, has("value") ? Switch::kOn : Switch::kOff) << name;
    EXPECT_EQ(spec(i)->alphago.rollouts, has("rollouts")) << name;
    EXPECT_EQ(spec(i)->visits, name == "policy" ? 0 : 100) << name;
  }
}

TEST(CombinationPlans, GiveAllSearchesTheConstantThatIsWanted) {
  for (const CombinationPlayer& player : PartsPlan("run", "sl", {.c_init = 1.5}).players) {
    const AgentSpec spec = AgentSpec::Parse(player.agent).value();
    EXPECT_EQ(spec.c_init.has_value(), player.name != "policy") << player.name;
    EXPECT_EQ(spec.c_init.value_or(1.5), 1.5);
  }
}

TEST(CombinationPlans, GoThroughLambda) {
  const CombinationPlan plan = LambdaPlan("run", "sl", {50, 0.0});
  ASSERT_EQ(plan.players.size(), 5U);
  EXPECT_EQ(plan.matches.size(), 7U);
  EXPECT_EQ(AgentSpec::Parse(plan.players[1].agent)->alphago.lambda, 0.75);
  EXPECT_EQ(AgentSpec::Parse(plan.players[4].agent)->alphago.lambda, 0.0);
  EXPECT_EQ(AgentSpec::Parse(plan.players[4].agent)->visits, 50);
  EXPECT_EQ(AgentSpec::Parse(LambdaPlan("run", "sl", {50, 0.5}).players[0].agent)->seconds, 0.5);
}

TEST(PlayCombinations, RatesThemTogetherAndKeepsWholeMatches) {
  TempFolder temp;
  const auto game = MakeGame("tictactoe").value();
  MatchConfig match;
  match.games = 40;
  const std::atomic<bool> on = false;
  int shown = 0;
  const auto play = [&](const std::atomic<bool>& stop) {
    return PlayCombinations(game, SmallPlan(), match, {}, Device::kCpu, temp / "matches.json", stop,
                            [&shown](const CombinationPlayer&, const CombinationPlayer&,
                                     const Pentanomial&) { ++shown; });
  };
  const auto result = play(on);
  ASSERT_TRUE(result.ok()) << result.error();
  const nlohmann::json json = CombinationJson(*result);
  ASSERT_EQ(json.at("rows").size(), 3U);
  EXPECT_GT(json.at("rows")[0].at("elo").get<double>(), json.at("rows")[1].at("elo").get<double>());
  EXPECT_EQ(json.at("rows")[2].at("elo"), 0.0);
  EXPECT_EQ(json.at("differences").size(), 3U);
  EXPECT_EQ(json.at("differences")[1].at("b"), "random");
  EXPECT_THAT(CombinationText(*result), HasSubstr("strong"));
  EXPECT_EQ(shown, 8) << "quarters of two matches";
  // With a stop from the start there is only what was kept, which is the same.
  const std::atomic<bool> stopped = true;
  const auto again = play(stopped);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(nlohmann::json(CombinationJson(*again)), json);
  // Other games are other matches.
  match.seed = 2;
  EXPECT_TRUE(play(stopped)->scores.empty());
  std::ofstream(temp / "matches.json") << "{";
  EXPECT_THAT(play(on).error(), HasSubstr("is damaged"));
}

}  // namespace
}  // namespace tengen

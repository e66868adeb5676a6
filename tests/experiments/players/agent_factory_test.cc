// Agents with networks.

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/random_agent.h"
#include "envs/registry/game_registry.h"
#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"
#include "search/gathering_evaluator.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(AgentFactory, TheNetworkInTheBoxBeatsRandomPlay) {
  const auto game = *MakeGame("go:size=9");
  const auto net = AgentFactory::Open(*AgentSpec::Parse("net:go9,visits=0"), game, Device::kCpu);
  ASSERT_TRUE(net.ok()) << net.error();
  MatchConfig config;
  config.games = 4;
  const MatchResult result = PlayMatch(
      *game, [&net] { return net->Make(); }, [] { return std::make_unique<RandomAgent>(); },
      config);
  EXPECT_EQ(result.wins, 4);
}

// Positions that differ, each with the answer of `evaluator`, asked for at the same time.
std::vector<float> ValuesOf(Evaluator& evaluator, const Game& game) {
  std::vector<float> values(16);
  std::size_t calls = 0;
  PlayTogether(static_cast<int>(values.size()), [&] {
    const std::size_t i = calls++;
    Rng rng(i, RngRole::kTest);
    const auto state = game.NewState();
    for (std::size_t ply = 0; ply < 2 * i; ++ply) {
      state->Apply(RandomAgent().Act(*state, rng).action);
    }
    EvaluationRequest request(*state, i);
    request.Ask(evaluator);
    values[i] = request.value();
  });
  return values;
}

TEST(AgentFactory, BatchesOfManyAgentsGiveEachItsOwnAnswer) {
  const auto game = *MakeGame("go:size=9");
  AgentSpec spec = *AgentSpec::Parse("net:go9");
  const auto alone = AgentFactory::Open(spec, game, Device::kCpu);
  spec.gathers = true;
  const auto together = AgentFactory::Open(spec, game, Device::kCpu);
  const std::vector<float> wanted = ValuesOf(*alone->evaluator(), *game);
  // bfloat16 has steps of 2^-8 at 1; the size of a batch decides in which order sums are rounded.
  EXPECT_THAT(ValuesOf(*together->evaluator(), *game),
              testing::Pointwise(testing::FloatNear(0.03F), wanted));
  EXPECT_GT(*std::max_element(wanted.begin(), wanted.end()) -
                *std::min_element(wanted.begin(), wanted.end()),
            0.3F)
      << "so that a mix-up shows";
}

// What a network answers depends on what is in the batch beside it, but not on the clock.
TEST(AgentFactory, GamesInBatchesAreEqualForEqualSeeds) {
  const auto game = *MakeGame("go:size=9");
  AgentSpec spec = *AgentSpec::Parse("net:go9,visits=3");
  spec.gathers = true;
  const auto net = AgentFactory::Open(spec, game, Device::kCpu);
  MatchConfig config;
  config.games = 8;
  config.threads = 2;
  config.games_a_thread = 3;
  const auto play = [&] {
    return PlayMatch(
        *game, [&net] { return net->Make(); }, [&net] { return net->Make(); }, config);
  };
  const MatchResult one = play();
  const MatchResult other = play();
  ASSERT_EQ(one.games.size(), 8U);
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(one.games[i].moves, other.games[i].moves) << i;
}

TEST(AgentFactory, MissingRunFolderIsAnError) {
  const auto factory = AgentFactory::Open(*AgentSpec::Parse("run:/nonexistent/folder"),
                                          *MakeGame("tictactoe"), Device::kCpu);
  ASSERT_FALSE(factory.ok());
  EXPECT_THAT(factory.error(), HasSubstr("no network in"));
}

TEST(AgentFactory, AProfileIsForNetworksThatImitatePeople) {
  const std::string file = Golden("katago/tiny-b1c6nbt-mish.bin.gz");
  const auto game = *MakeGame("go:size=9");
  EXPECT_TRUE(AgentFactory::Open(*AgentSpec::Parse("katago:" + file), game, Device::kCpu).ok());
  const auto factory = AgentFactory::Open(*AgentSpec::Parse("katago:" + file + ",profile=rank_5k"),
                                          game, Device::kCpu);
  ASSERT_FALSE(factory.ok());
  EXPECT_THAT(factory.error(), HasSubstr("takes no profile, met 'rank_5k', wanted a network that "
                                         "imitates people"));
}

}  // namespace
}  // namespace tengen

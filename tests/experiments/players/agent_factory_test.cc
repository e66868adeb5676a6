// Agents with networks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/random_agent.h"
#include "envs/registry/game_registry.h"
#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"
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

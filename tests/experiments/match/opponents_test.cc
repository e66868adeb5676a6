#include "experiments/match/opponents.h"

#include <memory>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/table_evaluator.h"

namespace tengen {
namespace {

class OpponentsTest : public testing::Test {
 protected:
  AgentFactory Factory(const char* text, const std::shared_ptr<Evaluator>& network) const {
    return {AgentSpec::Parse(text).value(), game_, network};
  }
  static MatchConfig Pair(int first, int count) {
    MatchConfig config;
    config.first_pair = first;
    config.games = 2 * (first + count);
    return config;
  }

  const std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  const std::shared_ptr<TableEvaluator> network_ = std::make_shared<TableEvaluator>();
};

TEST_F(OpponentsTest, ShareTheAnswersOfOneNetwork) {
  const auto other = std::make_shared<TableEvaluator>();
  const AgentFactory a = Factory("run:x,visits=40", network_);
  const AgentFactory b = Factory("run:x,visits=40,c_init=1.25", network_);
  const AgentFactory alone = Factory("run:x,visits=40,c_init=1.25", other);

  const MatchResult apart = PlayMatch(*game_, OpponentsOf(a, alone), Pair(0, 2));
  const int wanted = network_->positions() + other->positions();
  const MatchResult shared = PlayMatch(*game_, OpponentsOf(a, b), Pair(0, 2));
  const int asked = network_->positions() + other->positions() - wanted;
  EXPECT_LT(asked, 0.9 * wanted);
  ASSERT_EQ(shared.count(), apart.count());
  for (std::size_t i = 0; i < shared.games.size(); ++i) {
    EXPECT_EQ(shared.games[i].moves, apart.games[i].moves) << "game " << i;
  }
}

TEST_F(OpponentsTest, ForgetAnswersWithTheGame) {
  const AgentFactory agent = Factory("run:x,visits=20", network_);
  int before = 0;
  const auto asked = [&](int first, int count) {
    PlayMatch(*game_, OpponentsOf(agent, agent), Pair(first, count));
    return network_->positions() - std::exchange(before, network_->positions());
  };
  const int first = asked(0, 1);
  const int second = asked(1, 1);
  EXPECT_EQ(asked(0, 2), first + second);
}

}  // namespace
}  // namespace tengen

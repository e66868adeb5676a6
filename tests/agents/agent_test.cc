#include "agents/agent.h"

#include <array>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/mcts_agent.h"
#include "agents/policy_agent.h"
#include "agents/random_agent.h"
#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

// Prior proportional to 1, 2, 3, ... over the legal moves, value 0.25, score -2.
class RisingEvaluator : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& e : batch) {
      const float n = static_cast<float>(e.prior.size());
      float weight = 0.0F;
      for (float& p : e.prior) p = (weight += 1.0F) / (n * (n + 1.0F) / 2.0F);
      e.value = 0.25F;
      e.score = -2.0F;
    }
    return 0;
  }
  void Wait(Ticket) override {}
};

// Worse than lost at the start, and after the first move for who made it.
class HopelessEvaluator : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& e : batch) {
      std::fill(e.prior.begin(), e.prior.end(), 1.0F / static_cast<float>(e.prior.size()));
      e.value = e.state->ToMove() == Player::kFirst ? -1.5F : 1.5F;
    }
    return 0;
  }
  void Wait(Ticket) override {}
};

std::unique_ptr<State> After(const Game& game, std::initializer_list<Action> moves) {
  auto state = game.NewState();
  for (const Action move : moves) state->Apply(move);
  return state;
}

TEST(RandomAgent, PlaysEveryLegalMoveEquallyOften) {
  const auto game = MakeGame("tictactoe").value();
  const auto state = After(*game, {0, 1, 2, 3, 4});  // 5 to 8 are left
  RandomAgent agent;
  Rng rng(1, RngRole::kTest);
  std::array<int, 9> played{};
  for (int i = 0; i < 4000; ++i) {
    ++played[static_cast<std::size_t>(agent.Act(*state, rng).action)];
  }
  for (std::size_t a = 0; a < 9; ++a) {
    EXPECT_NEAR(played[a], a >= 5 ? 1000 : 0, a >= 5 ? 5 * 27.4 : 0.0) << a;
  }
}

TEST(PolicyAgent, PlaysTheMostProbableMoveAndTellsWhatTheNetworkSays) {
  const auto game = MakeGame("tictactoe").value();
  PolicyAgent agent("raw", std::make_shared<RisingEvaluator>(), PolicyChoice::kBest);
  Rng rng(1, RngRole::kTest);
  const ActResult result = agent.Act(*After(*game, {8}), rng);
  EXPECT_EQ(result.action, 7);
  EXPECT_EQ(result.info.value, 0.25F);
  EXPECT_EQ(result.info.score, -2.0F);
  EXPECT_EQ(agent.Name(), "raw");
}

TEST(PolicyAgent, SamplesInProportionToThePolicy) {
  const auto game = MakeGame("tictactoe").value();
  const auto state = After(*game, {0, 1, 2, 3, 4, 5});  // 6, 7, 8 with 1/6, 2/6, 3/6
  PolicyAgent agent("raw", std::make_shared<RisingEvaluator>(), PolicyChoice::kSampled);
  Rng rng(1, RngRole::kTest);
  std::array<int, 9> played{};
  for (int i = 0; i < 6000; ++i) {
    ++played[static_cast<std::size_t>(agent.Act(*state, rng).action)];
  }
  EXPECT_NEAR(played[6], 1000, 5 * 28.9);
  EXPECT_NEAR(played[7], 2000, 5 * 36.6);
  EXPECT_NEAR(played[8], 3000, 5 * 38.8);
}

// X has 0 and 1, O has 3 and 4: X wins at 2; left alone, O wins at 5.
TEST(MctsAgent, WinsWhenItCan) {
  const auto game = MakeGame("tictactoe").value();
  MctsAgentConfig config;
  config.visits = 200;
  config.mcts.root = RootSelection::kPuct;
  MctsAgent agent("mcts:200", std::make_shared<RolloutEvaluator>(), config);
  Rng rng(1, RngRole::kTest);
  const ActResult result = agent.Act(*After(*game, {0, 3, 1, 4}), rng);
  EXPECT_EQ(result.action, 2);
  EXPECT_FALSE(result.resigns);
  EXPECT_GT(result.info.value, 0.5F);
  EXPECT_EQ(result.info.visits, 200);
  ASSERT_FALSE(result.info.principal_variation.empty());
  EXPECT_EQ(result.info.principal_variation[0], 2);
  EXPECT_EQ(agent.last_result().best, 2);
}

TEST(MctsAgent, BlocksWhatWouldLose) {
  const auto game = MakeGame("tictactoe").value();
  MctsAgentConfig config;
  config.visits = 400;
  config.mcts.root = RootSelection::kPuct;
  MctsAgent agent("mcts:400", std::make_shared<RolloutEvaluator>(), config);
  Rng rng(2, RngRole::kTest);
  EXPECT_EQ(agent.Act(*After(*game, {0, 4, 1}), rng).action, 2);
}

// O to move between X's two threats (2 and 6; X holds 0, 1, 3; O holds 5, 7): every move loses.
TEST(MctsAgent, ResignsWhenTheValueIsBelowItsLimit) {
  const auto game = MakeGame("tictactoe").value();
  MctsAgentConfig config;
  config.visits = 2000;
  config.resign_below = -0.5;
  config.mcts.root = RootSelection::kPuct;
  MctsAgent agent("mcts", std::make_shared<UniformEvaluator>(), config);
  Rng rng(1, RngRole::kTest);
  const auto state = After(*game, {0, 5, 1, 7, 3});
  const ActResult result = agent.Act(*state, rng);
  EXPECT_TRUE(result.resigns);
  EXPECT_TRUE(state->IsLegal(result.action));
}

// Corrections of values can leave [-1, 1].
TEST(MctsAgent, NeverResignsAtALimitOfMinusOne) {
  const auto game = MakeGame("tictactoe").value();
  MctsAgentConfig config;
  config.visits = 2;
  MctsAgent agent("mcts", std::make_shared<HopelessEvaluator>(), config);
  Rng rng(1, RngRole::kTest);
  const ActResult result = agent.Act(*game->NewState(), rng);
  EXPECT_LT(result.info.value, -1.0F);
  EXPECT_FALSE(result.resigns);
}

TEST(MctsAgent, TheSameRandomStreamGivesTheSameMove) {
  const auto game = MakeGame("go:size=5").value();
  const auto play = [&] {
    MctsAgentConfig config;
    config.visits = 30;
    MctsAgent agent("mcts", std::make_shared<RolloutEvaluator>(), config);
    Rng rng(3, RngRole::kTest);
    auto state = game->NewState();
    std::vector<Action> moves;
    for (int i = 0; i < 6; ++i) {
      moves.push_back(agent.Act(*state, rng).action);
      state->Apply(moves.back());
    }
    return moves;
  };
  EXPECT_EQ(play(), play());
}

TEST(MctsAgent, StopsAtItsTimeLimit) {
  const auto game = MakeGame("go:size=9").value();
  MctsAgentConfig config;
  config.visits = 100000000;
  config.seconds = 0.05;
  config.mcts.max_nodes = 1000;
  MctsAgent agent("mcts", std::make_shared<UniformEvaluator>(), config);
  Rng rng(1, RngRole::kTest);
  const auto start = std::chrono::steady_clock::now();
  const ActResult result = agent.Act(*game->NewState(), rng);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took.count(), 0.05);
  EXPECT_LT(took.count(), 5.0);  // a busy machine
  EXPECT_LT(result.info.visits, config.visits);
}

}  // namespace
}  // namespace tengen

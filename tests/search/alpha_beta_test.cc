#include "search/alpha_beta.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using testing::Each;

TEST(AlphaBetaTest, TicTacToeIsADrawAfterEveryFirstMove) {
  const auto game = MakeGame("tictactoe").value();
  const auto state = game->NewState();
  AlphaBeta solver;
  EXPECT_EQ(solver.Value(*state), 0.0);
  EXPECT_THAT(solver.ActionValues(*state).value(), Each(0.0));
}

TEST(AlphaBetaTest, ACornerAnsweredOnTheEdgeLoses) {
  // X A1, O B1 (known: only the centre holds against a corner).
  const auto game = MakeGame("tictactoe").value();
  const auto state = game->NewState();
  state->Apply(0);
  const std::vector<double> answers = AlphaBeta().ActionValues(*state).value();
  // Moves 1 .. 8; the centre is action 4, index 3.
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i], i == 3 ? 0.0 : -1.0) << "move " << i + 1;
  }
}

// Plain minimax over a random graph, without cuts or table.
double Minimax(const State& state) {
  std::vector<Action> legal;
  state.LegalActions(legal);
  double best = -2.0;
  for (const Action action : legal) {
    const auto child = state.Clone();
    child->Apply(action);
    best = std::max(best, child->IsTerminal() ? child->Reward() : -Minimax(*child));
  }
  return best;
}

TEST(AlphaBetaTest, AgreesWithPlainMinimaxOnRandomGames) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    // 16 positions in four layers of one way forward each, results on the moves into the end.
    Rng rng(seed, RngRole::kTest);
    TreeGame::Moves moves(16);
    for (int i = 0; i < 12; ++i) {
      const int layer = i / 4;
      for (int m = 0; m < 3; ++m) {
        const int to = 4 * (layer + 1) + static_cast<int>(rng.Below(4));
        const double reward = layer == 2 ? static_cast<double>(rng.Below(3)) - 1.0 : 0.0;
        moves[static_cast<std::size_t>(i)].push_back({to, reward});
      }
    }
    const TreeGame game(moves, 2, 1.0);
    const auto state = game.NewState();
    EXPECT_EQ(AlphaBeta(1 << 10).Value(*state), Minimax(*state)) << "seed " << seed;
    EXPECT_EQ(AlphaBeta(1).Value(*state), Minimax(*state)) << "one entry, seed " << seed;
  }
}

TEST(AlphaBetaTest, GivesUpAtItsBound) {
  const auto game = MakeGame("connect4").value();
  AlphaBeta solver(1 << 10, 1000);
  EXPECT_EQ(solver.Value(*game->NewState()), std::nullopt);
  EXPECT_EQ(solver.ActionValues(*game->NewState()), std::nullopt);
}

TEST(AlphaBetaTest, AnotherGameEmptiesTheTable) {
  const TreeGame lost({{{1, -1.0}}, {}}, 2, 1.0);
  const auto game = MakeGame("tictactoe").value();
  AlphaBeta solver;
  EXPECT_EQ(solver.Value(*lost.NewState()), -1.0);
  EXPECT_EQ(solver.Value(*game->NewState()), 0.0);
}

TEST(AlphaBetaTest, RejectsOnePlayer) {
  const TreeGame game({{{1, 1.0}}, {}}, 1, 1.0);
  EXPECT_THROW(AlphaBeta().Value(*game.NewState()), BugError);
}

// Tactics: the search must agree with the solver on every position it is sure about.
class TicTacToeTacticsTest : public testing::Test {
 protected:
  // Counts positions of two to five random plies in which `evaluator`'s search errs.
  int Errors(const MctsConfig& config, Evaluator& evaluator, int simulations) {
    const auto game = MakeGame("tictactoe").value();
    int errors = 0;
    std::vector<Action> legal;
    for (std::uint64_t i = 0; i < 60; ++i) {
      Rng rng(i, RngRole::kTest);
      const auto state = game->NewState();
      for (std::uint64_t ply = 0; ply < 2 + i % 4 && !state->IsTerminal(); ++ply) {
        state->LegalActions(legal);
        state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
      }
      if (state->IsTerminal()) continue;
      Mcts mcts(config);
      const SearchResult result =
          RunMcts(mcts, evaluator, *state, simulations, Exploration::kOff, rng);
      const std::vector<double> exact = solver_.ActionValues(*state).value();
      const auto place = std::find(result.actions.begin(), result.actions.end(), result.best) -
                         result.actions.begin();
      const double best = *std::max_element(exact.begin(), exact.end());
      if (exact[static_cast<std::size_t>(place)] < best) ++errors;
    }
    return errors;
  }

  AlphaBeta solver_;
};

TEST_F(TicTacToeTacticsTest, PuctWithoutKnowledgeAgreesWithTheSolver) {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  UniformEvaluator evaluator;
  EXPECT_EQ(Errors(config, evaluator, 2000), 0);
}

TEST_F(TicTacToeTacticsTest, GumbelWithoutKnowledgeAgreesWithTheSolver) {
  UniformEvaluator evaluator;
  EXPECT_EQ(Errors({}, evaluator, 2000), 0);
}

TEST_F(TicTacToeTacticsTest, PuctWithRolloutsAgreesWithTheSolver) {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  RolloutEvaluator evaluator;
  EXPECT_EQ(Errors(config, evaluator, 2000), 0);
}

}  // namespace
}  // namespace tengen

// MctsConfig::expand_visits.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;

// A line of moves without choice: root, four positions, the end.
const TreeGame::Moves kLine = {{{1}}, {{2}}, {{3}}, {{4}}, {{5, 1.0}}, {}};

MctsConfig Config(int expand_visits, int leaf_batch = 1) {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  config.expand_visits = expand_visits;
  config.leaf_batch = leaf_batch;
  return config;
}

int NodesAfter(const MctsConfig& config, int simulations) {
  const TreeGame game(kLine, 2, 1.0);
  const auto state = game.NewState();
  Mcts mcts(config);
  UniformEvaluator evaluator;
  Rng rng(1, RngRole::kTest);
  RunMcts(mcts, evaluator, *state, simulations, Exploration::kOff, rng);
  return mcts.node_count();
}

// The root is there at once. With 3, visits 1 and 2 evaluate position 1 and visit 3 makes it a
// node; visits 4 to 6 do the same one ply on.
TEST(ExpandVisits, ALeafBecomesANodeAtThatVisit) {
  EXPECT_EQ(NodesAfter(Config(1), 2), 3);
  EXPECT_EQ(NodesAfter(Config(3), 2), 1);
  EXPECT_EQ(NodesAfter(Config(3), 3), 2);
  EXPECT_EQ(NodesAfter(Config(3), 5), 2);
  EXPECT_EQ(NodesAfter(Config(3), 6), 3);
  EXPECT_EQ(NodesAfter(Config(3, /*leaf_batch=*/4), 6), 3);
}

TEST(ExpandVisits, EndsOfGamesAreThereAtOnce) {
  const TreeGame game({{{1, 1.0}}, {}}, 2, 1.0);
  const auto state = game.NewState();
  Mcts mcts(Config(10));
  UniformEvaluator evaluator;
  Rng rng(1, RngRole::kTest);
  const SearchResult result = RunMcts(mcts, evaluator, *state, 3, Exploration::kOff, rng);
  EXPECT_EQ(mcts.node_count(), 2);
  EXPECT_EQ(result.simulator_calls, 1);
  EXPECT_THAT(result.q, ElementsAre(1.0F));
}

// All visits count, and a search that goes on from a move that is no node yet begins anew.
TEST(ExpandVisits, EveryVisitCounts) {
  const auto game = MakeGame("tictactoe").value();
  const auto state = game->NewState();
  Mcts mcts(Config(5));
  RolloutEvaluator evaluator;
  Rng rng(1, RngRole::kTest);
  SearchResult result = RunMcts(mcts, evaluator, *state, 60, Exploration::kOff, rng);
  int visits = 0;
  for (const int n : result.visits) visits += n;
  EXPECT_EQ(visits, 60);
  while (!state->IsTerminal()) {
    state->Apply(result.best);
    if (state->IsTerminal()) break;
    result = RunMcts(mcts, evaluator, *state, 4, Exploration::kOff, rng);
  }
}

}  // namespace
}  // namespace tengen

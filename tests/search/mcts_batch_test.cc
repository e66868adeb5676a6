#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/alpha_beta.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/root_value.h"
#include "tests/support/table_evaluator.h"
#include "tests/support/tree_game.h"

// Several leaves of one tree in a batch.

namespace tengen {
namespace {

using testing::ElementsAre;

class MctsBatchTest : public testing::TestWithParam<RootSelection> {
 protected:
  MctsConfig Config(int leaf_batch) const {
    MctsConfig config;
    config.root = GetParam();
    config.leaf_batch = leaf_batch;
    return config;
  }

  std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  std::unique_ptr<State> state_ = game_->NewState();
  Rng rng_ = Rng(1, RngRole::kTest);
};

TEST_P(MctsBatchTest, SpendsTheWholeBudget) {
  for (const int leaf_batch : {2, 8, 64}) {
    Mcts mcts(Config(leaf_batch));
    RandomEvaluator evaluator(1, RandomSource::kPosition);
    const SearchResult result = RunMcts(mcts, evaluator, *state_, 200, Exploration::kOff, rng_);
    EXPECT_EQ(result.simulations, 200);
    EXPECT_EQ(std::accumulate(result.visits.begin(), result.visits.end(), 0), 200);
  }
}

TEST_P(MctsBatchTest, FillsItsBatches) {
  Mcts mcts(Config(8));
  TableEvaluator evaluator;
  RunMcts(mcts, evaluator, *state_, 400, Exploration::kOff, rng_);
  EXPECT_LE(*std::max_element(evaluator.batches().begin(), evaluator.batches().end()), 8);
  EXPECT_GT(evaluator.positions(), 3 * static_cast<int>(evaluator.batches().size()));
}

TEST_P(MctsBatchTest, NeverAsksForOneLeafTwiceInABatch) {
  // Two moves each, one after the other: few leaves, many collisions.
  TreeGame::Moves moves;
  for (int i = 0; i < 15; ++i) moves.push_back({{2 * i + 1}, {2 * i + 2}});
  moves.resize(31);
  const TreeGame game(moves, 2, 1.0);
  Mcts mcts(Config(16));
  UniformEvaluator evaluator;
  std::map<int, int> asked;
  mcts.Begin(*game.NewState(), 300, Exploration::kOff, rng_);
  while (mcts.Gather() > 0) {
    for (const Evaluation& evaluation : mcts.pending()) {
      ++asked[static_cast<const TreeGameState*>(evaluation.state)->position()];
    }
    evaluator.Evaluate(mcts.pending());
    mcts.Backup();
  }
  // Every inner position was met, and was expanded where it was met first.
  EXPECT_EQ(asked.size(), 15);
  for (const auto& [position, times] : asked) EXPECT_EQ(times, 1) << "position " << position;
  EXPECT_EQ(mcts.node_count(), 31);
}

// What the tree says of itself must hold again once no simulation is under way.
TEST_P(MctsBatchTest, LeavesNoTraceOfVirtualLossBehind) {
  Mcts mcts(Config(8));
  RandomEvaluator evaluator(5, RandomSource::kPosition);
  const SearchResult result = RunMcts(mcts, evaluator, *state_, 300, Exploration::kOff, rng_);
  EXPECT_NEAR(result.root_value, RootValueOf(result, GetParam()), 1e-5);
}

TEST_P(MctsBatchTest, DroppingABatchRestoresEveryNumber) {
  Mcts mcts(Config(8));
  RandomEvaluator evaluator(5, RandomSource::kPosition);
  const SearchResult before = RunMcts(mcts, evaluator, *state_, 100, Exploration::kOff, rng_);
  mcts.Begin(*state_, 100, Exploration::kOff, rng_);
  ASSERT_GT(mcts.Gather(), 1);
  mcts.Begin(*state_, 0, Exploration::kOff, rng_);
  EXPECT_EQ(mcts.Gather(), 0);
  const SearchResult after = mcts.Result();
  EXPECT_EQ(after.visits, before.visits);
  EXPECT_EQ(after.q, before.q);
  EXPECT_EQ(after.root_value, before.root_value);
}

TEST_P(MctsBatchTest, EndsOfGamesBesidePendingLeavesCount) {
  // Move 0 wins at once, move 1 goes on.
  const TreeGame game({{{1, 1.0}, {2}}, {}, {{3}, {4}}, {{5}}, {{5}}, {}}, 2, 1.0);
  Mcts mcts(Config(4));
  UniformEvaluator evaluator;
  const SearchResult result =
      RunMcts(mcts, evaluator, *game.NewState(), 40, Exploration::kOff, rng_);
  EXPECT_EQ(result.visits[0] + result.visits[1], 40);
  EXPECT_EQ(result.q[0], 1.0F);
  EXPECT_EQ(result.best, 0);
}

TEST_P(MctsBatchTest, FindsTheMovesThatTheExactSolverFinds) {
  const auto tic_tac_toe = MakeGame("tictactoe").value();
  UniformEvaluator evaluator;
  AlphaBeta solver;
  std::vector<Action> legal;
  for (std::uint64_t game = 0; game < 30; ++game) {
    Rng rng(game, RngRole::kTest);
    const auto state = tic_tac_toe->NewState();
    for (int ply = 0; ply < 3; ++ply) {
      state->LegalActions(legal);
      state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    }
    state->LegalActions(legal);
    Mcts mcts(Config(8));
    const SearchResult result = RunMcts(mcts, evaluator, *state, 2000, Exploration::kOff, rng);
    const std::vector<double> exact = solver.ActionValues(*state).value();
    const auto place = std::find(legal.begin(), legal.end(), result.best) - legal.begin();
    EXPECT_EQ(exact[static_cast<std::size_t>(place)], *std::max_element(exact.begin(), exact.end()))
        << state->Text() << "action " << result.best;
  }
}

INSTANTIATE_TEST_SUITE_P(Roots, MctsBatchTest,
                         testing::Values(RootSelection::kPuct, RootSelection::kGumbel),
                         [](const auto& test) {
                           return test.param == RootSelection::kPuct ? "Puct" : "Gumbel";
                         });

// A simulation under way counts, and gives a move never visited the worst value, by hand: two equal
// moves, K = 2. Without it the second simulation would follow the first into the same leaf.
TEST(UnobservedTest, SendsTheSecondSimulationElsewhere) {
  const TreeGame game({{{1}, {2}}, {{3}}, {{3}}, {}}, 2, 1.0);
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.leaf_batch = 2;
  Mcts mcts(config);
  Rng rng(1, RngRole::kTest);
  TableEvaluator evaluator;
  mcts.Begin(*game.NewState(), 2, Exploration::kOff, rng);
  ASSERT_EQ(mcts.Gather(), 1) << "the root";
  evaluator.Evaluate(mcts.pending());
  mcts.Backup();
  ASSERT_EQ(mcts.Gather(), 2);
  EXPECT_EQ(static_cast<const TreeGameState*>(mcts.pending()[0].state)->position(), 1);
  EXPECT_EQ(static_cast<const TreeGameState*>(mcts.pending()[1].state)->position(), 2);
}

}  // namespace
}  // namespace tengen

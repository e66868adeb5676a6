#include <algorithm>
#include <memory>
#include <numeric>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/root_value.h"
#include "tests/support/table_evaluator.h"

// The tree kept from move to move.

namespace tengen {
namespace {

int Sum(const std::vector<int>& visits) { return std::accumulate(visits.begin(), visits.end(), 0); }

class MctsReuseTest : public testing::Test {
 protected:
  MctsReuseTest() : mcts_(config_) {}

  SearchResult Run(const State& state, int simulations) {
    return RunMcts(mcts_, evaluator_, state, simulations, Exploration::kOff, rng_);
  }
  // Visits of the most visited action.
  static int BestVisits(const SearchResult& result) {
    return *std::max_element(result.visits.begin(), result.visits.end());
  }

  static MctsConfig MakeConfig() {
    MctsConfig config;
    config.root = RootSelection::kPuct;
    return config;
  }
  const MctsConfig config_ = MakeConfig();
  std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  std::unique_ptr<State> state_ = game_->NewState();
  RandomEvaluator evaluator_{7, RandomSource::kPosition};
  Rng rng_{1, RngRole::kTest};
  Mcts mcts_;
};

TEST_F(MctsReuseTest, KeepsTheVisitsOfTheMovePlayed) {
  const SearchResult first = Run(*state_, 200);
  state_->Apply(first.best);
  const SearchResult second = Run(*state_, 0);
  // One of the move's visits was its own evaluation.
  EXPECT_EQ(Sum(second.visits), BestVisits(first) - 1);
  EXPECT_EQ(second.simulations, 0);
  // The child's mean is the edge's Q, from the other side.
  const auto best = std::find(first.actions.begin(), first.actions.end(), first.best);
  EXPECT_NEAR(second.root_value, -first.q[static_cast<std::size_t>(best - first.actions.begin())],
              1e-5);
}

TEST_F(MctsReuseTest, NewSimulationsComeOnTop) {
  const SearchResult first = Run(*state_, 200);
  state_->Apply(first.best);
  const SearchResult second = Run(*state_, 50);
  EXPECT_EQ(Sum(second.visits), BestVisits(first) - 1 + 50);
  EXPECT_EQ(second.simulations, 50);
}

TEST_F(MctsReuseTest, FindsThePositionTwoPliesLater) {
  const SearchResult first = Run(*state_, 400);
  ASSERT_GE(first.principal_variation.size(), 3U);
  state_->Apply(first.principal_variation[0]);
  state_->Apply(first.principal_variation[1]);
  EXPECT_GT(Sum(Run(*state_, 0).visits), 5);
}

TEST_F(MctsReuseTest, SearchesOnAtTheSameRoot) {
  Run(*state_, 100);
  EXPECT_EQ(Sum(Run(*state_, 100).visits), 200);
}

// Searching on equals one longer search, number by number.
TEST_F(MctsReuseTest, TwoHalvesEqualOneWhole) {
  Run(*state_, 150);
  const SearchResult halves = Run(*state_, 150);
  Mcts other(config_);
  const SearchResult whole = RunMcts(other, evaluator_, *state_, 300, Exploration::kOff, rng_);
  EXPECT_EQ(halves.visits, whole.visits);
  EXPECT_EQ(halves.q, whole.q);
  EXPECT_EQ(halves.root_value, whole.root_value);
}

// A kept subtree equals the tree that a search of the new root builds with as many visits.
TEST_F(MctsReuseTest, AKeptSubtreeEqualsAFreshSearch) {
  const SearchResult first = Run(*state_, 300);
  state_->Apply(first.best);
  const SearchResult kept = Run(*state_, 0);
  MctsConfig config = config_;
  // Below the old root the subtree was searched with the reduction of inner positions.
  config.root_fpu_reduction = config.fpu_reduction;
  Mcts other(config);
  const SearchResult fresh =
      RunMcts(other, evaluator_, *state_, BestVisits(first) - 1, Exploration::kOff, rng_);
  EXPECT_EQ(kept.visits, fresh.visits);
  EXPECT_EQ(kept.q, fresh.q);
}

TEST_F(MctsReuseTest, ForgetsAPositionThatIsNotBelowTheRoot) {
  const SearchResult first = Run(*state_, 100);
  state_->Apply(first.best);
  Run(*state_, 100);
  EXPECT_EQ(Sum(Run(*game_->NewState(), 30).visits), 30) << "back at the start";
}

TEST_F(MctsReuseTest, ForgetsAnotherGame) {
  Run(*state_, 100);
  const auto other = MakeGame("tictactoe").value();
  EXPECT_EQ(Sum(Run(*other->NewState(), 30).visits), 30);
}

TEST_F(MctsReuseTest, KeepsTheGameAliveOnItsOwn) {
  Run(*state_, 100);
  state_.reset();
  game_.reset();
  const auto other = MakeGame("connect4").value();
  EXPECT_EQ(Sum(Run(*other->NewState(), 30).visits), 30);
}

TEST_F(MctsReuseTest, ClearForgets) {
  Run(*state_, 100);
  mcts_.Clear();
  EXPECT_EQ(mcts_.node_count(), 0);
  EXPECT_EQ(Sum(Run(*state_, 30).visits), 30);
}

TEST_F(MctsReuseTest, CanBeSwitchedOff) {
  MctsConfig config = config_;
  config.reuse_tree = false;
  Mcts mcts(config);
  const SearchResult first = RunMcts(mcts, evaluator_, *state_, 100, Exploration::kOff, rng_);
  state_->Apply(first.best);
  EXPECT_EQ(Sum(RunMcts(mcts, evaluator_, *state_, 30, Exploration::kOff, rng_).visits), 30);
}

TEST_F(MctsReuseTest, AFullTreeHasRoomAgainAfterAMove) {
  MctsConfig config = config_;
  config.max_nodes = 100;
  Mcts mcts(config);
  const SearchResult first = RunMcts(mcts, evaluator_, *state_, 300, Exploration::kOff, rng_);
  ASSERT_EQ(mcts.node_count(), 100);
  state_->Apply(first.best);
  mcts.Begin(*state_, 0, Exploration::kOff, rng_);
  EXPECT_LT(mcts.node_count(), 100);
  EXPECT_GT(mcts.node_count(), 5);
}

TEST_F(MctsReuseTest, AWholeGameWithReuseStaysConsistent) {
  MctsConfig config = config_;
  config.root = RootSelection::kGumbel;
  Mcts mcts(config);
  while (!state_->IsTerminal()) {
    const SearchResult result = RunMcts(mcts, evaluator_, *state_, 60, Exploration::kOn, rng_);
    ASSERT_NEAR(result.root_value, RootValueOf(result, config.root), 1e-5);
    ASSERT_GE(Sum(result.visits), 60);
    state_->Apply(result.best);
  }
}

}  // namespace
}  // namespace tengen

#include "search/connect_four_solver.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "search/alpha_beta.h"

namespace tengen {
namespace {

using testing::Each;

constexpr std::size_t kTableBytes = 8 << 20;

class ConnectFourSolverTest : public testing::Test {
 protected:
  // Columns from 1, one digit each.
  std::unique_ptr<State> Play(const std::string& columns) const {
    std::unique_ptr<State> state = game_->NewState();
    for (const char column : columns) state->Apply(column - '1');
    return state;
  }

  // A position of `ply` random moves that is not over.
  std::unique_ptr<State> RandomPosition(int ply) {
    std::vector<Action> actions;
    std::unique_ptr<State> state = game_->NewState();
    while (state->Ply() < ply) {
      state->LegalActions(actions);
      state->Apply(actions[rng_.Below(static_cast<std::uint32_t>(actions.size()))]);
      if (state->IsTerminal()) state = game_->NewState();
    }
    return state;
  }

  std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  Rng rng_{11, RngRole::kTest};
  ConnectFourSolver solver_{kTableBytes};
};

TEST_F(ConnectFourSolverTest, TakesAWinAtOnce) {
  const auto state = Play("171717");  // three X above each other in column 1
  EXPECT_EQ(solver_.Value(*state), 1);
}

// X holds the bottom of columns 3 and 4; 2 or 5 makes three in a row, open at both ends.
TEST_F(ConnectFourSolverTest, OpenThreeWins) {
  EXPECT_EQ(solver_.Value(*Play("4433")), 1);
  for (const char* after : {"44332", "44335"}) {
    const auto state = Play(after);
    EXPECT_EQ(solver_.Value(*state), -1);
    EXPECT_THAT(solver_.MoveValues(*state), Each(-1));
  }
}

TEST_F(ConnectFourSolverTest, ValueIsTheBestMoveValue) {
  for (int ply = 14; ply < 34; ++ply) {
    const auto state = RandomPosition(ply);
    const std::vector<int> values = solver_.MoveValues(*state);
    EXPECT_EQ(solver_.Value(*state), *std::max_element(values.begin(), values.end()))
        << state->Text();
  }
}

TEST_F(ConnectFourSolverTest, AgreesWithGenericAlphaBeta) {
  AlphaBeta oracle;
  std::multiset<int> seen;
  for (int i = 0; i < 60; ++i) {
    const auto state = RandomPosition(28 + i % 13);
    const std::vector<double> expected = oracle.ActionValues(*state).value();
    const std::vector<int> values = solver_.MoveValues(*state);
    EXPECT_EQ(std::vector<double>(values.begin(), values.end()), expected) << state->Text();
    seen.insert(values.begin(), values.end());
  }
  // The sample has enough of each result to notice a mistake in any.
  for (const int value : {-1, 0, 1}) EXPECT_GT(seen.count(value), 10U) << value;
}

TEST_F(ConnectFourSolverTest, MirroredPositionsHaveMirroredValues) {
  for (int i = 0; i < 5; ++i) {
    const std::unique_ptr<State> state = game_->NewState();
    const std::unique_ptr<State> mirror = game_->NewState();
    std::vector<Action> actions;
    while (state->Ply() < 16 && !state->IsTerminal()) {
      state->LegalActions(actions);
      const Action action = actions[rng_.Below(static_cast<std::uint32_t>(actions.size()))];
      state->Apply(action);
      mirror->Apply(6 - action);
    }
    if (state->IsTerminal()) continue;
    std::vector<int> values = solver_.MoveValues(*mirror);
    std::reverse(values.begin(), values.end());
    EXPECT_EQ(solver_.MoveValues(*state), values) << state->Text();
  }
}

TEST_F(ConnectFourSolverTest, TableSizeDoesNotChangeValues) {
  ConnectFourSolver small(1024);
  for (int i = 0; i < 10; ++i) {
    const auto state = RandomPosition(20 + i);
    EXPECT_EQ(small.MoveValues(*state), solver_.MoveValues(*state)) << state->Text();
  }
}

TEST_F(ConnectFourSolverTest, WrongPositionsAreBugs) {
  const auto other = MakeGame("tictactoe").value();
  EXPECT_THROW(solver_.Value(*other->NewState()), BugError);
  EXPECT_THROW(solver_.Value(*Play("1717171")), BugError);  // over: four X in column 1
  EXPECT_THROW(ConnectFourSolver(16), BugError);
}

}  // namespace
}  // namespace tengen

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/go/scoring.h"
#include "tests/support/go_oracles.h"

// Counts and rule cases from outside this project, see tests/golden/go_oracles.json for the
// sources.

namespace tengen {
namespace {

using Json = nlohmann::json;

// Legal positions, counted by trying all colourings.

bool EveryChainHasALiberty(const GoBoard& board) {
  return board.removed(Player::kFirst) + board.removed(Player::kSecond) == 0;
}

std::int64_t CountLegal(const GoBoard& board, int point) {
  const auto [rows, columns] = board.shape();
  if (point == rows * columns) return 1;
  std::int64_t count = CountLegal(board, point + 1);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    // A chain without liberties is taken off at once and never becomes legal again.
    GoBoard next = board;
    next.Play(board.PointAt(point / columns, point % columns), player);
    if (EveryChainHasALiberty(next)) count += CountLegal(next, point + 1);
  }
  return count;
}

class GoLegalPositionsTest : public ::testing::TestWithParam<Json> {};

TEST_P(GoLegalPositionsTest, CountsEqualThePublishedOnes) {
  const Json& entry = GetParam();
  const GoBoard board({entry["rows"].get<int>(), entry["columns"].get<int>()});
  EXPECT_EQ(CountLegal(board, 0), entry["count"].get<std::int64_t>());
}

std::string ShapeName(const Json& entry) {
  if (entry.contains("id")) return entry["id"].get<std::string>();
  return StrCat(entry["rows"].get<int>(), "x", entry["columns"].get<int>());
}

std::string EntryName(const ::testing::TestParamInfo<Json>& info) {
  std::string name = ShapeName(info.param);
  if (info.param.contains("rules"))
    name = StrCat(name, '_', info.param["rules"].get<std::string>());
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Golden, GoLegalPositionsTest,
                         ::testing::ValuesIn(GoOracles()["legal_positions"]["entries"]), EntryName);

// Node counts.

class GoPerftTest : public ::testing::TestWithParam<Json> {};

TEST_P(GoPerftTest, NodeCountsEqualTheIndependentOnes) { ExpectPerft(GetParam(), 0, 2'000'000); }

INSTANTIATE_TEST_SUITE_P(EmptyBoard, GoPerftTest,
                         ::testing::ValuesIn(GoOracles()["perft_empty_board"]["entries"]),
                         EntryName);
INSTANTIATE_TEST_SUITE_P(StartPosition, GoPerftTest,
                         ::testing::ValuesIn(GoOracles()["perft_start_positions"]["entries"]),
                         EntryName);

// Whole games.

std::int64_t CountGames(const State& state) {
  if (state.IsTerminal()) return 1;
  std::vector<Action> actions;
  state.LegalActions(actions);
  std::int64_t count = 0;
  for (const Action action : actions) {
    const auto child = state.Clone();
    child->Apply(action);
    count += CountGames(*child);
  }
  return count;
}

TEST(GoGameCountTest, CompleteGamesOnTinyBoardsEqualTheIndependentCounts) {
  for (const Json& entry : GoOracles()["game_counts"]["entries"]) {
    const auto game = OracleGame(entry, "ko=positional,suicide=multi");
    EXPECT_EQ(CountGames(*game->NewState()), entry["count"].get<std::int64_t>()) << entry.dump();
  }
}

// Best score for the player to move (alpha-beta, no table: superko values depend on the history).
int BestScore(const GoState& state, int alpha, int beta) {
  const int sign = state.ToMove() == Player::kFirst ? 1 : -1;
  if (state.IsTerminal()) return sign * AreaScore(state.board());
  std::vector<Action> actions;
  state.LegalActions(actions);
  for (auto action = actions.rbegin(); action != actions.rend() && alpha < beta; ++action) {
    GoState child = state;
    child.Apply(*action);
    alpha = std::max(alpha, -BestScore(child, -beta, -alpha));
  }
  return alpha;
}

TEST(GoOptimalValueTest, BestScoresOfTinyBoardsEqualTheSolvedOnes) {
  for (const Json& entry : GoOracles()["optimal_values"]["entries"]) {
    const auto game = OracleGame(entry, "ko=positional,suicide=none");
    const auto start = game->NewState();
    const int points = game->spec().shape.points();
    EXPECT_EQ(BestScore(static_cast<const GoState&>(*start), -points, points),
              entry["black_minus_white"].get<int>())
        << entry.dump();
  }
}

// Rule cases.

class GoRuleCaseTest : public ::testing::TestWithParam<Json> {
 protected:
  // The position of the case: its diagram, then its moves.
  std::unique_ptr<State> Position(const std::string& rules) {
    game_ = OracleGame(GetParam(), rules);
    auto state = game_->NewState();
    for (const Json& move : GetParam()["moves"]) {
      const Action action = game_->ParseAction(move.get<std::string>()).value();
      EXPECT_TRUE(state->IsLegal(action)) << rules << " " << move;
      state->Apply(action);
    }
    return state;
  }

  void CheckPlay(const Json& check, const std::string& rules) {
    const auto start = Position(rules);
    GoState& state = static_cast<GoState&>(*start);
    const Action action = game_->ParseAction(check["move"].get<std::string>()).value();
    ASSERT_EQ(state.IsLegal(action), check["legal"].get<bool>()) << rules << " " << check.dump();
    if (check.contains("reason")) {
      const std::string reason = check["reason"].get<std::string>();
      const bool is_ko = reason == "ko" || reason == "superko";
      EXPECT_EQ(state.IsKoBanned(action), is_ko) << reason;
    }
    if (!check["legal"].get<bool>()) return;
    const Player mover = state.ToMove();
    const GoBoard before = state.board();
    state.Apply(action);
    EXPECT_EQ(state.board().removed(Opponent(mover)) - before.removed(Opponent(mover)),
              check["captured"].get<int>());
    EXPECT_EQ(state.board().removed(mover) - before.removed(mover),
              check["own_stones_removed"].get<int>());
    std::string after;
    for (const Json& row : check["board_after"]) after += row.get<std::string>() + "\n";
    EXPECT_EQ(state.board().Text(), after) << rules << " " << check.dump();
  }

  void CheckArea(const Json& check) {
    const auto start = Position("");
    std::vector<Cell> owner(static_cast<std::size_t>(game_->spec().shape.points()));
    GoBoard board = static_cast<const GoState&>(*start).board();
    if (check.contains("dead_removed")) board = WithoutDead(board, check["dead_removed"]);
    EXPECT_EQ(AreaScore(board, owner), check["black_minus_white"].get<int>()) << check.dump();
    EXPECT_EQ(std::count(owner.begin(), owner.end(), Cell::kFirst), check["black"].get<int>());
    EXPECT_EQ(std::count(owner.begin(), owner.end(), Cell::kSecond), check["white"].get<int>());
  }

  void CheckResult(const Json& check) {
    const auto state = Position(StrCat("komi=", check["komi"].get<double>()));
    while (!state->IsTerminal()) state->Apply(game_->pass());
    const std::string result = check["result"].get<std::string>();
    std::vector<Cell> owner(static_cast<std::size_t>(game_->spec().shape.points()));
    float score = 0.0F;
    ASSERT_TRUE(state->FinalArea(owner, &score));
    if (result == "draw") {
      EXPECT_EQ(score, 0.0F);
      EXPECT_EQ(state->Return(Player::kFirst), 0.0);
      return;
    }
    const float sign = result[0] == 'B' ? 1.0F : -1.0F;
    EXPECT_EQ(score, sign * std::stof(result.substr(2)));
    EXPECT_EQ(state->Return(Player::kFirst), sign);
  }

 private:
  GoBoard WithoutDead(const GoBoard& board, const Json& dead) {
    GoBoard cleared(board.shape());
    std::vector<Action> removed;
    for (const Json& move : dead) {
      removed.push_back(game_->ParseAction(move.get<std::string>()).value());
    }
    for (Action action = 0; action < game_->pass(); ++action) {
      const Cell cell = board.At(game_->PointOf(action));
      if (cell == Cell::kEmpty || std::count(removed.begin(), removed.end(), action) > 0) continue;
      cleared.Play(game_->PointOf(action), cell == Cell::kFirst ? Player::kFirst : Player::kSecond);
    }
    return cleared;
  }

  std::shared_ptr<const GoGame> game_;
};

TEST_P(GoRuleCaseTest, EveryCheckHolds) {
  for (const Json& check : GetParam()["checks"]) {
    const std::string kind = check["kind"].get<std::string>();
    if (kind == "play") {
      for (const Json& rules : check["rules"]) CheckPlay(check, rules.get<std::string>());
    } else if (kind == "area") {
      CheckArea(check);
    } else if (kind == "result") {
      CheckResult(check);
    } else {
      ASSERT_EQ(kind, "game_over");
      EXPECT_EQ(Position("")->IsTerminal(), check["value"].get<bool>());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, GoRuleCaseTest,
                         ::testing::ValuesIn(GoOracles()["rule_cases"]["entries"]), EntryName);

}  // namespace
}  // namespace tengen

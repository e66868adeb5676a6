#include <algorithm>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/go/benson.h"
#include "envs/go/handicap.h"
#include "envs/go/scoring.h"
#include "envs/registry/game_registry.h"
#include "tests/support/go_oracles.h"

// Counts and rule cases from outside this project, see tests/golden/go_oracles.json for the
// sources.

namespace tengen {
namespace {

using Json = nlohmann::json;

// Legal positions.

class GoLegalPositionsTest : public ::testing::TestWithParam<Json> {};

TEST_P(GoLegalPositionsTest, CountsEqualThePublishedOnes) { ExpectLegalPositions(GetParam()); }

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
                         ::testing::ValuesIn(LegalPositionEntries(0, 2'000'000)), EntryName);

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

// Handicap.

TEST(GoHandicapOracleTest, FixedPointsAreThoseOfGtpInItsOrder) {
  for (const auto& [side, layouts] : GoOracles()["handicap_points"]["entries"].items()) {
    const auto game = MakeGame("go:size=" + side).value();
    for (const auto& [stones, points] : layouts.items()) {
      std::vector<std::string> names;
      const auto fixed = FixedHandicap(game->spec().shape, std::stoi(stones)).value();
      for (const Action point : fixed) {
        names.push_back(game->ActionText(point));
      }
      EXPECT_EQ(names, points.get<std::vector<std::string>>()) << side << " " << stones;
    }
  }
}

// Rule cases.

class GoRuleCaseTest : public ::testing::TestWithParam<Json> {
 protected:
  std::unique_ptr<State> Start(const std::string& rules) {
    game_ = OracleGame(GetParam(), rules);
    return game_->NewState();
  }

  // The position of the case: its diagram, then its moves.
  std::unique_ptr<State> Position(const std::string& rules) {
    auto state = Start(rules);
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
    const GoBoard& board = static_cast<const GoState&>(*start).board();
    std::vector<Cell> owner(static_cast<std::size_t>(game_->spec().shape.points()));
    if (check.contains("dead_removed")) {
      const GoScore score = ScoreGame(board, TaxRule::kNone, Dead(check), owner);
      EXPECT_EQ(score.Difference(Rules{}), check["black_minus_white"].get<int>()) << check.dump();
    } else {
      EXPECT_EQ(AreaScore(board, owner), check["black_minus_white"].get<int>()) << check.dump();
    }
    EXPECT_EQ(std::count(owner.begin(), owner.end(), Cell::kFirst), check["black"].get<int>());
    EXPECT_EQ(std::count(owner.begin(), owner.end(), Cell::kSecond), check["white"].get<int>());
  }

  void CheckTerritory(const Json& check) {
    const auto start = check.value("before_moves", false) ? Start("") : Position("");
    const GoBoard& board = static_cast<const GoState&>(*start).board();
    const GoScore score = ScoreGame(board, TaxRule::kSeki, Dead(check));
    EXPECT_EQ(score.territory[0], check["black_territory"].get<int>()) << check.dump();
    EXPECT_EQ(score.territory[1], check["white_territory"].get<int>()) << check.dump();
    EXPECT_EQ(score.prisoners[0], check["black_prisoners"].get<int>()) << check.dump();
    EXPECT_EQ(score.prisoners[1], check["white_prisoners"].get<int>()) << check.dump();
    EXPECT_EQ(score.Difference(RulesPreset("japanese").value()),
              check["black_minus_white"].get<int>());
  }

  void CheckPassAlive(const Json& check) {
    const auto start = Position("");
    const GoBoard& board = static_cast<const GoState&>(*start).board();
    std::vector<Cell> owner(static_cast<std::size_t>(board.shape().points()));
    PassAliveStones(board, SuicideRule::kNone, owner);
    const Cell colour = check["color"] == "X" ? Cell::kFirst : Cell::kSecond;
    std::set<std::string> alive;
    for (Action action = 0; action < game_->pass(); ++action) {
      if (owner[static_cast<std::size_t>(action)] == colour) {
        alive.insert(game_->ActionText(action));
      }
    }
    EXPECT_EQ(alive, check["points"].get<std::set<std::string>>()) << check.dump();
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
  // The stones that the check calls dead.
  std::vector<Point> Dead(const Json& check) const {
    std::vector<Point> dead;
    if (!check.contains("dead_removed")) return dead;
    for (const Json& move : check["dead_removed"]) {
      dead.push_back(game_->PointOf(game_->ParseAction(move.get<std::string>()).value()));
    }
    return dead;
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
    } else if (kind == "territory") {
      CheckTerritory(check);
    } else if (kind == "pass_alive") {
      CheckPassAlive(check);
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

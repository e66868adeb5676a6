// Rules of the small games against counts and values from tests/golden/games.json.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/perft.h"
#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using Key = std::pair<std::uint64_t, std::uint64_t>;

json GoldenPart(const std::string& part) {
  std::ifstream file(Golden("games.json"));
  return json::parse(file).at(part);
}

// Kept for the whole test program, because a state must not outlive its game.
const Game& Make(const std::string& id) {
  static std::map<std::string, std::shared_ptr<const Game>> games;
  std::shared_ptr<const Game>& game = games[id];
  if (game == nullptr) game = MakeGame(id).value();
  return *game;
}

std::vector<Action> LegalActions(const State& state) {
  std::vector<Action> actions;
  state.LegalActions(actions);
  return actions;
}

// Plays moves written as the game writes them, separated by blanks.
std::unique_ptr<State> Play(const Game& game, const std::string& moves) {
  std::unique_ptr<State> state = game.NewState();
  std::istringstream words(moves);
  for (std::string word; words >> word;) {
    const Action action = game.ParseAction(word).value();
    TENGEN_CHECK(state->IsLegal(action), "move ", word, " on\n", state->Text());
    state->Apply(action);
  }
  return state;
}

Key KeyOf(const State& state) { return {state.InputKey().high, state.InputKey().low}; }

// Legal actions of a game on points, the middle of the board first: there the good moves are.
std::vector<Action> ActionsFromTheMiddle(const State& state) {
  const BoardShape shape = state.game().spec().shape;
  const auto distance = [shape](Action point) {
    return std::abs(2 * (point / shape.columns) - shape.rows + 1) +
           std::abs(2 * (point % shape.columns) - shape.columns + 1);
  };
  std::vector<Action> actions = LegalActions(state);
  std::stable_sort(actions.begin(), actions.end(),
                   [&](Action a, Action b) { return distance(a) < distance(b); });
  return actions;
}

// Value for the player to move, by full search with a memory. A winning move is tried first.
int Solve(const State& state, std::map<Key, int>& memory) {
  if (const auto known = memory.find(KeyOf(state)); known != memory.end()) return known->second;
  int best = -1;
  std::vector<std::unique_ptr<State>> children;
  for (const Action action : ActionsFromTheMiddle(state)) {
    children.push_back(state.Clone());
    children.back()->Apply(action);
    if (children.back()->IsTerminal()) {
      best = std::max(best, static_cast<int>(children.back()->Reward()));
      children.pop_back();
    }
  }
  for (const auto& child : children) {
    if (best == 1) break;
    best = std::max(best, -Solve(*child, memory));
  }
  return memory[KeyOf(state)] = best;
}

void ExpectPerft(const std::string& id, const std::string& part) {
  const json counts = GoldenPart(part).at("perft");
  const std::unique_ptr<State> start = Make(id).NewState();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(Perft(*start, static_cast<int>(i) + 1), counts[i]) << "depth " << i + 1;
  }
}

// The distinct positions of each ply, by InputKey.
std::vector<std::map<Key, std::unique_ptr<State>>> PositionsByPly(const Game& game, int plies) {
  std::vector<std::map<Key, std::unique_ptr<State>>> layers(static_cast<std::size_t>(plies) + 1);
  std::unique_ptr<State> start = game.NewState();
  const Key start_key = KeyOf(*start);
  layers[0].emplace(start_key, std::move(start));
  for (std::size_t ply = 0; ply + 1 < layers.size(); ++ply) {
    for (const auto& [key, state] : layers[ply]) {
      for (const Action action : LegalActions(*state)) {
        std::unique_ptr<State> child = state->Clone();
        child->Apply(action);
        const Key child_key = KeyOf(*child);
        layers[ply + 1].emplace(child_key, std::move(child));
      }
    }
  }
  return layers;
}

struct GameCounts {
  std::map<double, int> by_return_first;
  std::map<int, int> by_length;
};

void CountGames(const State& state, GameCounts& counts) {
  if (state.IsTerminal()) {
    ++counts.by_return_first[state.Return(Player::kFirst)];
    ++counts.by_length[state.Ply()];
    return;
  }
  for (const Action action : LegalActions(state)) {
    const std::unique_ptr<State> child = state.Clone();
    child->Apply(action);
    CountGames(*child, counts);
  }
}

// --- Tic-tac-toe ---

TEST(TicTacToe, PerftMatchesCounts) { ExpectPerft("tictactoe", "tic_tac_toe"); }

TEST(TicTacToe, ReachableStatesMatchCounts) {
  const json golden = GoldenPart("tic_tac_toe");
  const Game& game = Make("tictactoe");
  std::map<double, int> ends;
  std::vector<std::size_t> by_ply;
  for (const auto& layer : PositionsByPly(game, 9)) {
    by_ply.push_back(layer.size());
    for (const auto& [key, state] : layer) {
      if (state->IsTerminal()) ++ends[state->Return(Player::kFirst)];
    }
  }
  EXPECT_EQ(json(by_ply), golden.at("states_by_ply"));
  EXPECT_EQ(ends[1.0], golden.at("terminal_states").at("X_wins"));
  EXPECT_EQ(ends[-1.0], golden.at("terminal_states").at("O_wins"));
  EXPECT_EQ(ends[0.0], golden.at("terminal_states").at("draws"));
}

TEST(TicTacToe, AllGamesMatchCounts) {
  const json golden = GoldenPart("tic_tac_toe");
  GameCounts counts;
  CountGames(*Make("tictactoe").NewState(), counts);
  EXPECT_EQ(counts.by_return_first[1.0], golden.at("games").at("X_wins"));
  EXPECT_EQ(counts.by_return_first[-1.0], golden.at("games").at("O_wins"));
  EXPECT_EQ(counts.by_return_first[0.0], golden.at("games").at("draws"));
  for (const auto& [length, count] : golden.at("games_by_length").items()) {
    EXPECT_EQ(counts.by_length[std::stoi(length)], count) << "length " << length;
  }
}

TEST(TicTacToe, TextShowsTheBoard) {
  EXPECT_EQ(Play(Make("tictactoe"), "b2 A1 c1")->Text(),
            "  A B C\n"
            "1 O . X\n"
            "2 . X .\n"
            "3 . . .\n");
}

TEST(TicTacToe, ThreeInARowOnTheLastPointWins) {
  //  X O X     The ninth stone, C3, completes the diagonal.
  //  O X O
  //  O X X
  const auto state = Play(Make("tictactoe"), "A1 B1 C1 A2 B2 C2 B3 A3 C3");
  ASSERT_TRUE(state->IsTerminal());
  EXPECT_EQ(state->Return(Player::kFirst), 1.0);
}

// --- Connect Four ---

TEST(ConnectFour, PerftMatchesCounts) { ExpectPerft("connect4", "connect_four"); }

TEST(ConnectFour, DistinctPositionsMatchCounts) {
  std::vector<std::size_t> by_ply;
  for (const auto& layer : PositionsByPly(Make("connect4"), 7)) by_ply.push_back(layer.size());
  json expected = GoldenPart("connect_four").at("distinct_positions_by_ply");
  expected.erase(8);
  EXPECT_EQ(json(by_ply), expected);
}

TEST(ConnectFour, StonesFallToTheLowestRow) {
  EXPECT_EQ(Play(Make("connect4"), "4 4 4 7 1")->Text(),
            "  A B C D E F G\n"
            "1 . . . . . . .\n"
            "2 . . . . . . .\n"
            "3 . . . . . . .\n"
            "4 . . . X . . .\n"
            "5 . . . O . . .\n"
            "6 X . . X . . O\n");
}

TEST(ConnectFour, FourInEachDirectionWin) {
  const Game& game = Make("connect4");
  for (const char* moves : {"1 1 2 2 3 3 4",             // row
                            "7 1 7 1 7 1 7",             // column
                            "1 2 2 3 3 4 3 4 4 7 4",     // rising diagonal
                            "7 6 6 5 5 4 5 4 4 1 4"}) {  // falling diagonal
    const auto state = Play(game, moves);
    EXPECT_TRUE(state->IsTerminal()) << state->Text();
    EXPECT_EQ(state->Return(Player::kFirst), 1.0) << state->Text();
  }
}

TEST(ConnectFour, LinesDoNotWrapFromColumnToColumn) {
  // X at the top of column 1 (rows 3, 2, 1 from the top) and at the bottom of column 2.
  const auto state = Play(Make("connect4"), "1 1 7 1 1 7 1 7 1 3 2");
  EXPECT_FALSE(state->IsTerminal()) << state->Text();
}

TEST(ConnectFour, FullColumnIsIllegal) {
  const auto state = Play(Make("connect4"), "1 1 1 1 1 1");
  EXPECT_FALSE(state->IsLegal(0));
  EXPECT_THAT(LegalActions(*state), ElementsAre(1, 2, 3, 4, 5, 6));
}

// --- Othello ---

TEST(Othello, PerftMatchesCounts) { ExpectPerft("othello", "othello"); }

TEST(Othello, MoveTurnsEnclosedDiscs) {
  const Game& game = Make("othello");
  EXPECT_EQ(Play(game, "D3")->Text(),
            "  A B C D E F G H\n"
            "1 . . . . . . . .\n"
            "2 . . . . . . . .\n"
            "3 . . . X . . . .\n"
            "4 . . . X X . . .\n"
            "5 . . . X O . . .\n"
            "6 . . . . . . . .\n"
            "7 . . . . . . . .\n"
            "8 . . . . . . . .\n");
  EXPECT_FALSE(game.NewState()->IsLegal(game.ParseAction("E3").value()));
  EXPECT_FALSE(game.NewState()->IsLegal(game.ParseAction("pass").value()));
}

TEST(Othello, ShortestGameIsAWipeout) {
  // Black wipes White out with the ninth disc: E6 F4 E3 F6 G5 D6 E7 F5 C5, a game of folklore that
  // can be checked by hand: thirteen black discs, no white one.
  const auto state = Play(Make("othello"), "E6 F4 E3 F6 G5 D6 E7 F5 C5");
  EXPECT_TRUE(state->IsTerminal()) << state->Text();
  EXPECT_EQ(state->Return(Player::kFirst), 1.0);
  std::vector<Cell> board(64);
  state->Board(board);
  EXPECT_EQ(std::count(board.begin(), board.end(), Cell::kFirst), 13);
  EXPECT_EQ(std::count(board.begin(), board.end(), Cell::kSecond), 0);
}

TEST(Othello, PassIsForcedKeepsTheBoardAndTurnsThePlayer) {
  const Game& game = Make("othello");
  Rng rng(7, RngRole::kTest);
  int passes = 0;
  for (int i = 0; i < 50; ++i) {
    const std::unique_ptr<State> state = game.NewState();
    while (!state->IsTerminal()) {
      const std::vector<Action> actions = LegalActions(*state);
      const Action action = actions[rng.Below(static_cast<std::uint32_t>(actions.size()))];
      const std::unique_ptr<State> before = state->Clone();
      state->Apply(action);
      if (action != 64) continue;
      ++passes;
      EXPECT_THAT(actions, ElementsAre(64));
      EXPECT_EQ(state->PositionHash(), before->PositionHash());
      EXPECT_NE(state->InputKey(), before->InputKey());
      EXPECT_FALSE(state->IsTerminal()) << "the other player must have a move after a pass";
      EXPECT_EQ(state->ToMove(), Opponent(before->ToMove()));
    }
  }
  EXPECT_GT(passes, 10);
}

TEST(Othello, MoreDiscsWin) {
  const Game& game = Make("othello");
  Rng rng(8, RngRole::kTest);
  std::set<double> results;
  for (int i = 0; i < 200; ++i) {
    const std::unique_ptr<State> state = game.NewState();
    while (!state->IsTerminal()) {
      const std::vector<Action> actions = LegalActions(*state);
      state->Apply(actions[rng.Below(static_cast<std::uint32_t>(actions.size()))]);
    }
    std::vector<Cell> board(64);
    state->Board(board);
    const auto first = std::count(board.begin(), board.end(), Cell::kFirst);
    const auto second = std::count(board.begin(), board.end(), Cell::kSecond);
    const double expected = first > second ? 1.0 : first < second ? -1.0 : 0.0;
    EXPECT_EQ(state->Return(Player::kFirst), expected) << state->Text();
    results.insert(expected);
  }
  EXPECT_GE(results.size(), 2U);
}

// --- Gomoku ---

TEST(Gomoku, SolvedBoardsHaveTheirValues) {
  const json golden = GoldenPart("mnk");
  for (const json& board : golden.at("boards")) {
    const std::string id = StrCat("gomoku:rows=", board.at("rows"),
                                  ",columns=", board.at("columns"), ",k=", board.at("k"));
    std::map<Key, int> memory;
    EXPECT_EQ(Solve(*Make(id).NewState(), memory), board.at("value")) << id;
  }
}

TEST(Gomoku, ThreeByThreeIsTicTacToe) {
  const auto start = Make("gomoku:size=3,k=3").NewState();
  const json counts = GoldenPart("tic_tac_toe").at("perft");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(Perft(*start, static_cast<int>(i) + 1), counts[i]);
  }
}

TEST(Gomoku, FiveInEachDirectionWin) {
  const Game& game = Make("gomoku:size=9");
  for (const char* moves : {"A1 A9 B1 B9 C1 C9 D1 D9 E1",     // row
                            "I1 A9 I2 B9 I3 C9 I4 D9 I5",     // column
                            "E5 A9 F6 B9 G7 C9 H8 D9 I9",     // falling diagonal
                            "I1 A9 H2 B9 G3 C9 F4 D9 E5"}) {  // rising diagonal
    const auto state = Play(game, moves);
    EXPECT_TRUE(state->IsTerminal()) << state->Text();
    EXPECT_EQ(state->Return(Player::kFirst), 1.0) << state->Text();
  }
}

TEST(Gomoku, SixInARowWinToo) {
  const auto state = Play(Make("gomoku:size=9"), "A1 A9 B1 B9 C1 C9 E1 D9 F1 E8 D1");
  EXPECT_TRUE(state->IsTerminal()) << state->Text();
  EXPECT_EQ(state->Return(Player::kFirst), 1.0);
}

TEST(Gomoku, LinesDoNotWrapFromRowToRow) {
  const auto state = Play(Make("gomoku:size=9"), "G1 A9 H1 B9 I1 C9 A2 D9 B2");
  EXPECT_FALSE(state->IsTerminal()) << state->Text();
}

TEST(Gomoku, DefaultIsFiveOnFifteen) {
  EXPECT_EQ(Make("gomoku").spec().id, "gomoku:size=15,k=5");
  EXPECT_EQ(Make("gomoku:size=4").spec().id, "gomoku:size=4,k=4");
}

// --- Hex ---

TEST(Hex, WinningOpeningsMatchExactSearch) {
  const json golden = GoldenPart("hex").at("winning_openings");
  for (const auto& [size, rows] : golden.items()) {
    const Game& game = Make("hex:size=" + size);
    std::map<Key, int> memory;
    std::vector<std::string> found;
    for (int row = 0; row < game.spec().shape.rows; ++row) {
      found.emplace_back();
      for (int column = 0; column < game.spec().shape.columns; ++column) {
        const std::unique_ptr<State> state = game.NewState();
        state->Apply(row * game.spec().shape.columns + column);
        const bool wins = state->IsTerminal() || Solve(*state, memory) == -1;
        found.back() += wins ? 'W' : '.';
      }
    }
    EXPECT_EQ(json(found), rows) << "size " << size;
  }
}

// On a full board exactly one side connects. The players may fill it in any order: the winner's
// chain is there at the end and the loser's never is.
TEST(Hex, FullBoardsHaveOneWinner) {
  const json golden = GoldenPart("hex").at("full_boards");
  for (const auto& [size, counts] : golden.items()) {
    const Game& game = Make("hex:size=" + size);
    const int points = game.spec().num_actions;
    int boards = 0;
    int first_wins = 0;
    for (unsigned mask = 0; mask < 1U << points; ++mask) {
      if (__builtin_popcount(mask) != (points + 1) / 2) continue;
      ++boards;
      std::vector<Action> stones[2];
      for (Action point = points - 1; point >= 0; --point) {
        stones[(mask >> point & 1U) != 0 ? 0 : 1].push_back(point);
      }
      const std::unique_ptr<State> state = game.NewState();
      while (!state->IsTerminal()) {
        std::vector<Action>& own = stones[Index(state->ToMove())];
        state->Apply(own.back());
        own.pop_back();
      }
      EXPECT_NE(state->Return(Player::kFirst), 0.0);
      if (state->Return(Player::kFirst) > 0.0) ++first_wins;
    }
    EXPECT_EQ(boards, counts.at("boards"));
    EXPECT_EQ(first_wins, counts.at("X_wins")) << "size " << size;
  }
}

TEST(Hex, ChainsFollowTheSixNeighbours) {
  const Game& game = Make("hex:size=3");
  // C1-B2-A3 leans to the left, each stone below and left of the one before: connected.
  EXPECT_TRUE(Play(game, "C1 A1 B2 B1 A3")->IsTerminal());
  // A1-B2-C3 leans to the right: not connected.
  EXPECT_FALSE(Play(game, "A1 A2 B2 A3 C3")->IsTerminal());
}

TEST(Hex, LateJoinOfTwoChainsWins) {
  // X holds row 1-2 and row 4-5 of column C; C3 joins both edges at once.
  const auto state = Play(Make("hex:size=5"), "C1 A1 C2 A2 C5 E4 C4 E5 C3");
  EXPECT_TRUE(state->IsTerminal()) << state->Text();
  EXPECT_EQ(state->Return(Player::kFirst), 1.0);
}

TEST(Hex, SecondPlayerJoinsLeftToRight) {
  const auto state = Play(Make("hex:size=3"), "A1 A2 B1 B2 A3 C2");
  EXPECT_TRUE(state->IsTerminal()) << state->Text();
  EXPECT_EQ(state->Return(Player::kSecond), 1.0);
  EXPECT_EQ(state->Reward(), 1.0);
}

// --- Ids ---

TEST(GameIds, BadOptionsSayWhatIsWanted) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"hex:size=0", "size=0, wanted a whole number from 1 to 19"},
      {"hex:size=26", "size=26, wanted a whole number from 1 to 19"},
      {"gomoku:size=2", "size=2, wanted a whole number from 3 to 19"},
      {"gomoku:size=4,k=5", "k=5, wanted a whole number from 2 to 4"},
      {"gomoku:size=nine", "size=nine, wanted a whole number"},
      {"gomoku:siez=9", "did you mean 'size'"},
      {"gomoku:size", "wanted key=value"},
      {"gomoku:size=9,size=9", "given twice"},
      {"othello:size=8", "unknown option 'size' (it has none)"},
      {"otello", "did you mean 'othello'"},
  };
  for (const auto& [id, message] : cases) {
    const auto made = MakeGame(id);
    ASSERT_FALSE(made.ok()) << id;
    EXPECT_THAT(made.error(), HasSubstr(message));
  }
}

}  // namespace
}  // namespace tengen

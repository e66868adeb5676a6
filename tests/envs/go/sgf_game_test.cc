#include "envs/go/sgf_game.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/go_game.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

SgfTree Tree(std::string_view text) { return ParseSgf(text).value().front(); }

SgfReplay Replay(std::string_view text, int moves = kAllSgfMoves) {
  const SgfTree tree = Tree(text);
  return ReplaySgf(tree, tree.MainLine(), moves).value();
}

TEST(SgfGame, ReplaysCaptures) {
  const SgfReplay replay = Replay("(;SZ[5];B[ba];W[aa];B[ab])");
  EXPECT_EQ(replay.position.board.Text(), ".X...\nX....\n.....\n.....\n.....\n");
  EXPECT_EQ(replay.position.removed[1], 1);
  EXPECT_EQ(replay.position.removed[0], 0);
  EXPECT_EQ(replay.moves, 3);
  EXPECT_EQ(replay.position.to_move, Player::kSecond);
}

TEST(SgfGame, StopsAfterTheAskedMove) {
  const char* game = "(;SZ[5];B[ba];W[aa];B[ab])";
  EXPECT_EQ(Replay(game, 2).position.board.Text(), "OX...\n.....\n.....\n.....\n.....\n");
  EXPECT_EQ(Replay(game, 0).moves, 0);
}

TEST(SgfGame, HandicapStonesLetWhiteBeginInTheFirstOrSecondNode) {
  for (const char* game : {"(;SZ[9]HA[2]AB[cc][gg];W[ee])", "(;SZ[9]HA[2];AB[cc][gg];W[ee])"}) {
    EXPECT_EQ(Replay(game, 0).position.to_move, Player::kSecond) << game;
    EXPECT_EQ(Replay(game).moves, 1) << game;
    EXPECT_EQ(Replay(game).position.to_move, Player::kFirst) << game;
  }
}

TEST(SgfGame, SetupAddsReplacesAndTakesStones) {
  const SgfReplay replay = Replay("(;SZ[3]AB[aa:ba]AE[];W[cc];AE[aa]AW[ba]PL[W])");
  EXPECT_EQ(replay.position.board.Text(), ".O.\n...\n..O\n");
  EXPECT_EQ(replay.position.to_move, Player::kSecond);
  EXPECT_EQ(replay.position.diagram, (std::vector<std::string>{".O.", "...", "..O"}));
  EXPECT_TRUE(replay.position.moves.empty()) << "history begins at the setup";
}

TEST(SgfGame, PlayersMayMoveTwiceInARow) {
  EXPECT_EQ(Replay("(;SZ[3];B[aa];B[bb];B[cc])").position.board.Text(), "X..\n.X.\n..X\n");
}

TEST(SgfGame, PassesCountAsMoves) {
  const SgfReplay replay = Replay("(;SZ[19];B[pd];W[tt];B[])");
  EXPECT_EQ(replay.moves, 3);
  EXPECT_EQ(replay.position.moves[1].action, 361);
}

void ExpectProblem(std::string_view text, SgfProblemKind kind, int move) {
  const SgfReplay replay = Replay(text);
  ASSERT_TRUE(replay.problem.has_value()) << text;
  EXPECT_EQ(replay.problem->kind, kind) << text;
  EXPECT_EQ(replay.problem->move_number, move) << text;
  EXPECT_EQ(replay.moves, move - 1) << "the position stands before the problem";
}

TEST(SgfGame, ReportsTheFirstProblemWithItsMove) {
  ExpectProblem("(;SZ[5];B[aa];W[aa])", SgfProblemKind::kOccupied, 2);
  ExpectProblem("(;SZ[5];B[ba];W[ee];B[ab];W[aa])", SgfProblemKind::kSuicide, 4);
  ExpectProblem("(;SZ[5];B[ff])", SgfProblemKind::kPoint, 1);
  // White takes at ba, Black retakes at ca at once.
  //   . X O .      . W . O
  //   X O . O  ->  ...
  ExpectProblem("(;SZ[5];B[ba];W[ca];B[ab];W[bb];B[ee];W[aa];B[ba])", SgfProblemKind::kKo, 7);
}

TEST(SgfGame, SetupWithoutLibertiesIsAProblem) {
  const SgfReplay replay = Replay("(;SZ[3]AB[aa]AW[ba][ab])");
  ASSERT_TRUE(replay.problem.has_value());
  EXPECT_EQ(replay.problem->kind, SgfProblemKind::kSetup);
  EXPECT_THAT(replay.problem->message, HasSubstr("without liberties"));
}

TEST(SgfGame, ReadsTheFactsOfTheRoot) {
  const auto info =
      ReadSgfGameInfo(Tree("(;SZ[9:7]KM[5.5]HA[3]PB[a\\]b]PW[w]RU[Chinese]RE[B+R])")).value();
  EXPECT_EQ(info.shape, (BoardShape{7, 9}));
  EXPECT_EQ(info.half_komi, 11);
  EXPECT_EQ(info.handicap, 3);
  EXPECT_EQ(info.black, "a]b");
  EXPECT_EQ(info.rules, "Chinese");
  EXPECT_EQ(info.result, "B+R");
}

TEST(SgfGame, KomiOfManyPrograms) {
  EXPECT_EQ(ParseSgfKomi("6.50"), 13);
  EXPECT_EQ(ParseSgfKomi("-0.5"), -1);
  EXPECT_EQ(ParseSgfKomi("5,5 points"), 11);
  EXPECT_EQ(ParseSgfKomi("650"), 13);
  EXPECT_EQ(ParseSgfKomi("375"), 15);
  EXPECT_EQ(ParseSgfKomi("3.25"), 13);
  EXPECT_EQ(ParseSgfKomi("0"), 0);
  EXPECT_EQ(ParseSgfKomi(""), std::nullopt);
  EXPECT_EQ(ParseSgfKomi("nan"), std::nullopt);
  EXPECT_EQ(ParseSgfKomi("1e300"), std::nullopt);
}

TEST(SgfGame, WrongSizesAndOtherGamesAreErrors) {
  for (const char* text : {"(;SZ[0])", "(;SZ[53])", "(;SZ[x])", "(;SZ[9:])", "(;SZ[-1])"}) {
    EXPECT_THAT(ReadSgfGameInfo(Tree(text)).error(), HasSubstr("board size")) << text;
  }
  EXPECT_THAT(ReadSgfGameInfo(Tree("(;GM[2])")).error(), HasSubstr("wanted 1 (Go)"));
  const SgfTree large = Tree("(;SZ[21];B[tt];W[];B[uu])");
  EXPECT_THAT(ReplaySgf(large, large.MainLine()).error(), HasSubstr("at most 19x19"));
}

TEST(SgfGame, MovesSinceTheSetupMakeAGame) {
  const SgfReplay replay = Replay("(;SZ[5]AB[bb]AW[cc]PL[W];W[dd];B[ee])");
  GoSetup setup;
  setup.shape = {5, 5};
  setup.diagram = replay.position.diagram;
  setup.to_move = replay.position.first_to_move;
  const auto game = GoGame::Make(setup).value();
  const auto state = game->NewState();
  for (const SgfMove& move : replay.position.moves) state->Apply(move.action);
  EXPECT_EQ(static_cast<const GoState&>(*state).board().hash(), replay.position.board.hash());
}

}  // namespace
}  // namespace tengen

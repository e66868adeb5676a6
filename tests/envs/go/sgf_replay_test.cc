#include "envs/go/sgf_replay.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/go_game.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

SgfTree Tree(std::string_view text) { return ParseSgf(text).value().front(); }

SgfReplay Replay(const SgfTree& tree, int moves = kAllSgfMoves) {
  return ReplaySgf(tree, tree.MainLine(), moves).value();
}
SgfReplay Replay(std::string_view text, int moves = kAllSgfMoves) {
  return Replay(Tree(text), moves);
}

SgfTree Record(const std::string& name) {
  std::ifstream file(Golden("records/" + name), std::ios::binary);
  return Tree(std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST(SgfReplay, Captures) {
  const SgfReplay replay = Replay("(;SZ[5];B[ba];W[aa];B[ab])");
  EXPECT_EQ(replay.position.board.Text(), ".X...\nX....\n.....\n.....\n.....\n");
  EXPECT_EQ(replay.position.removed[1], 1);
  EXPECT_EQ(replay.position.removed[0], 0);
  EXPECT_EQ(replay.moves, 3);
  EXPECT_EQ(replay.position.to_move, Player::kSecond);
  EXPECT_THAT(replay.notes, IsEmpty());
}

TEST(SgfReplay, StopsAfterTheAskedMove) {
  const char* game = "(;SZ[5];B[ba];W[aa];B[ab])";
  EXPECT_EQ(Replay(game, 2).position.board.Text(), "OX...\n.....\n.....\n.....\n.....\n");
  EXPECT_EQ(Replay(game, 0).moves, 0);
}

TEST(SgfReplay, HandicapStonesLetWhiteBeginInTheFirstOrSecondNode) {
  for (const char* game : {"(;SZ[9]HA[2]AB[cc][gg];W[ee])", "(;SZ[9]HA[2];AB[cc][gg];W[ee])"}) {
    EXPECT_EQ(Replay(game, 0).position.to_move, Player::kSecond) << game;
    EXPECT_EQ(Replay(game).moves, 1) << game;
    EXPECT_EQ(Replay(game).position.to_move, Player::kFirst) << game;
  }
}

TEST(SgfReplay, ThePlayerToMoveIsPLElseTheNextMovesColour) {
  for (const char* name : {"branches_w_first.sgf", "pl_word.sgf", "ab_no_ha.sgf"}) {
    EXPECT_EQ(Replay(Record(name), 0).position.to_move, Player::kSecond) << name;
  }
  const auto to_move = [](const char* text, int moves) {
    return Replay(text, moves).position.to_move;
  };
  for (const char* turn : {"white", "W", "w", "2", " White ", "WHITE"}) {
    EXPECT_EQ(to_move(StrCat("(;SZ[9]PL[", turn, "])").c_str(), 0), Player::kSecond) << turn;
    EXPECT_EQ(to_move(StrCat("(;SZ[9]PL[", turn, "];B[ee])").c_str(), 0), Player::kSecond) << turn;
  }
  EXPECT_EQ(to_move("(;SZ[9]AW[ee]PL[1];W[cc])", 0), Player::kFirst);
  EXPECT_EQ(to_move("(;SZ[9]PL[?];W[cc])", 0), Player::kSecond) << "no player";
  EXPECT_EQ(to_move("(;SZ[9];W[ee])", 0), Player::kSecond);
  EXPECT_EQ(to_move("(;SZ[9];B[ee];B[cc];W[dd])", 1), Player::kFirst) << "Black again";
  EXPECT_EQ(to_move("(;SZ[9];B[ee];B[cc];W[dd])", 2), Player::kSecond);
  EXPECT_EQ(to_move("(;SZ[9];B[ee];PL[B]C[again];W[cc])", 1), Player::kFirst) << "PL on the way";
  EXPECT_EQ(to_move("(;SZ[9];B[ee]PL[W];W[cc])", 1), Player::kSecond);
  EXPECT_EQ(to_move("(;SZ[9];B[ee]PL[B])", 1), Player::kSecond) << "said of the move itself";
  EXPECT_EQ(to_move("(;SZ[9];W[ee]PL[W])", 1), Player::kFirst);
  EXPECT_EQ(to_move("(;SZ[9]AB[cc])", 0), Player::kSecond) << "Black's stones alone";
  EXPECT_EQ(to_move("(;SZ[9]AB[cc]AW[dd])", 0), Player::kFirst);
  EXPECT_EQ(to_move("(;SZ[9])", 0), Player::kFirst);
}

TEST(SgfReplay, SetupAddsReplacesAndTakesStones) {
  const SgfReplay replay = Replay("(;SZ[3]AB[aa:ba]AE[];W[cc];AE[aa]AW[ba]PL[W])");
  EXPECT_EQ(replay.position.board.Text(), ".O.\n...\n..O\n");
  EXPECT_EQ(replay.position.to_move, Player::kSecond);
  EXPECT_EQ(replay.position.diagram, (std::vector<std::string>{".O.", "...", "..O"}));
  EXPECT_TRUE(replay.position.moves.empty()) << "history begins at the setup";
}

TEST(SgfReplay, PlayersMayMoveTwiceInARow) {
  EXPECT_EQ(Replay("(;SZ[3];B[aa];B[bb];B[cc])").position.board.Text(), "X..\n.X.\n..X\n");
}

TEST(SgfReplay, PassesCountAsMoves) {
  const SgfReplay replay = Replay("(;SZ[19];B[pd];W[tt];B[])");
  EXPECT_EQ(replay.moves, 3);
  EXPECT_EQ(replay.position.moves[1].action, 361);
}

TEST(SgfReplay, AStoneOnAStoneTakesItsPlace) {
  const SgfReplay replay = Replay(Record("onto_stone.sgf"));
  EXPECT_FALSE(replay.problem.has_value());
  EXPECT_EQ(replay.moves, 5);
  EXPECT_EQ(replay.position.board.Rows()[4], "..O.O....");
  EXPECT_EQ(replay.position.removed, (std::array<int, 2>{0, 0})) << "nobody took it";
  ASSERT_THAT(replay.notes, SizeIs(1));
  EXPECT_EQ(replay.notes[0].kind, SgfProblemKind::kOccupied);
  EXPECT_EQ(replay.notes[0].move_number, 4);
  EXPECT_THAT(replay.notes[0].message, HasSubstr("move 4"));
  // The new stone takes what it leaves without liberties, prisoners of before are kept.
  const SgfReplay taking = Replay("(;SZ[3];B[ba];W[aa];B[ab];W[bb];B[aa];W[ca];B[];W[ab])");
  EXPECT_EQ(taking.position.board.Text(), "..O\nOO.\n...\n") << "aa and ba keep no liberty";
  EXPECT_EQ(taking.position.removed, (std::array<int, 2>{2, 1}));
}

TEST(SgfReplay, SuicideIsExecutedAndANoteWhereTheRulesForbidIt) {
  const SgfTree allowed = Record("suicide_nz.sgf");
  const SgfReplay replay = Replay(allowed);
  EXPECT_EQ(replay.moves, 7);
  EXPECT_EQ(replay.position.board.Text(), ".X...\n.X...\nX....\n...X.\n.....\n");
  EXPECT_EQ(replay.position.removed[1], 2);
  EXPECT_THAT(replay.notes, IsEmpty()) << "New Zealand's rules allow it for two stones";
  for (const char* rules : {"RU[Chinese]", "", "RU[Japanese]"}) {
    const SgfReplay forbidden =
        Replay(StrCat("(;SZ[5]", rules, ";B[ba];W[aa];B[bb];W[];B[ac];W[ab];B[dd])"));
    EXPECT_EQ(forbidden.position.board.hash(), replay.position.board.hash());
    ASSERT_THAT(forbidden.notes, SizeIs(1)) << rules;
    EXPECT_EQ(forbidden.notes[0].kind, SgfProblemKind::kSuicide);
    EXPECT_EQ(forbidden.notes[0].move_number, 6);
  }
  // A single stone: forbidden everywhere, gone at once.
  const SgfReplay single = Replay("(;SZ[5]RU[NZ];B[ba];W[ee];B[ab];W[aa];B[cc])");
  EXPECT_EQ(single.position.board.Text(), ".X...\nX....\n..X..\n.....\n....O\n");
  EXPECT_EQ(single.position.removed[1], 1);
  ASSERT_THAT(single.notes, SizeIs(1));
  EXPECT_EQ(single.notes[0].move_number, 4);
}

TEST(SgfReplay, AKoIsRetaken) {
  //   . X O .      O . O      White takes at aa, Black retakes at ba at once.
  //   X O . .  ->  X O .
  const SgfReplay replay = Replay("(;SZ[5];B[ba];W[ca];B[ab];W[bb];B[ee];W[aa];B[ba];W[dd])");
  EXPECT_EQ(replay.moves, 8);
  ASSERT_THAT(replay.notes, SizeIs(1));
  EXPECT_EQ(replay.notes[0].kind, SgfProblemKind::kKo);
  EXPECT_EQ(replay.notes[0].move_number, 7);
  EXPECT_EQ(replay.position.board.Rows()[0], ".XO..");
  EXPECT_EQ(replay.position.removed, (std::array<int, 2>{1, 1}));
}

TEST(SgfReplay, SuperkoIsANoteUnderRulesThatKnowIt) {
  // White sends two stones and returns one: the board is the one at the start again.
  const char* moves = "AB[ad][bd]AW[cd][de][be]PL[W];W[ae];B[ce];W[be];B[aa])";
  EXPECT_THAT(Replay(StrCat("(;SZ[5]", moves)).notes, IsEmpty());
  EXPECT_THAT(Replay(StrCat("(;SZ[5]RU[Japanese]", moves)).notes, IsEmpty());
  const SgfReplay replay = Replay(StrCat("(;SZ[5]RU[Tromp-Taylor]", moves));
  ASSERT_THAT(replay.notes, SizeIs(1));
  EXPECT_EQ(replay.notes[0].kind, SgfProblemKind::kSuperko);
  EXPECT_EQ(replay.notes[0].move_number, 3);
  EXPECT_EQ(replay.moves, 4);
}

TEST(SgfReplay, PointsOffTheBoardEndIt) {
  const SgfReplay replay = Replay("(;SZ[5];B[aa];W[ff];B[bb])");
  ASSERT_TRUE(replay.problem.has_value());
  EXPECT_EQ(replay.problem->kind, SgfProblemKind::kPoint);
  EXPECT_EQ(replay.problem->move_number, 2);
  EXPECT_EQ(replay.moves, 1) << "the position stands before it";
  EXPECT_FALSE(Replay("(;SZ[5];B[aa];W[ff];B[bb])", 1).problem.has_value());
}

TEST(SgfReplay, SetupWithoutLibertiesIsAProblem) {
  const SgfReplay replay = Replay("(;SZ[3]AB[aa]AW[ba][ab])");
  ASSERT_TRUE(replay.problem.has_value());
  EXPECT_EQ(replay.problem->kind, SgfProblemKind::kSetup);
  EXPECT_THAT(replay.problem->message, HasSubstr("without liberties"));
  const SgfReplay later = Replay("(;SZ[3];B[aa];AW[ba][ab];B[cc])");
  ASSERT_TRUE(later.problem.has_value());
  EXPECT_EQ(later.problem->move_number, 1);
  EXPECT_EQ(later.moves, 1);
  EXPECT_EQ(later.position.board.Rows()[0], "X..") << "the position stands before it";
}

TEST(SgfReplay, WhatOneSetupLeavesWithoutLibertiesTheNextMayMend) {
  const SgfReplay replay = Replay("(;SZ[9];B[ab];W[ee];B[ba];W[ff];AW[aa];AE[ab];W[gg])");
  EXPECT_FALSE(replay.problem.has_value());
  EXPECT_EQ(replay.moves, 5);
  EXPECT_EQ(replay.position.board.Rows()[0], "OX.......");
}

TEST(SgfReplay, BoardsBeyond19AreErrors) {
  const SgfTree large = Tree("(;SZ[21];B[tt];W[];B[uu])");
  EXPECT_THAT(ReplaySgf(large, large.MainLine()).error(), HasSubstr("at most 19x19"));
}

TEST(SgfReplay, MovesSinceTheSetupMakeAGame) {
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

#include "envs/go/board.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

using Diagram = std::vector<std::string>;

// A board with the stones of a diagram.
GoBoard Draw(const Diagram& rows) {
  GoBoard board({static_cast<int>(rows.size()), static_cast<int>(rows[0].size())});
  for (int row = 0; row < board.shape().rows; ++row) {
    for (int column = 0; column < board.shape().columns; ++column) {
      const char stone = rows[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)];
      if (stone == '.') continue;
      board.Play(board.PointAt(row, column), stone == 'X' ? Player::kFirst : Player::kSecond);
    }
  }
  TENGEN_CHECK(board.removed(Player::kFirst) + board.removed(Player::kSecond) == 0,
               "diagram with a chain that has no liberty");
  return board;
}

std::string Join(const Diagram& rows) {
  std::string text;
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

std::vector<Point> ChainStones(const GoBoard& board, Point p) {
  std::vector<Point> stones;
  Point stone = p;
  do {
    stones.push_back(stone);
    stone = board.NextStone(stone);
  } while (stone != p);
  std::sort(stones.begin(), stones.end());
  return stones;
}

TEST(GoBoardTest, LoneStonesHaveAsManyLibertiesAsNeighbours) {
  const GoBoard board = Draw({"X..", "...", ".XX"});
  EXPECT_EQ(board.Liberties(board.PointAt(0, 0)), 2);
  EXPECT_EQ(board.Liberties(board.PointAt(2, 1)), 3);
  EXPECT_EQ(board.Liberties(board.PointAt(2, 2)), 3);
}

TEST(GoBoardTest, ALibertySharedByTwoStonesOfAChainCountsOnce) {
  // A4, C4, A3, C3 (next to two stones of the chain), A2, D2, B1 and C1.
  const GoBoard board = Draw({".X..", ".X..", ".XX.", "...."});
  EXPECT_EQ(board.Liberties(board.PointAt(0, 1)), 8);
  EXPECT_EQ(board.ChainSize(board.PointAt(2, 2)), 4);
}

TEST(GoBoardTest, AStoneThatJoinsChainsCountsTheUnionOfTheirLiberties) {
  GoBoard board = Draw({".X.X.", "..O..", ".X...", "....."});
  board.Play(board.PointAt(0, 2), Player::kFirst);
  // B4 C4 D4 as one chain: A4, E4, B3, D3.
  EXPECT_EQ(board.Liberties(board.PointAt(0, 1)), 4);
  board.Play(board.PointAt(1, 1), Player::kFirst);
  // B3 and B2 join them: A4, E4, D3, A3, A2, C2, B1.
  EXPECT_EQ(board.Liberties(board.PointAt(2, 1)), 7);
  EXPECT_EQ(board.ChainSize(board.PointAt(2, 1)), 5);
}

TEST(GoBoardTest, AClosingRingIsOneChainWithItsInnerLibertyOnce) {
  const GoBoard board = Draw({"XXX", "X.X", "XXX"});
  EXPECT_EQ(board.Liberties(board.PointAt(2, 2)), 1);
  EXPECT_EQ(board.ChainSize(board.PointAt(0, 0)), 8);
}

TEST(GoBoardTest, NextStoneRunsThroughTheWholeChainOnce) {
  const GoBoard board = Draw({"XX.", ".XX", "O.X"});
  const std::vector<Point> stones = {board.PointAt(0, 0), board.PointAt(0, 1), board.PointAt(1, 1),
                                     board.PointAt(1, 2), board.PointAt(2, 2)};
  EXPECT_EQ(ChainStones(board, board.PointAt(1, 2)), stones);
  for (const Point p : stones) EXPECT_EQ(board.Head(p), board.Head(stones[0]));
}

TEST(GoBoardTest, AChainIsTakenWhenItsLastLibertyIsFilled) {
  GoBoard board = Draw({".XX.", "XOO.", ".XX."});
  EXPECT_EQ(board.Liberties(board.PointAt(1, 1)), 1);
  EXPECT_EQ(board.Play(board.PointAt(1, 3), Player::kFirst), 2);
  EXPECT_EQ(board.Text(), Join({".XX.", "X..X", ".XX."}));
  EXPECT_EQ(board.removed(Player::kSecond), 2);
  EXPECT_EQ(board.removed(Player::kFirst), 0);
}

TEST(GoBoardTest, OnePlayTakesTwoChainsAtOnce) {
  GoBoard board = Draw({"XO.OX", ".XXX."});
  EXPECT_EQ(board.Play(board.PointAt(0, 2), Player::kFirst), 2);
  EXPECT_EQ(board.Text(), Join({"X.X.X", ".XXX."}));
}

TEST(GoBoardTest, ACaptureGivesLibertiesBackToTheStonesAround) {
  GoBoard board = Draw({"OOX", ".XX"});
  EXPECT_EQ(board.Liberties(board.PointAt(0, 2)), 1);
  EXPECT_EQ(board.Play(board.PointAt(1, 0), Player::kFirst), 2);
  // A2 and B2 are empty now, and all Black stones one chain.
  EXPECT_EQ(board.Liberties(board.PointAt(0, 2)), 2);
}

TEST(GoBoardTest, SuicideTakesOffTheWholeOwnChain) {
  GoBoard board = Draw({"X.O", "OO."});
  EXPECT_EQ(board.Classify(board.PointAt(0, 1), Player::kFirst), GoBoard::PlayKind::kMultiSuicide);
  EXPECT_EQ(board.Play(board.PointAt(0, 1), Player::kFirst), 2);
  EXPECT_EQ(board.Text(), Join({"..O", "OO."}));
  EXPECT_EQ(board.removed(Player::kFirst), 2);
}

TEST(GoBoardTest, ClassifySeesCapturesBeforeSuicide) {
  const GoBoard board = Draw({".OX", "OX.", "X.."});
  EXPECT_EQ(board.Classify(board.PointAt(0, 0), Player::kFirst), GoBoard::PlayKind::kNormal);
  const GoBoard closed = Draw({".O.", "O..", "..."});
  EXPECT_EQ(closed.Classify(closed.PointAt(0, 0), Player::kFirst),
            GoBoard::PlayKind::kSingleSuicide);
}

TEST(GoBoardTest, TheKoPointIsSetByALoneCaptureAndClearedByTheNextTurn) {
  const Diagram ko = {".XO.", "X.XO", ".XO."};
  GoBoard board = Draw(ko);
  EXPECT_EQ(board.ko_point(), kNoPoint);
  EXPECT_EQ(board.Play(board.PointAt(1, 1), Player::kSecond), 1);
  EXPECT_EQ(board.ko_point(), board.PointAt(1, 2));
  GoBoard passed = board;
  passed.Pass();
  EXPECT_EQ(passed.ko_point(), kNoPoint);
  board.Play(board.PointAt(0, 0), Player::kFirst);
  EXPECT_EQ(board.ko_point(), kNoPoint);
}

TEST(GoBoardTest, TakingTwoStonesIsNoKo) {
  GoBoard board = Draw({".XX.", "XOO.", ".XX."});
  EXPECT_EQ(board.Play(board.PointAt(1, 3), Player::kFirst), 2);
  EXPECT_EQ(board.ko_point(), kNoPoint);
}

TEST(GoBoardTest, EyesNeedTheirDiagonals) {
  // One diagonal may be the opponent's in the middle, none at the edge.
  const GoBoard board = Draw({"...O.", ".XXO.", ".X.X.", ".XXX.", "....."});
  EXPECT_TRUE(board.IsEyeLike(board.PointAt(2, 2), Player::kFirst));
  EXPECT_FALSE(board.IsEyeLike(board.PointAt(2, 2), Player::kSecond));
  const GoBoard two = Draw({"...O.", ".XXO.", ".X.X.", "OOXX.", "....."});
  EXPECT_FALSE(two.IsEyeLike(two.PointAt(2, 2), Player::kFirst));
  const GoBoard corner = Draw({".X.", "XO.", "..."});
  EXPECT_FALSE(corner.IsEyeLike(corner.PointAt(0, 0), Player::kFirst));
  const GoBoard good_corner = Draw({".X.", "XX.", "..."});
  EXPECT_TRUE(good_corner.IsEyeLike(good_corner.PointAt(0, 0), Player::kFirst));
}

TEST(GoBoardTest, TheHashDependsOnTheStonesAlone) {
  GoBoard one({3, 3});
  EXPECT_EQ(one.hash(), 0U);
  one.Play(one.PointAt(0, 0), Player::kFirst);
  one.Play(one.PointAt(2, 2), Player::kSecond);
  GoBoard other({3, 3});
  other.Play(other.PointAt(2, 2), Player::kSecond);
  other.Play(other.PointAt(0, 0), Player::kFirst);
  EXPECT_EQ(one.hash(), other.hash());
  other.Play(other.PointAt(1, 1), Player::kFirst);
  EXPECT_NE(one.hash(), other.hash());
}

TEST(GoBoardTest, ACaptureRestoresTheHashOfTheStonesLeft) {
  GoBoard board = Draw({".X.", "XO.", ".X."});
  board.Play(board.PointAt(1, 2), Player::kFirst);
  EXPECT_EQ(board.hash(), Draw({".X.", "X.X", ".X."}).hash());
}

TEST(GoBoardTest, HashAfterCountsAChainThatTouchesThePointTwiceOnce) {
  GoBoard board = Draw({"XXXX", "XOOX", "XO.X", "XXXX"});
  const Point p = board.PointAt(2, 2);
  const std::uint64_t predicted =
      board.HashAfter(p, Player::kFirst, board.Classify(p, Player::kFirst));
  board.Play(p, Player::kFirst);
  EXPECT_EQ(board.Text(), Join({"XXXX", "X..X", "X.XX", "XXXX"}));
  EXPECT_EQ(predicted, board.hash());
}

TEST(GoBoardTest, EverHeldRemembersStonesThatWereTaken) {
  GoBoard board = Draw({"O.", "XX"});
  board.Play(board.PointAt(0, 1), Player::kFirst);
  const Point p = board.PointAt(0, 0);
  EXPECT_EQ(board.At(p), Cell::kEmpty);
  EXPECT_TRUE(board.EverHeld(p, Player::kSecond));
  EXPECT_FALSE(board.EverHeld(p, Player::kFirst));
}

TEST(GoBoardTest, EmptyPointsAreThoseWithoutStones) {
  GoBoard board = Draw({"O.X", "XX."});
  board.Play(board.PointAt(0, 1), Player::kFirst);
  const auto listed = board.empty_points();
  EXPECT_EQ(std::multiset<int>(listed.begin(), listed.end()),
            (std::multiset<int>{board.PointAt(0, 0), board.PointAt(1, 2)}));
}

TEST(GoBoardTest, NeighbourCountsTreatTheEdgeAsAWall) {
  const GoBoard board = Draw({"X.", ".O"});
  const Point corner = board.PointAt(0, 1);
  EXPECT_EQ(board.EmptyNeighbours(corner), 0);
  EXPECT_EQ(board.WallNeighbours(corner, Player::kFirst), 3);
  EXPECT_EQ(board.WallNeighbours(corner, Player::kSecond), 3);
  const GoBoard single({1, 1});
  EXPECT_EQ(single.EmptyNeighbours(single.PointAt(0, 0)), 0);
  EXPECT_EQ(single.WallNeighbours(single.PointAt(0, 0), Player::kFirst), 4);
}

TEST(GoBoardTest, RowsDoNotTouchAcrossTheSharedGuardColumn) {
  // The last point of the first row and the first of the second are neighbours in memory but one.
  const GoBoard board = Draw({"..X", "O.."});
  EXPECT_EQ(board.Liberties(board.PointAt(0, 2)), 2);
  EXPECT_EQ(board.Liberties(board.PointAt(1, 0)), 2);
}

TEST(GoBoardTest, ACopyIsIndependent) {
  const GoBoard original = Draw({"OX.", ".X."});
  GoBoard copy({19, 19});
  copy = original;
  copy.Play(copy.PointAt(1, 0), Player::kFirst);
  EXPECT_EQ(copy.Text(), Join({".X.", "XX."}));
  EXPECT_EQ(original.Text(), Join({"OX.", ".X."}));
}

TEST(GoBoardTest, ShapesOutOfRangeAreBugs) {
  EXPECT_THROW(GoBoard({0, 5}), BugError);
  EXPECT_THROW(GoBoard({5, 20}), BugError);
}

}  // namespace
}  // namespace tengen

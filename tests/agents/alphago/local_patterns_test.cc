#include "agents/alphago/local_patterns.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/go_diagram.h"

namespace tengen {
namespace {

using Rows = std::vector<std::string>;

Rows Turned(const Rows& rows) {
  Rows turned(rows[0].size(), std::string(rows.size(), '.'));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < rows[0].size(); ++c) turned[c][rows.size() - 1 - r] = rows[r][c];
  }
  return turned;
}

Rows Mirrored(Rows rows) {
  for (std::string& row : rows) std::reverse(row.begin(), row.end());
  return rows;
}

Rows Swapped(Rows rows) {
  for (std::string& row : rows) {
    for (char& c : row) c = c == 'X' ? 'O' : (c == 'O' ? 'X' : c);
  }
  return rows;
}

// Around the middle: above a white chain with 2 liberties (class 6), right a black one with 3 (4),
// below a black one with 2 (3), left empty (0); corners from the right top clockwise: empty, empty,
// white (3), black (2).
const Rows kMiddle = {"XO.", "..X", "OX."};

TEST(LocalPatterns, CodesHoldNeighboursWithLibertiesAndCorners) {
  const GoBoard board = DrawnBoard(kMiddle);
  EXPECT_EQ(PatternAt(board, board.PointAt(1, 1)),
            6U | 4U << 3 | 3U << 6 | 0U << 9 | 0U << 12 | 0U << 14 | 3U << 16 | 2U << 18);
  // Top and left of a corner, and the corners there, are off the board.
  const GoBoard empty({3, 3});
  EXPECT_EQ(PatternAt(empty, empty.PointAt(0, 0)), 1U | 1U << 9 | 1U << 12 | 1U << 16 | 1U << 18);
}

TEST(LocalPatterns, PlayersChangePlaces) {
  const GoBoard board = DrawnBoard(kMiddle);
  const GoBoard swapped = DrawnBoard(Swapped(kMiddle));
  const PatternCode code = PatternAt(board, board.PointAt(1, 1));
  EXPECT_EQ(SwapPlayers(code), PatternAt(swapped, swapped.PointAt(1, 1)));
  EXPECT_EQ(SwapPlayers(SwapPlayers(code)), code);
}

TEST(LocalPatterns, TurnedAndMirroredBoardsHaveTheSymmetricCodes) {
  const GoBoard start = DrawnBoard(kMiddle);
  const auto expected = Symmetric(PatternAt(start, start.PointAt(1, 1)));
  std::set<PatternCode> met;
  Rows rows = kMiddle;
  for (int i = 0; i < 4; ++i, rows = Turned(rows)) {
    for (const Rows& view : {rows, Mirrored(rows)}) {
      const GoBoard board = DrawnBoard(view);
      const PatternCode code = PatternAt(board, board.PointAt(1, 1));
      met.insert(code);
      EXPECT_EQ(Canonical(code), Canonical(expected[0]));
    }
  }
  EXPECT_EQ(met, std::set<PatternCode>(expected.begin(), expected.end()));
  EXPECT_EQ(met.size(), 8U);
}

TEST(LocalPatterns, ResponsesHoldTheTwelvePointsFromTheMoversView) {
  const GoBoard board = DrawnBoard({".....", ".....", "..XO.", ".....", "....."});
  // White answers: his stone (2) on place 2, and the last move has 3 liberties.
  const ResponseCode around = ResponseAround(board, board.PointAt(2, 2), Player::kSecond);
  EXPECT_EQ(around, 2U << 4 | 3U << 24);
  EXPECT_EQ(WithPlace(around, 8), 2U << 4 | 3U << 24 | 8U << 26);
}

TEST(LocalPatterns, PlacesBeyondASideAreNone) {
  const GoBoard board({5, 5});
  const Point corner = board.PointAt(0, 4);
  for (const int place : {0, 1, 2, 3, 7, 8, 9}) {
    EXPECT_EQ(ResponsePoint(board, corner, place), kNoPoint) << place;
  }
  EXPECT_EQ(ResponsePoint(board, corner, 4), board.PointAt(1, 4));
  EXPECT_EQ(ResponsePoint(board, corner, 10), board.PointAt(2, 4));
  EXPECT_EQ(ResponsePoint(board, corner, 11), board.PointAt(0, 2));
  // Two steps to the right of the last column but one would be the next row.
  EXPECT_EQ(ResponsePoint(board, board.PointAt(1, 3), 9), kNoPoint);
}

TEST(LocalPatterns, SymmetricAnswersAreOne) {
  Rows rows = {".....", "..O..", "..XO.", "...X.", "....."};
  std::set<ResponseCode> canonical;
  for (int i = 0; i < 4; ++i, rows = Turned(rows)) {
    for (const Rows& view : {rows, Mirrored(rows)}) {
      const GoBoard board = DrawnBoard(view);
      const ResponseCode around = ResponseAround(board, board.PointAt(2, 2), Player::kSecond);
      // The answer two points from the last move on the side opposite to the stone above it.
      for (int place = 8; place < kResponsePlaces; ++place) {
        const Point opposite = ResponsePoint(board, board.PointAt(2, 2), (place - 8 + 2) % 4 * 2);
        const Point beside = ResponsePoint(board, board.PointAt(2, 2), (place - 8 + 1) % 4 * 2);
        const Point other = ResponsePoint(board, board.PointAt(2, 2), (place - 8 + 3) % 4 * 2);
        if (board.At(opposite) == Cell::kSecond &&
            (board.At(beside) == Cell::kSecond || board.At(other) == Cell::kSecond)) {
          canonical.insert(CanonicalResponse(WithPlace(around, place)));
        }
      }
    }
  }
  // Below the upper stone and left of the right one, which has a black one beside it: two answers,
  // whatever the view.
  EXPECT_EQ(canonical.size(), 2U);
}

TEST(Tactics, CountsWhatIsTaken) {
  const GoBoard board = DrawnBoard({".XX.", "XOO.", ".XX.", "...."});
  const Tactics tactics = TacticsOf(board, board.PointAt(1, 3), Player::kFirst);
  EXPECT_EQ(tactics.taken, 2);
  EXPECT_EQ(tactics.extended, 0);
  EXPECT_EQ(tactics.self_atari, 0);
}

TEST(Tactics, CountsStonesThatGetOutOfAtari) {
  const GoBoard board = DrawnBoard({"OX..", ".O..", "....", "...."});
  const Tactics tactics = TacticsOf(board, board.PointAt(0, 2), Player::kFirst);
  EXPECT_EQ(tactics.extended, 1);
  EXPECT_EQ(tactics.self_atari, 0);
}

TEST(Tactics, SharedLibertiesCountOnce) {
  // Both black chains and the new stone between them have one liberty together, below it.
  const GoBoard board = DrawnBoard({"X.XO", "O.OO", "....", "...."});
  const Tactics tactics = TacticsOf(board, board.PointAt(0, 1), Player::kFirst);
  EXPECT_EQ(tactics.self_atari, 3);
  EXPECT_EQ(tactics.extended, 0);
  // With another liberty it gets the left stone out of atari.
  const GoBoard open = DrawnBoard({"X.X.", "O.OO", "....", "...."});
  EXPECT_EQ(TacticsOf(open, open.PointAt(0, 1), Player::kFirst).self_atari, 0);
  EXPECT_EQ(TacticsOf(open, open.PointAt(0, 1), Player::kFirst).extended, 1);
}

}  // namespace
}  // namespace tengen

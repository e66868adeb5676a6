#include "envs/go/ladders.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "tests/support/go_diagram.h"

namespace tengen {
namespace {

using Rows = std::vector<std::string>;

std::vector<Point> Working(const GoBoard& board, Point stone) {
  std::vector<Point> moves;
  for (const Point p : LadderReader().StartingMoves(board, stone)) {
    if (p != kNoPoint) moves.push_back(p);
  }
  return moves;
}

TEST(LadderTest, RunsAcrossTheBoardToTheEdge) {
  // The textbook ladder: O at C7 has the liberties D7 and C6. X at C6 drives it to the lower
  // right; X at D7 leaves it three liberties at C6.
  const GoBoard board = DrawnBoard({".........", "..XX.....", ".XO......", ".........", ".........",
                                    ".........", ".........", ".........", "........."});
  EXPECT_EQ(Working(board, board.PointAt(2, 2)), std::vector<Point>{board.PointAt(3, 2)});
}

TEST(LadderTest, AStoneOnItsWayBreaksIt) {
  const GoBoard board = DrawnBoard({".........", "..XX.....", ".XO......", ".........", ".........",
                                    ".........", "......O..", ".........", "........."});
  EXPECT_TRUE(Working(board, board.PointAt(2, 2)).empty());
}

TEST(LadderTest, AStoneBesideItsWayDoesNotBreakIt) {
  const GoBoard board = DrawnBoard({".........", "..XX.....", ".XO......", ".........", ".........",
                                    ".........", ".........", ".........", "O........"});
  EXPECT_EQ(Working(board, board.PointAt(2, 2)), std::vector<Point>{board.PointAt(3, 2)});
}

TEST(LadderTest, AChainInAtariIsDrivenAlongTheEdge) {
  const GoBoard board = DrawnBoard({".....", ".....", ".....", ".....", "OX..."});
  EXPECT_TRUE(LadderReader().IsTaken(board, board.PointAt(4, 0)));
}

TEST(LadderTest, AFriendAtTheEdgeFreesIt) {
  const GoBoard board = DrawnBoard({".....", ".O...", ".....", ".....", "OX..."});
  EXPECT_FALSE(LadderReader().IsTaken(board, board.PointAt(4, 0)));
}

TEST(LadderTest, CapturingAnAttackerFreesTheChain) {
  // The attacker at B1 is itself in atari: O takes it by B2.
  const GoBoard board = DrawnBoard({".....", ".....", ".....", ".....", "OXO.."});
  EXPECT_FALSE(LadderReader().IsTaken(board, board.PointAt(4, 0)));
}

TEST(LadderTest, FindAllListsEachChainOnce) {
  const GoBoard board = DrawnBoard({".........", "..XX.....", ".XO......", ".........", ".........",
                                    ".........", ".........", "X........", "O.X......"});
  const std::vector<Ladder> ladders = LadderReader().FindAll(board);
  ASSERT_EQ(ladders.size(), 2U);
  EXPECT_EQ(ladders[0].owner, Player::kSecond);
  EXPECT_EQ(ladders[0].moves[0], board.PointAt(3, 2));
  EXPECT_EQ(ladders[1].head, board.Head(board.PointAt(8, 0)));
  EXPECT_EQ(ladders[1].moves[0], kNoPoint);
}

// The definition of ladders.h played out, every legal play of both sides tried: plays that do not
// serve the definition lose at once. Knows neither move lists nor bounds.
class LadderWitness {
 public:
  LadderWitness(Point stone, Player owner) : stone_(stone), owner_(owner) {}

  bool TakenOnOwnersTurn(const GoBoard& board) const {
    if (board.Liberties(stone_) >= 2 || board.ko_point() != kNoPoint) return false;
    for (const GoBoard& next : Plays(board, owner_)) {
      if (!TakenOnAttackersTurn(next)) return false;
    }
    return true;
  }

  bool TakenOnAttackersTurn(const GoBoard& board) const {
    if (board.Liberties(stone_) != 2) return board.Liberties(stone_) < 2;
    if (IsDoubleKo(board)) return true;
    for (const GoBoard& next : Plays(board, Opponent(owner_))) {
      if (TakenOnOwnersTurn(next)) return true;
    }
    return false;
  }

  static std::vector<GoBoard> Plays(const GoBoard& board, Player player) {
    std::vector<GoBoard> boards;
    for (const Point p : board.empty_points()) {
      if (p == board.ko_point()) continue;
      if (board.Classify(p, player) != GoBoard::PlayKind::kNormal) continue;
      boards.push_back(board);
      boards.back().Play(p, player);
    }
    return boards;
  }

 private:
  // The exception of ladders.h: every liberty takes a ko for the attacker and gains the owner none.
  bool IsDoubleKo(const GoBoard& board) const {
    Point at = stone_;
    do {
      for (const Point q : board.Neighbours(at)) {
        if (board.At(q) == CellOf(Opponent(owner_)) && board.Liberties(q) == 1) return false;
        if (board.At(q) != Cell::kEmpty) continue;
        GoBoard attacked = board;
        attacked.Play(q, Opponent(owner_));
        GoBoard connected = board;
        connected.Play(q, owner_);
        if (attacked.ko_point() == kNoPoint || connected.Liberties(stone_) > 2) return false;
      }
      at = board.NextStone(at);
    } while (at != stone_);
    return true;
  }

  Point stone_;
  Player owner_;
};

struct Verdicts {
  int taken = 0;
  int free = 0;
};

// Compares every chain of a board with one or two liberties.
void Compare(const GoBoard& board, Verdicts& verdicts) {
  LadderReader reader;
  const auto [rows, columns] = board.shape();
  for (int i = 0; i < rows * columns; ++i) {
    const Point p = board.PointAt(i / columns, i % columns);
    if (board.At(p) == Cell::kEmpty || board.Head(p) != p || board.Liberties(p) > 2) continue;
    const Player owner = board.At(p) == Cell::kFirst ? Player::kFirst : Player::kSecond;
    const LadderWitness witness(p, owner);
    bool taken = false;
    bool expected = false;
    if (board.Liberties(p) == 1) {
      GoBoard start = board;
      start.Pass();
      taken = reader.IsTaken(board, p);
      expected = witness.TakenOnOwnersTurn(start);
    } else {
      taken = reader.StartingMoves(board, p)[0] != kNoPoint;
      for (GoBoard& next : LadderWitness::Plays(board, Opponent(owner))) {
        next.Pass();
        expected = expected || witness.TakenOnOwnersTurn(next);
      }
    }
    ASSERT_EQ(taken, expected) << board.Text() << "chain at " << i;
    ++(taken ? verdicts.taken : verdicts.free);
  }
}

TEST(LadderTest, AgreesWithExhaustiveSearchOnRandomSmallBoards) {
  Verdicts verdicts;
  Rng rng(1, RngRole::kTest);
  for (int game = 0; game < 400; ++game) {
    GoBoard board(game % 2 == 0 ? BoardShape{4, 4} : BoardShape{4, 5});
    Player player = Player::kFirst;
    for (int ply = 0; ply < 24; ++ply, player = Opponent(player)) {
      const auto boards = LadderWitness::Plays(board, player);
      if (boards.empty()) break;
      board = boards[rng.Below(static_cast<std::uint32_t>(boards.size()))];
      Compare(board, verdicts);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(verdicts.taken, 500);
  EXPECT_GT(verdicts.free, 500);
}

}  // namespace
}  // namespace tengen

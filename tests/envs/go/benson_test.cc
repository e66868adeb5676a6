#include "envs/go/benson.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/go_diagram.h"

// The oracle's cases of pass-alive chains are in go_oracle_test.cc.

namespace tengen {
namespace {

using Rows = std::vector<std::string>;
using AreaFunction = std::function<void(const GoBoard&, SuicideRule, std::span<Cell>)>;

Rows Owners(const AreaFunction& area, const Rows& rows, SuicideRule suicide = SuicideRule::kNone) {
  const GoBoard board = DrawnBoard(rows);
  std::vector<Cell> owner(static_cast<std::size_t>(board.shape().points()), Cell::kSecond);
  area(board, suicide, owner);
  return Drawing(owner, board.shape());
}

TEST(PassAliveAreaTest, SmallEyesAndDeadStonesInThemBelongToTheOwner) {
  // The region A1..B1 holds a white stone, and no more than one point off Black's stones.
  EXPECT_EQ(Owners(PassAliveArea, {".......", ".......", "XXXXXXO", ".O.X.XO"}),
            (Rows{".......", ".......", "XXXXXX.", "XXXXXX."}));
}

TEST(PassAliveAreaTest, ALargeEmptyRegionIsNoPassAliveTerritory) {
  const Rows rows = {".X.X...", "XXXX...", ".......", "......."};
  EXPECT_EQ(Owners(PassAliveArea, rows), (Rows{"XXXX...", "XXXX...", ".......", "......."}));
}

TEST(StandingAreaTest, StonesInPassAliveTerritoryAreDead) {
  EXPECT_EQ(Owners(StandingArea, {".......", ".......", "XXXXXXO", ".O.X.XO"}),
            (Rows{".......", ".......", "XXXXXXO", "XXXXXXO"}));
}

TEST(StandingAreaTest, OtherRegionsBelongToWhoAloneTouchesThem) {
  EXPECT_EQ(Owners(StandingArea, {"..X.O..", "..X.O..", "..X.O.."}),
            (Rows{"XXX.OOO", "XXX.OOO", "XXX.OOO"}));
}

TEST(StandingAreaTest, AnEmptyBoardBelongsToNobody) {
  EXPECT_EQ(Owners(StandingArea, {"...", "..."}), (Rows{"...", "..."}));
}

TEST(StandingAreaTest, ARegionWalledByDeadStonesIsTheirCaptors) {
  // White's corner is a region of its own for the plain count, but Black's pass-alive territory.
  const Rows rows = {".OX.X.", "OXXXXX", "XX....", "......"};
  EXPECT_EQ(Owners(StandingArea, rows), (Rows{"XXXXXX", "XXXXXX", "XXXXXX", "XXXXXX"}));
}

TEST(IndependentAreaTest, GroupsAtNeutralPointsDropOut) {
  // The seki of the oracle's case "seki_no_eyes": D1 and D2 are shared.
  const GoBoard board = DrawnBoard({".X.XO.O.", "XXXXOOOO", "XOOOXXOO", "XOO.XXOO", "XOO.XXOO"});
  std::vector<Cell> owner(40);
  EXPECT_EQ(IndependentArea(board, SuicideRule::kNone, SekiStones::kDrop, owner), 0);
  EXPECT_EQ(Drawing(owner, board.shape()),
            (Rows{"XXXXOOOO", "XXXXOOOO", "X.....OO", "X.....OO", "X.....OO"}));
  IndependentArea(board, SuicideRule::kNone, SekiStones::kKeep, owner);
  EXPECT_EQ(Drawing(owner, board.shape()),
            (Rows{"XXXXOOOO", "XXXXOOOO", "XOOOXXOO", "XOO.XXOO", "XOO.XXOO"}));
}

TEST(IndependentAreaTest, CountsGroups) {
  const GoBoard board = DrawnBoard({".X.XO.O.X.", "XXXXOOOOXX"});
  std::vector<Cell> owner(20);
  EXPECT_EQ(IndependentArea(board, SuicideRule::kNone, SekiStones::kDrop, owner), 1);
}

// Benson's theorem, tried out: the opponent plays on alone, and whatever he can take is not alive.

class LoneAttacker {
 public:
  LoneAttacker(Player attacker, SuicideRule suicide) : attacker_(attacker), suicide_(suicide) {}

  // Points from which the attacker can take a stone of the other player, row-major.
  std::vector<bool> Takes(const GoBoard& start) {
    taken_.assign(static_cast<std::size_t>(start.shape().points()), false);
    seen_.clear();
    Visit(start, start);
    return taken_;
  }

 private:
  void Visit(const GoBoard& board, const GoBoard& start) {
    if (!seen_.insert(board.hash()).second) return;
    for (const Point p :
         std::vector<std::uint16_t>(board.empty_points().begin(), board.empty_points().end())) {
      const auto kind = board.Classify(p, attacker_);
      if (kind == GoBoard::PlayKind::kSingleSuicide) continue;
      if (kind == GoBoard::PlayKind::kMultiSuicide && suicide_ == SuicideRule::kNone) continue;
      GoBoard next = board;
      next.Play(p, attacker_);
      if (next.removed(Opponent(attacker_)) != board.removed(Opponent(attacker_))) {
        Note(start, next);
      }
      Visit(next, start);
    }
  }

  void Note(const GoBoard& start, const GoBoard& now) {
    const Cell owner = CellOf(Opponent(attacker_));
    const int columns = start.shape().columns;
    for (int i = 0; i < start.shape().points(); ++i) {
      const Point p = start.PointAt(i / columns, i % columns);
      if (start.At(p) == owner && now.At(p) != owner) taken_[static_cast<std::size_t>(i)] = true;
    }
  }

  Player attacker_;
  SuicideRule suicide_;
  std::vector<bool> taken_;
  std::set<std::uint64_t> seen_;
};

// Calls `visit` for every legal position.
void ForEachPosition(const GoBoard& board, int point,
                     const std::function<void(const GoBoard&)>& visit) {
  const auto [rows, columns] = board.shape();
  if (point == rows * columns) return visit(board);
  ForEachPosition(board, point + 1, visit);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    GoBoard next = board;
    next.Play(board.PointAt(point / columns, point % columns), player);
    if (next.removed(Player::kFirst) + next.removed(Player::kSecond) == 0) {
      ForEachPosition(next, point + 1, visit);
    }
  }
}

class BensonTheoremTest : public ::testing::TestWithParam<SuicideRule> {};

TEST_P(BensonTheoremTest, ExactlyTheChainsThatCannotBeTakenArePassAlive) {
  for (const BoardShape shape : {BoardShape{1, 7}, BoardShape{2, 4}}) {
    int alive = 0;
    ForEachPosition(GoBoard(shape), 0, [&](const GoBoard& board) {
      std::vector<Cell> owner(static_cast<std::size_t>(shape.points()));
      PassAliveStones(board, GetParam(), owner);
      const auto takes = LoneAttacker(Player::kSecond, GetParam()).Takes(board);
      for (int i = 0; i < shape.points(); ++i) {
        const auto at = static_cast<std::size_t>(i);
        const Point p = board.PointAt(i / shape.columns, i % shape.columns);
        if (board.At(p) != Cell::kFirst) continue;
        alive += takes[at] ? 0 : 1;
        ASSERT_EQ(owner[at] == Cell::kFirst, !takes[at]) << board.Text() << "point " << i;
      }
    });
    EXPECT_GT(alive, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(SuicideRules, BensonTheoremTest,
                         ::testing::Values(SuicideRule::kNone, SuicideRule::kMulti),
                         [](const auto& test_info) {
                           return std::string(SuicideText(test_info.param));
                         });

}  // namespace
}  // namespace tengen

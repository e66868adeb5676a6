#include "experiments/viewer/board/board_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

// Every point is found where it is drawn, on every board and in boxes of all proportions.
TEST(BoardLayout, FindsThePointUnderTheMouse) {
  for (const char* id : {"go:size=19", "go:size=7x10", "connect4", "hex:size=11", "othello",
                         "tictactoe", "gomoku:size=5"}) {
    const auto game = MakeGame(id).value();
    for (const Box& box : {Box{0, 0, 800, 800}, Box{10, 20, 300, 900}, Box{5, 5, 200, 120}}) {
      const BoardLayout layout(game->spec(), box, true);
      EXPECT_LE(layout.board().max().x, box.max().x + 1.0F) << id;
      EXPECT_LE(layout.board().max().y, box.max().y + 1.0F) << id;
      for (int point = 0; point < game->spec().shape.points(); ++point) {
        const ImVec2 at = layout.Centre(point);
        EXPECT_EQ(layout.PointAt(at), point) << id;
        EXPECT_EQ(layout.PointAt({at.x + 0.3F * layout.cell(), at.y}), point) << id;
        EXPECT_TRUE(layout.board().Holds(at)) << id;
      }
      EXPECT_EQ(layout.PointAt({-500.0F, 3.0F}), std::nullopt);
    }
  }
}

// Positions as Go boards have them.
TEST(StarPoints, AreWhereBoardsHaveThem) {
  EXPECT_THAT(StarPoints({9, 9}), testing::UnorderedElementsAre(20, 24, 40, 56, 60));
  EXPECT_EQ(StarPoints({19, 19}).size(), 9U);
  EXPECT_THAT(StarPoints({13, 13}), testing::Contains(3 * 13 + 3));
  EXPECT_THAT(StarPoints({5, 5}), testing::ElementsAre(12));
}

TEST(PointOfAction, OfAColumnIsItsLowestFreeCell) {
  const GameSpec spec = MakeGame("connect4").value()->spec();
  std::vector<Cell> cells(42, Cell::kEmpty);
  EXPECT_EQ(PointOfAction(spec, cells, 3), 38);
  cells[38] = Cell::kFirst;
  EXPECT_EQ(PointOfAction(spec, cells, 3), 31);
  const GameSpec go = MakeGame("go:size=9").value()->spec();
  EXPECT_EQ(PointOfAction(go, std::vector<Cell>(81), 81), -1) << "the pass has no place";
}

TEST(CoordinatesOf, AreThoseOfTheMoves) {
  const BoardCoordinates go = CoordinatesOf(*MakeGame("go:size=9").value());
  EXPECT_EQ(go.columns.back(), "J");
  EXPECT_EQ(go.rows.front(), "9");
  const BoardCoordinates columns = CoordinatesOf(*MakeGame("connect4").value());
  EXPECT_EQ(columns.columns.front(), "1");
  EXPECT_TRUE(columns.rows.empty());
}

}  // namespace
}  // namespace tengen

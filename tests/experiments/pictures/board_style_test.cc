#include "experiments/pictures/board_style.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const Game> Made(const std::string& id) { return MakeGame(id).value(); }

std::vector<Cell> CellsOf(const State& state) {
  std::vector<Cell> cells(static_cast<std::size_t>(state.game().spec().shape.points()));
  state.Board(cells);
  return cells;
}

TEST(BoardStyle, EveryGameHasItsLook) {
  for (const auto& [id, style] :
       {std::pair("go:size=9", BoardStyle::kLines), std::pair("gomoku", BoardStyle::kLines),
        std::pair("othello", BoardStyle::kSquares), std::pair("tictactoe", BoardStyle::kMarks),
        std::pair("connect4", BoardStyle::kHoles), std::pair("hex", BoardStyle::kHexes)}) {
    EXPECT_EQ(BoardStyleOf(Made(id)->spec()), style) << id;
  }
}

TEST(BoardStyle, PlayersHaveTheNamesOfTheirStones) {
  EXPECT_STREQ(PlayerName(Made("go:size=9")->spec(), Player::kFirst), "Black");
  EXPECT_STREQ(PlayerName(Made("go:size=9")->spec(), Player::kSecond), "White");
  EXPECT_STREQ(PlayerName(Made("tictactoe")->spec(), Player::kFirst), "X");
  EXPECT_STREQ(PlayerName(Made("connect4")->spec(), Player::kSecond), "Yellow");
}

TEST(BoardStyle, CoordinatesOfGoSkipTheLetterIAndCountFromBelow) {
  const BoardCoordinates coordinates = CoordinatesOf(*Made("go:size=9"));
  EXPECT_THAT(coordinates.columns, ElementsAre("A", "B", "C", "D", "E", "F", "G", "H", "J"));
  EXPECT_THAT(coordinates.rows, ElementsAre("9", "8", "7", "6", "5", "4", "3", "2", "1"));
}

// Every legal move of the start has a place, and a click there gives it back; a pass has none.
TEST(BoardStyle, PlacesAndClicksAgree) {
  for (const char* id : {"go:size=5", "gomoku", "othello", "tictactoe", "connect4", "hex"}) {
    const auto game = Made(id);
    const auto state = game->NewState();
    std::vector<Action> legal;
    state->LegalActions(legal);
    std::set<int> points;
    for (const Action action : legal) {
      const int point = PointOfAction(game->spec(), CellsOf(*state), action);
      if (point < 0) {
        EXPECT_EQ(game->ActionText(action), "pass") << id;
        continue;
      }
      EXPECT_TRUE(points.insert(point).second) << id << " " << game->ActionText(action);
      EXPECT_EQ(ActionAtPoint(game->spec(), point), action) << id;
    }
  }
}

TEST(BoardStyle, AColumnsMarksRiseWithItsDiscs) {
  const auto game = Made("connect4");
  const auto state = game->NewState();
  const int bottom = PointOfAction(game->spec(), CellsOf(*state), 3);
  state->Apply(3);
  EXPECT_EQ(PointOfAction(game->spec(), CellsOf(*state), 3), bottom - 7) << "a row higher";
}

// The points that Go boards have by custom: nine on 19x19 and 13x13 has five, 9x9 five.
TEST(BoardStyle, StarPointsStandWhereBoardsHaveThem) {
  EXPECT_EQ(StarPoints({19, 19}).size(), 9U);
  EXPECT_THAT(StarPoints({9, 9}), testing::IsSupersetOf({2 * 9 + 2, 4 * 9 + 4, 6 * 9 + 6}));
  EXPECT_THAT(StarPoints({19, 19}), testing::IsSupersetOf({3 * 19 + 3, 9 * 19 + 9, 15 * 19 + 15}));
  EXPECT_THAT(StarPoints({2, 2}), IsEmpty());
}

}  // namespace
}  // namespace tengen

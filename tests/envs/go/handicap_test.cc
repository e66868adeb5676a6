#include "envs/go/handicap.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

// The points on 9x9, 13x13 and 19x19 are compared with an oracle in go_oracle_test.cc.

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> Names(BoardShape shape, const std::vector<Action>& points) {
  GoSetup setup;
  setup.shape = shape;
  const auto game = GoGame::Make(setup).value();
  std::vector<std::string> names;
  for (const Action point : points) names.push_back(game->ActionText(point));
  return names;
}

TEST(HandicapTest, OtherSizesFollowGtp) {
  // GTP version 2 draft 2, 4.1.1: third line below 13, no centre or sides on even boards.
  EXPECT_EQ(Names({7, 7}, FixedHandicap({7, 7}, 4).value()),
            (std::vector<std::string>{"C3", "E5", "C5", "E3"}));
  EXPECT_EQ(Names({12, 12}, FixedHandicap({12, 12}, 2).value()),
            (std::vector<std::string>{"C3", "K10"}));
  EXPECT_EQ(MaxFixedHandicap({6, 6}), 0);
  EXPECT_EQ(MaxFixedHandicap({7, 7}), 4);
  EXPECT_EQ(MaxFixedHandicap({8, 8}), 4);
  EXPECT_EQ(MaxFixedHandicap({11, 11}), 9);
  EXPECT_EQ(MaxFixedHandicap({9, 14}), 4);
}

TEST(HandicapTest, WrongCountsSayWhatIsWanted) {
  EXPECT_THAT(FixedHandicap({9, 9}, 10).error(), HasSubstr("10 stones, wanted 2 to 9"));
  EXPECT_THAT(FixedHandicap({8, 8}, 5).error(), HasSubstr("5 stones, wanted 2 to 4"));
  EXPECT_THAT(FixedHandicap({5, 5}, 2).error(), HasSubstr("sides of at least 7"));
  EXPECT_THAT(FreeHandicap({3, 3}, 9).error(), HasSubstr("9 stones, wanted 2 to 8"));
  EXPECT_THAT(MakeGame("go:size=9,handicap=1").error(), HasSubstr("1 stones, wanted 2 to 9"));
}

TEST(HandicapTest, FreeStonesAreDistinctAndStartFromTheFixedOnes) {
  const auto points = FreeHandicap({9, 9}, 15).value();
  const auto fixed = FixedHandicap({9, 9}, 9).value();
  EXPECT_EQ(std::vector<Action>(points.begin(), points.begin() + 9), fixed);
  EXPECT_EQ(std::set<Action>(points.begin(), points.end()).size(), 15U);
  EXPECT_EQ(FreeHandicap({2, 2}, 3).value().size(), 3U);
}

TEST(HandicapTest, WhiteMovesFirstAndGetsItsCompensation) {
  const auto game = MakeGame("go:size=9,handicap=4,rules=aga,komi=0.5").value();
  const auto state = game->NewState();
  EXPECT_EQ(state->ToMove(), Player::kSecond);
  EXPECT_EQ(static_cast<const GoGame&>(*game).half_compensation(), 1 + 2 * 3);
  // Four black stones alone own the board.
  EXPECT_EQ(static_cast<const GoState&>(*state).HalfScore(), 2 * 81 - 7);
  EXPECT_EQ(game->spec().id, "go:size=9,komi=0.5,ko=situational,suicide=none,bonus=n-1,handicap=4");
}

TEST(HandicapTest, StonesMustBeDistinctPointsOfAnEmptyBoard) {
  GoSetup setup;
  EXPECT_EQ(WithHandicap(setup, {10, 20, 30}).value().handicap, 3);
  EXPECT_THAT(WithHandicap(setup, {10, 10}).error(), HasSubstr("named twice"));
  EXPECT_THAT(WithHandicap(setup, {10, 81}).error(), HasSubstr("81, wanted 0 to 80"));
  EXPECT_THAT(WithHandicap(setup, {10}).error(), HasSubstr("1 stones, wanted 2 to 80"));
  EXPECT_THAT(WithHandicap(WithHandicap(setup, {10, 20}).value(), {1, 2}).error(),
              HasSubstr("wanted an empty one"));
}

}  // namespace
}  // namespace tengen

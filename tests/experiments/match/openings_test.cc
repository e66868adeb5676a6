#include "experiments/match/openings.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::shared_ptr<const GoGame> Go(const std::string& options) {
  return std::static_pointer_cast<const GoGame>(*MakeGame("go:" + options));
}

// The eight ways to turn an opening, written as text; independent of the board.
std::set<std::string> Turned(const Game& game, const std::vector<Action>& moves) {
  std::set<std::string> all;
  for (int index = 0; index < Symmetry::kCount; ++index) {
    std::string text;
    for (const Action action : moves) {
      text += std::to_string(game.spec().MapAction(Symmetry(index), action)) + " ";
    }
    all.insert(text);
  }
  return all;
}

TEST(Openings, NoneComesTwiceHoweverTheBoardIsTurned) {
  const auto game = Go("size=9");
  const Openings openings = DrawOpenings(*game, 200, 2, 1);
  ASSERT_EQ(openings.moves.size(), 200U);
  EXPECT_EQ(openings.distinct, 200);
  std::set<std::string> seen;
  for (const std::vector<Action>& moves : openings.moves) {
    ASSERT_EQ(moves.size(), 2U);
    const std::set<std::string> turned = Turned(*game, moves);
    EXPECT_EQ(seen.count(*turned.begin()), 0U);
    seen.insert(turned.begin(), turned.end());
  }
}

TEST(Openings, DependOnTheSeedAlone) {
  const auto game = Go("size=9");
  EXPECT_EQ(DrawOpenings(*game, 20, 3, 1).moves, DrawOpenings(*game, 20, 3, 1).moves);
  EXPECT_NE(DrawOpenings(*game, 20, 3, 1).moves, DrawOpenings(*game, 20, 3, 2).moves);
  const auto more = DrawOpenings(*game, 30, 3, 1).moves;
  EXPECT_TRUE(
      std::equal(more.begin(), more.begin() + 20, DrawOpenings(*game, 20, 3, 1).moves.begin()));
}

TEST(Openings, SmallGamesRunOutOfThem) {
  // Tic-tac-toe has 12 positions of two plies up to symmetry: from the centre 2 answers, from a
  // corner 5, from an edge 5.
  // Of three plies there are 38 and of four 108 that nobody has won (counted by going through all
  // games).
  const Openings openings = DrawOpenings(**MakeGame("tictactoe"), 200, 2, 1);
  ASSERT_EQ(openings.moves.size(), 200U);
  EXPECT_EQ(openings.distinct, 12 + 38 + 108);
  std::array<int, 5> of_plies = {};
  for (std::size_t k = 0; k < 158; ++k) ++of_plies.at(openings.moves[k].size());
  EXPECT_THAT(of_plies, ElementsAre(0, 0, 12, 38, 108));
  EXPECT_EQ(openings.moves[158].size(), 2U) << "and again from the shortest";
  const Openings starts = DrawOpenings(**MakeGame("tictactoe"), 5, 0, 1);
  EXPECT_EQ(starts.distinct, 1);
  EXPECT_THAT(starts.moves, Each(IsEmpty()));
}

// 200 pairs on the 25 positions of two plies would be no 200 independent ones.
TEST(Openings, GetLongerBeforeTheyComeAgain) {
  const auto game = *MakeGame("connect4");
  const Openings openings = DrawOpenings(*game, 200, 2, 1);
  EXPECT_EQ(openings.distinct, 200);
  EXPECT_EQ(openings.moves[24].size(), 2U);
  EXPECT_EQ(openings.moves[25].size(), 3U);
  EXPECT_LE(openings.moves.back().size(), 4U);
}

TEST(Openings, ComeFromGameRecords) {
  TempFolder temp;
  std::filesystem::create_directory(temp / "b");
  std::ofstream(temp / "a.sgf") << "(;SZ[9];B[ee];W[cc];B[gg])(;SZ[9];B[ee];W[cg])";  // one turned
  std::ofstream(temp / "b/c.sgf") << "(;SZ[9];B[dd];W[ff];B[ee])(;SZ[19];B[dd];W[ff])";
  std::ofstream(temp / "d.sgf") << "(;SZ[9]AB[aa];B[dd];W[ff])(;SZ[9];B[dd];B[ff])(;SZ[9];B[dd])"
                                   "(;SZ[9];B[];W[])(;SZ[9];B[cd];W[cd])(;SZ[9];B[ce];W[ec])";
  const auto game = Go("size=9");
  const auto openings = ReadOpenings(*game, temp.path(), 3, 2);
  ASSERT_TRUE(openings.ok()) << openings.error();
  EXPECT_EQ(openings->distinct, 3);
  EXPECT_THAT(openings->moves[0], ElementsAre(4 * 9 + 4, 2 * 9 + 2));
  EXPECT_THAT(openings->moves[1], ElementsAre(3 * 9 + 3, 5 * 9 + 5));
  EXPECT_THAT(openings->moves[2], ElementsAre(4 * 9 + 2, 2 * 9 + 4));
  EXPECT_THAT(ReadOpenings(*game, temp.path(), 4, 2).error(), HasSubstr("3 distinct ones"));
  EXPECT_THAT(ReadOpenings(*game, "/nonexistent", 1, 2).error(), HasSubstr("no such"));
}

TEST(Openings, OneBadFileDoesNotSpoilAFolder) {
  TempFolder temp;
  std::ofstream(temp / "a.sgf") << "(;SZ[9];B[ee];W[c";
  std::ofstream(temp / "b.sgf.gz") << "\x1f\x8b\x08";
  std::ofstream(temp / "c.SGF") << "(;SZ[9];B[dd];W[ff])";
  const auto game = Go("size=9");
  const auto openings = ReadOpenings(*game, temp.path(), 1, 2);
  ASSERT_TRUE(openings.ok()) << openings.error();
  EXPECT_EQ(openings->distinct, 1);
  const std::string error = ReadOpenings(*game, temp.path(), 2, 2).error();
  EXPECT_THAT(error, HasSubstr("1 distinct ones"));
  EXPECT_THAT(error, HasSubstr("a.sgf")) << "what was passed over first";
  EXPECT_THAT(ReadOpenings(*game, temp / "a.sgf", 1, 2).error(), HasSubstr("ends inside"));
}

}  // namespace
}  // namespace tengen

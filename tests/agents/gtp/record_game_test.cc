#include "agents/gtp/record_game.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr Player kBlack = Player::kFirst;
constexpr Player kWhite = Player::kSecond;

// The handicap and compensation at the end of a record under Chinese rules with komi 0.5.
int HandicapOf(const std::string& moves) {
  const SgfTree tree = ParseSgf("(;SZ[9]KM[0.5]RU[Chinese]" + moves + ")").value().front();
  RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
  while (record.Next()) {
  }
  EXPECT_EQ(record.game().game().half_compensation(), 1 + 2 * record.game().handicap()) << moves;
  EXPECT_EQ(record.game().StateFor(kWhite).game().half_compensation(),
            1 + 2 * record.game().handicap());
  return record.game().handicap();
}

// The numbers are those of KataGo's BoardHistory::computeNumHandicapStones, by reading.
TEST(RecordHandicap, CountsAsKataGo) {
  EXPECT_EQ(HandicapOf("AB[cc][gg][gc]PL[B];B[cg];W[ee]"), 4) << "3 stones, then B, W";
  EXPECT_EQ(HandicapOf(";B[cc];W[];B[gg];W[];B[gc];W[ee]"), 3) << "B pass B pass B W";
  EXPECT_EQ(HandicapOf(";B[cc];B[gg];B[gc];W[ee];W[ec]"), 0) << "B B B W W";
  EXPECT_EQ(HandicapOf(";B[cc];B[gg];B[gc];W[ee]"), 3);
  EXPECT_EQ(HandicapOf("HA[3];B[cc];B[gg];B[gc];W[ee];B[ec]"), 3);
  EXPECT_EQ(HandicapOf("HA[4]AB[cc][gg][gc][cg];W[ee];B[ec]"), 4);
  EXPECT_EQ(HandicapOf("AB[cc][gg][gc][cg];W[ee];B[ec]"), 4) << "without HA";
  EXPECT_EQ(HandicapOf("HA[4];B[ee];W[cc]"), 0) << "HA without stones";
  EXPECT_EQ(HandicapOf(";B[cc];W[gg];B[gc];B[cg];W[ee]"), 0) << "an even game, B twice later";
  EXPECT_EQ(HandicapOf("AB[cc][gg]AW[gc];B[cg];W[ee]"), 0) << "a position";
  EXPECT_EQ(HandicapOf("AB[cc];W[ee]"), 0) << "one stone is none";
  EXPECT_EQ(HandicapOf("AB[cc]PL[B];B[gg];W[ee]"), 2);
  EXPECT_EQ(HandicapOf(";B[cc];W[];W[];B[gg];W[ee]"), 0) << "two passes of White are a setup";
  EXPECT_EQ(HandicapOf("AB[cc][cc][cc][gg];W[ee]"), 2) << "named twice";
  EXPECT_EQ(HandicapOf(";B[cc];B[];B[gg];W[ee]"), 2) << "passes of Black are no stones";
}

TEST(RecordHandicap, StaysWhenTheBoardIsSetUpOnTheWay) {
  EXPECT_EQ(HandicapOf("AB[cc][gg];W[ee];AW[ea];B[ec]"), 2);
}

TEST(RecordGame, HistoryGoesOnThroughMovesThatTheRulesForbid) {
  // A ko retaken at once, under positional superko.
  const SgfTree tree =
      ParseSgf("(;SZ[5]RU[Tromp-Taylor];B[ba];W[ca];B[ab];W[bb];B[ee];W[aa];B[ba];W[dd])")
          .value()
          .front();
  RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
  while (record.Next()) {
  }
  EXPECT_THAT(record.Notes(), SizeIs(1));
  const GoState& state = record.game().state();
  EXPECT_EQ(state.RecentMove(1), state.game().ParseAction("B5").value());
  EXPECT_EQ(state.Ply(), 8);
  EXPECT_EQ(record.game().removed(kBlack), 1);
  EXPECT_EQ(record.game().removed(kWhite), 1);
  EXPECT_TRUE(record.game().Undo());
  EXPECT_EQ(record.game().to_move(), kWhite);
  EXPECT_EQ(record.game().state().board().Rows()[0], ".XO..");
}

TEST(RecordGame, StonesTakenBeforeAStoneOnAStoneStayPrisoners) {
  const SgfTree tree = ParseSgf("(;SZ[5];B[ba];W[aa];B[ab];W[cc];B[cc];W[dd])").value().front();
  RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
  while (record.Next()) {
  }
  EXPECT_EQ(record.game().removed(kWhite), 1);
  EXPECT_EQ(record.game().removed(kBlack), 0);
  EXPECT_EQ(record.game().state().board().Rows()[2], "..X..");
  EXPECT_EQ(record.game().moves().size(), 6U);
  ASSERT_THAT(record.Notes(), SizeIs(1));
  EXPECT_THAT(record.Notes()[0], HasSubstr("move 5: Black at cc on a stone"));
}

// SGF FF[4]: setup is no move, so that nobody's prisoners change.
TEST(RecordGame, StonesTakenBeforeASetupStayPrisoners) {
  for (const char* setup : {"AE[ee]", "AB[de]", "AW[aa]"}) {
    const SgfTree tree =
        ParseSgf(StrCat("(;SZ[5]RU[Japanese];B[ba];W[aa];B[ab];", setup, ";W[cc])"))
            .value()
            .front();
    RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
    while (record.Next()) {
    }
    EXPECT_EQ(record.game().removed(kWhite), 1) << setup;
    EXPECT_EQ(record.game().removed(kBlack), 0) << setup;
    record.game().SetRules(Rules());
    EXPECT_EQ(record.game().removed(kWhite), 1) << setup;
    record.game().Clear();
    EXPECT_EQ(record.game().removed(kWhite), 0) << setup;
  }
}

// Stones that are there already, or a point that is empty already, begin nothing anew: the ko
// stays a ko.
TEST(RecordGame, SetupThatChangesNothingIsNone) {
  const SgfTree tree =
      ParseSgf("(;SZ[5];B[ba];W[ca];B[ab];W[bb];B[ee];W[aa];AB[ab]AE[dd];B[ba])").value().front();
  RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
  while (record.Next()) EXPECT_EQ(record.before_setup(), nullptr);
  EXPECT_EQ(record.game().moves().size(), 7U);
  ASSERT_THAT(record.Notes(), SizeIs(1));
  EXPECT_THAT(record.Notes()[0], HasSubstr("move 7: Black at ba retakes the ko at once"));
}

TEST(RecordGame, TheRecordSaysWhoseTurnItIs) {
  const SgfTree tree = ParseSgf("(;SZ[9];B[cc];B[gg];W[ee];PL[W])").value().front();
  RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
  std::vector<Player> to_move = {record.game().to_move()};
  while (record.Next()) to_move.push_back(record.game().to_move());
  EXPECT_EQ(to_move, (std::vector<Player>{kBlack, kBlack, kWhite, kWhite}));
}

TEST(RecordGame, ThePositionBeforeASetupIsKept) {
  const SgfTree tree = ParseSgf("(;SZ[5];B[cc];AB[aa];W[dd])").value().front();
  RecordGame record = RecordGame::Start(tree, tree.MainLine(), UsualSgfRules()).value();
  ASSERT_TRUE(record.Next());
  ASSERT_NE(record.before_setup(), nullptr);
  EXPECT_EQ(record.before_setup()->state().board().Rows()[0], ".....");
  EXPECT_EQ(record.game().state().board().Rows()[0], "X....");
  ASSERT_TRUE(record.Next());
  EXPECT_EQ(record.before_setup(), nullptr);
}

// Moves of JSON queries, as KataGo's isLegalTolerant has it.
TEST(GtpGameTest, TolerantMovesRetakeKoAndCommitSuicideOfTwo) {
  const Rules rules = Rules::Parse("chinese").value();
  const auto play = [&rules](const std::vector<std::pair<Player, const char*>>& moves) {
    GtpGame game({5, 5}, rules);
    for (const auto& [player, point] : moves) {
      const Status played = game.PlayTolerantly(player, game.game().ParseAction(point).value());
      if (!played) return played.error();
    }
    return std::string();
  };
  EXPECT_EQ(play({{kBlack, "B5"},
                  {kWhite, "C5"},
                  {kBlack, "A4"},
                  {kWhite, "B4"},
                  {kBlack, "E1"},
                  {kWhite, "A5"},
                  {kBlack, "B5"}}),
            "");
  EXPECT_EQ(play({{kBlack, "B5"}, {kWhite, "A5"}, {kBlack, "B4"}, {kBlack, "A3"}, {kWhite, "A4"}}),
            "");
  EXPECT_EQ(play({{kBlack, "B5"}, {kBlack, "A4"}, {kWhite, "A5"}}), "illegal move: A5 is suicide");
  EXPECT_EQ(play({{kBlack, "B5"}, {kWhite, "B5"}}), "illegal move: B5 holds a stone");
}

}  // namespace
}  // namespace tengen

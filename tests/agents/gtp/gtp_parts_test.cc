// GTP's clock, text and game behind the engine.

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/gtp/gtp_clock.h"
#include "agents/gtp/gtp_game.h"
#include "agents/gtp/gtp_text.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;

constexpr Player kBlack = Player::kFirst;
constexpr Player kWhite = Player::kSecond;

TEST(GtpClock, NoSettingsNoLimit) {
  GtpClock clock;
  EXPECT_FALSE(clock.Budget(kBlack, 30).has_value());
  // GTP: overtime for no stones means no limit.
  clock.Set(GtpTimeSettings{0.0, 10.0, 0});
  EXPECT_FALSE(clock.Budget(kBlack, 30).has_value());
}

TEST(GtpClock, MainTimeIsShared) {
  GtpClock clock;
  clock.Set(GtpTimeSettings{300.0, 0.0, 0});
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 10.0 - GtpClock::kLag, 1e-9);
  clock.Spend(kBlack, 150.0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 5.0 - GtpClock::kLag, 1e-9);
  EXPECT_NEAR(*clock.Budget(kWhite, 30), 10.0 - GtpClock::kLag, 1e-9);
}

TEST(GtpClock, CanadianOvertimeIsSharedByItsStones) {
  GtpClock clock;
  clock.Set(GtpTimeSettings{0.0, 100.0, 10});
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 9.5 - GtpClock::kLag, 1e-9);
  clock.SetLeft(kBlack, 20.0, 2);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 9.5 - GtpClock::kLag, 1e-9);
  clock.Spend(kBlack, 15.0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 0.95 * 5.0 - GtpClock::kLag, 1e-9);
  clock.Spend(kBlack, 1.0);  // the period's last stone: a new period
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 9.5 - GtpClock::kLag, 1e-9);
}

TEST(GtpClock, OvertimeBeginsWhereMainTimeEnds) {
  GtpClock clock;
  clock.Set(GtpTimeSettings{10.0, 30.0, 1});
  clock.Spend(kBlack, 12.0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 0.95 * 28.0 - GtpClock::kLag, 1e-9);
}

TEST(GtpClock, OnePlayersTimeLeavesTheOtherAlone) {
  GtpClock clock;
  clock.SetLeft(kBlack, 300.0, 0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 10.0 - GtpClock::kLag, 1e-9);
  EXPECT_FALSE(clock.Budget(kWhite, 30).has_value());
  clock.Spend(kWhite, 5.0);
  EXPECT_FALSE(clock.Budget(kWhite, 30).has_value());
  clock.Restart();
  EXPECT_FALSE(clock.Budget(kBlack, 30).has_value()) << "it was told of that game alone";
}

// KataGo refuses stones there; its GTP_Extensions.md asks controllers for 0.
TEST(GtpClock, StonesMeanNothingWithoutOvertime) {
  GtpClock clock;
  clock.Set(GtpTimeSettings{2.0, 0.0, 0});
  clock.SetLeft(kBlack, 2.0, 1);
  EXPECT_LT(*clock.Budget(kBlack, 30), 0.2) << "a share of the main time";
}

// KataGo's gtp.cpp takes 0 seconds for 0 stones as main time that is over, all periods left.
TEST(GtpClock, OvertimeIsWholeWhereMainTimeIsOver) {
  GtpClock clock;
  clock.Set(GtpTimeSettings{60.0, 5.0, 1, 3});
  clock.SetLeft(kBlack, 0.0, 0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 0.95 * 5.0 - GtpClock::kLag, 1e-9);
  clock.Set(GtpTimeSettings{60.0, 50.0, 10});
  clock.SetLeft(kBlack, 0.0, 0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 0.95 * 5.0 - GtpClock::kLag, 1e-9);
  // The last of the main time, and most of the first period behind it.
  clock.SetLeft(kBlack, 0.3, 0);
  EXPECT_NEAR(*clock.Budget(kBlack, 30), 0.8 * 5.0 - GtpClock::kLag, 1e-9);
}

TEST(GtpClock, NeverPlansMoreThanThereIs) {
  GtpClock clock;
  clock.Set(GtpTimeSettings{1.0, 0.0, 0});
  clock.SetLeft(kBlack, 0.05, 0);
  EXPECT_LE(*clock.Budget(kBlack, 10), 0.05);
  clock.SetLeft(kBlack, 0.0, 0);
  EXPECT_EQ(*clock.Budget(kBlack, 10), GtpClock::kLeast);
}

TEST(GtpText, SplitsLines) {
  const auto command = ParseGtpLine("12 play\tB  Q16 # corner");
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->id, "12");
  EXPECT_EQ(command->name, "play");
  EXPECT_THAT(command->arguments, ElementsAre("B", "Q16"));
  EXPECT_FALSE(ParseGtpLine("  \t\r").has_value());
  EXPECT_FALSE(ParseGtpLine("5").has_value());
}

TEST(GtpText, AnswersHoldNoEmptyLine) {
  EXPECT_EQ(GtpAnswer({"1", "x", {}}, std::string("a\n\n\nb\n")), "=1 a\nb\n\n");
  EXPECT_EQ(GtpAnswer({"", "x", {}}, Error{"bad"}), "? bad\n\n");
}

TEST(GtpGame, MovesTwiceInARowKeepTheBoard) {
  GtpGame game({3, 3}, {});
  ASSERT_TRUE(game.Play(kBlack, 0).ok());
  ASSERT_TRUE(game.Play(kBlack, 4).ok());
  ASSERT_TRUE(game.Play(kBlack, 8).ok());
  EXPECT_EQ(game.state().board().Text(), "X..\n.X.\n..X\n");
  EXPECT_EQ(game.to_move(), kWhite);
}

TEST(GtpGame, IllegalMovesChangeNothing) {
  GtpGame game({3, 3}, {});
  ASSERT_TRUE(game.Play(kBlack, 4).ok());
  EXPECT_FALSE(game.Play(kBlack, 4).ok());
  EXPECT_FALSE(game.Play(kWhite, 4).ok());
  EXPECT_EQ(game.moves().size(), 1U);
  EXPECT_EQ(game.state().ToMove(), kWhite);
}

TEST(GtpGame, PrisonersSurviveTheEndOfAGame) {
  GtpGame game({3, 3}, {});
  // White at a3 (action 0) is taken by b3 and a2; then everybody passes and plays on.
  for (const Action black : {1, 3}) {
    ASSERT_TRUE(game.Play(kBlack, black).ok());
    if (black == 1) {
      ASSERT_TRUE(game.Play(kWhite, 0).ok());
    }
  }
  EXPECT_EQ(game.removed(kWhite), 1);
  ASSERT_TRUE(game.Play(kWhite, 9).ok());
  ASSERT_TRUE(game.Play(kBlack, 9).ok());
  ASSERT_TRUE(game.Play(kWhite, 8).ok());
  EXPECT_EQ(game.removed(kWhite), 1);
}

TEST(GtpGame, RulesChangeUnderAGame) {
  GtpGame game({3, 3}, Rules::Parse("suicide=multi").value());
  // Black a3, b3, White a2, b2, c3 encloses; Black's stones have no liberty: suicide of two needs a
  // last point. Here only legality of the replay matters.
  for (const auto& [player, action] :
       {GtpMove{kBlack, 0}, GtpMove{kWhite, 3}, GtpMove{kBlack, 8}, GtpMove{kWhite, 4},
        GtpMove{kBlack, 7}, GtpMove{kWhite, 2}, GtpMove{kBlack, 1}}) {
    ASSERT_TRUE(game.Play(player, action).ok()) << action;
  }
  const std::string board = game.state().board().Text();
  game.SetRules(Rules::Parse("suicide=none").value());
  EXPECT_EQ(game.state().board().Text(), board);
}

// Three stones of Black's on 9x9, as rows.
std::vector<std::string> ThreeStones() {
  std::vector<std::string> rows(9, ".........");
  rows[2] = "..X...X..";
  rows[6] = "..X......";
  return rows;
}

// The handicap under Chinese rules after moves that are told one by one, "B C3 W pass".
int HandicapAfter(std::vector<std::string> rows, const std::string& moves) {
  GtpGame game({9, 9}, Rules::Parse("chinese").value());
  game.BeginAnewAtRepeats();
  const Player first = moves.starts_with('B') ? kBlack : kWhite;
  EXPECT_TRUE(game.Start(std::move(rows), first).ok());
  std::istringstream words(moves);
  for (std::string player, point; words >> player >> point;) {
    const Action action = game.game().ParseAction(point).value();
    EXPECT_TRUE(game.Play(player == "B" ? kBlack : kWhite, action).ok()) << moves;
  }
  EXPECT_EQ(game.game().half_compensation(), 15 + 2 * game.handicap()) << moves;
  return game.handicap();
}

// The numbers are those of KataGo's Search::makeMove, by reading.
TEST(GtpGame, HandicapBeginsAnewWhereAPlayerMovesTwiceInARow) {
  EXPECT_EQ(HandicapAfter(ThreeStones(), "W E5 W E3"), 0);
  EXPECT_EQ(HandicapAfter(ThreeStones(), "W E5 B E3 W D4 W D5"), 0);
  EXPECT_EQ(HandicapAfter(ThreeStones(), "W E5 B E3 W D4"), 3);
  EXPECT_EQ(HandicapAfter(ThreeStones(), "B G3 W E5"), 4);
  EXPECT_EQ(HandicapAfter(ThreeStones(), "B G3 B G5 W E5"), 5);
  EXPECT_EQ(HandicapAfter({}, "B C3 B G7 B C7 W E5"), 3);
  EXPECT_EQ(HandicapAfter({}, "B C3 B G7 B C7 W E5 B E3 B E4"), 0);
  EXPECT_EQ(HandicapAfter({}, "B C3 W pass W pass B G7 W E5"), 2);
  EXPECT_EQ(HandicapAfter({}, "B C3 W pass B G7 W E5"), 2);
  EXPECT_EQ(HandicapAfter({}, "B C3 W E5 B G7 B C7"), 0);
}

TEST(GtpGame, MovesOfARecordAreCountedFromItsStartOn) {
  GtpGame game({9, 9}, Rules::Parse("chinese").value());
  ASSERT_TRUE(game.Start(ThreeStones(), kWhite).ok());
  game.Execute(kWhite, 40);
  game.Execute(kWhite, 42);
  EXPECT_EQ(game.handicap(), 3);
  game.BeginAnewAtRepeats();
  game.SetRules(Rules::Parse("chinese,komi=0.5").value());
  EXPECT_EQ(game.handicap(), 3) << "what was played stays a record's";
  ASSERT_TRUE(game.Play(kBlack, 44).ok());
  EXPECT_EQ(game.handicap(), 3);
  EXPECT_EQ(game.StateFor(kWhite).game().half_compensation(), 1 + 2 * 3);
  EXPECT_EQ(game.StateFor(kBlack).game().half_compensation(), 1) << "as if Black moved now";
  ASSERT_TRUE(game.Play(kBlack, 38).ok());
  EXPECT_EQ(game.handicap(), 0);
  EXPECT_EQ(game.start_handicap(), 3);
  ASSERT_TRUE(game.Undo());
  EXPECT_EQ(game.handicap(), 3);
}

// White takes a ko. Black may not take it back at B5: that makes the board before.
void TakeTheKo(GtpGame& game) {
  Player player = kBlack;
  for (const char* point : {"B5", "C5", "A4", "B4", "E1", "A5"}) {
    game.Execute(player, game.game().ParseAction(point).value());
    player = Opponent(player);
  }
}

// By reading of KataGo's Search::makeMove.
TEST(GtpGame, SuperkoBeginsAnewWhereAPlayerMovesTwiceInARow) {
  for (const char* ko : {"ko=positional", "ko=situational"}) {
    GtpGame game({5, 5}, Rules::Parse(ko).value());
    game.BeginAnewAtRepeats();
    TakeTheKo(game);
    const Action retake = game.game().ParseAction("B5").value();
    EXPECT_FALSE(game.StateFor(kBlack).IsLegal(retake)) << ko;
    ASSERT_TRUE(game.Play(kWhite, game.game().pass()).ok());
    EXPECT_TRUE(game.StateFor(kBlack).IsLegal(retake)) << ko;
    EXPECT_EQ(game.state().board().removed(kBlack), 1) << "prisoners count on";
    EXPECT_EQ(game.removed(kBlack), 1);
    ASSERT_TRUE(game.Undo());
    EXPECT_FALSE(game.StateFor(kBlack).IsLegal(retake)) << ko;
    ASSERT_TRUE(game.Play(kBlack, game.game().pass()).ok());
    ASSERT_TRUE(game.Play(kWhite, game.game().pass()).ok());
    EXPECT_FALSE(game.StateFor(kBlack).IsLegal(retake)) << ko << ", passes in turn";
  }
}

// By reading of KataGo's CompactSgf::playMovesTolerant.
TEST(GtpGame, SuperkoOfARecordGoesOnWhereAPlayerMovesTwiceInARow) {
  GtpGame game({5, 5}, Rules::Parse("ko=positional").value());
  TakeTheKo(game);
  game.Execute(kWhite, game.game().pass());
  const Action retake = game.game().ParseAction("B5").value();
  EXPECT_FALSE(game.StateFor(kBlack).IsLegal(retake));
  game.BeginAnewAtRepeats();
  EXPECT_FALSE(game.StateFor(kBlack).IsLegal(retake)) << "what was played stays a record's";
  ASSERT_TRUE(game.Play(kWhite, game.game().pass()).ok());
  EXPECT_TRUE(game.StateFor(kBlack).IsLegal(retake));
}

TEST(GtpGame, SuicidesMakeNoHandicapBeyondTheBoard) {
  GtpGame game({2, 2}, Rules::Parse("ko=simple,suicide=multi,bonus=n").value());
  for (const Action action : {0, 1, 2, 3, 0}) game.Execute(kBlack, action);
  EXPECT_EQ(game.state().board().Text(), "X.\n..\n");
  EXPECT_EQ(game.handicap(), 4);
}

}  // namespace
}  // namespace tengen

// GTP's clock, text and game behind the engine.

#include <string>

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

}  // namespace
}  // namespace tengen

#include "envs/go/scoring.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"
#include "tests/support/go_diagram.h"

// Area, territory and prisoners of the oracle's cases are in go_oracle_test.cc.

namespace tengen {
namespace {

using Pair = std::array<int, 2>;

TEST(ScoreGameTest, SekiTaxDropsTheEyesOfGroupsInSeki) {
  // Black's and White's chains have an eye each (A1, E1) and share C1 to C3: whoever fills the last
  // shared point is taken. Japanese rules 1989, article 8: no territory in seki.
  const GoBoard board = DrawnBoard({"XX.OO", "XX.OO", ".X.O."});
  EXPECT_EQ(ScoreGame(board, TaxRule::kNone, {}).territory, (Pair{1, 1}));
  EXPECT_EQ(ScoreGame(board, TaxRule::kSeki, {}).territory, (Pair{0, 0}));
  EXPECT_EQ(ScoreGame(board, TaxRule::kSeki, {}).stones, (Pair{5, 5}));
  std::vector<Cell> owner(15);
  ScoreGame(board, TaxRule::kSeki, {}, owner);
  EXPECT_EQ(Drawing(owner, board.shape()), (std::vector<std::string>{"XX.OO", "XX.OO", ".X.O."}));
}

TEST(ScoreGameTest, TwoEyesAtANeutralPointAreNoSeki) {
  // The neutral column was left unfilled; Black has two eyes, White one eye of five points.
  const GoBoard board = DrawnBoard({".X.O.", "XX.O.", "XX.O.", "XX.O.", ".X.O."});
  EXPECT_EQ(ScoreGame(board, TaxRule::kSeki, {}).territory, (Pair{2, 5}));
}

TEST(ScoreGameTest, GroupTaxTakesTwoPointsOfEachLivingGroup) {
  // Ancient Chinese counting, https://senseis.xmp.net/?GroupTax. Two groups of Black, one of White.
  const GoBoard board = DrawnBoard({".X.XO.O.OX.X.X", "XXXXOOOOOXXXXX"});
  const GoScore score = ScoreGame(board, TaxRule::kAll, {});
  EXPECT_EQ(score.group_tax, (Pair{4, 2}));
  const Rules rules = Rules::Parse("tax=all").value();
  EXPECT_EQ(score.Difference(rules), (14 + 4 - 4) - (8 + 2 - 2));
}

TEST(ScoreGameTest, DeadStonesArePrisonersTogetherWithCapturedOnes) {
  GoBoard board(BoardShape{3, 3});
  board.Play(board.PointAt(0, 0), Player::kSecond);
  board.Play(board.PointAt(0, 1), Player::kFirst);
  board.Play(board.PointAt(1, 0), Player::kFirst);  // takes A3
  board.Play(board.PointAt(2, 2), Player::kSecond);
  const std::array<Point, 1> dead = {board.PointAt(2, 2)};
  const GoScore score = ScoreGame(board, TaxRule::kSeki, dead);
  EXPECT_EQ(score.prisoners, (Pair{2, 0}));
  EXPECT_EQ(score.territory, (Pair{7, 0}));
  EXPECT_EQ(score.Difference(RulesPreset("japanese").value()), 9);
}

TEST(GoStateScoringTest, TerritoryTakesOffWhatIsDeadBeyondDoubt) {
  // The white stone at B1 lies in Black's second eye; Black holds A3 to G3 but no wall around it.
  GoSetup setup;
  setup.shape = {3, 7};
  setup.rules = Rules::Parse("japanese,komi=0").value();
  setup.diagram = {".......", "XXXXXXX", ".O.X.X."};
  const auto game = GoGame::Make(setup).value();
  const auto state = game->NewState();
  state->Apply(game->pass());
  state->Apply(game->pass());
  // Territory: seven points above, three at A1 to C1, E1 and G1; one prisoner.
  EXPECT_EQ(static_cast<const GoState&>(*state).HalfScore(), 2 * (7 + 3 + 2 + 1));
  std::vector<Cell> owner(21);
  float score = 0.0F;
  ASSERT_TRUE(state->FinalArea(owner, &score));
  EXPECT_EQ(score, 13.0F);
  EXPECT_EQ(owner[15], Cell::kFirst);
}

TEST(GoStateScoringTest, WholeKomiMayDrawUnderTerritoryToo) {
  const auto game = MakeGame("go:size=2,rules=japanese,komi=0").value();
  const auto state = game->NewState();
  state->Apply(4);
  state->Apply(4);
  EXPECT_EQ(state->Return(Player::kFirst), 0.0);
}

}  // namespace
}  // namespace tengen

#include "envs/go/scoring.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "envs/go/area_bits.h"
#include "envs/go/benson.h"
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

// Without owners sets of bits are counted, with them the board is walked over.
void ExpectEqualScores(const GoBoard& board, std::span<const Point> dead) {
  std::vector<Cell> owner(static_cast<std::size_t>(board.shape().points()));
  for (const TaxRule tax : {TaxRule::kNone, TaxRule::kSeki, TaxRule::kAll}) {
    const GoScore by_bits = ScoreGame(board, tax, dead);
    const GoScore by_owner = ScoreGame(board, tax, dead, owner);
    EXPECT_EQ(by_bits.stones, by_owner.stones);
    EXPECT_EQ(by_bits.territory, by_owner.territory);
    EXPECT_EQ(by_bits.prisoners, by_owner.prisoners);
    EXPECT_EQ(by_bits.group_tax, by_owner.group_tax);
  }
  EXPECT_EQ(AreaScore(board), AreaScore(board, owner));
}

std::vector<Point> StonesInForeignArea(const GoBoard& board, SuicideRule suicide) {
  std::vector<Cell> alive(static_cast<std::size_t>(board.shape().points()));
  PassAliveArea(board, suicide, alive);
  std::vector<Point> dead;
  for (int i = 0; i < board.shape().points(); ++i) {
    const Point p = board.PointAt(i / board.shape().columns, i % board.shape().columns);
    const Cell area = alive[static_cast<std::size_t>(i)];
    if (board.At(p) != Cell::kEmpty && area != Cell::kEmpty && area != board.At(p)) {
      dead.push_back(p);
    }
  }
  return dead;
}

struct MetInGames {
  int dead = 0;       // positions with stones that are dead beyond doubt
  int may_not = 0;    // positions where no stone can be
  int group_tax = 0;  // positions with a group that pays it
};

// Random games, most of whose moves fill no eye of their own, so that groups live and die.
void PlayAndCompare(BoardShape shape, int games, Rng& rng, MetInGames& met) {
  GoSetup setup;
  setup.shape = shape;
  setup.rules = Rules::Parse("japanese").value();
  const auto game = GoGame::Make(setup).value();
  std::array<Point, GoBoard::kMaxPoints> buffer;
  std::vector<Action> legal;
  for (int i = 0; i < games; ++i) {
    const auto state = game->NewState();
    while (!state->IsTerminal()) {
      const GoBoard& board = static_cast<const GoState&>(*state).board();
      const auto own_eye = [&](Action action) {
        const auto neighbours = board.Neighbours(game->PointOf(action));
        return std::all_of(neighbours.begin(), neighbours.end(), [&](Point q) {
          return board.IsGuard(q) || board.At(q) == CellOf(state->ToMove());
        });
      };
      state->LegalActions(legal);
      Action move = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
      if (move != game->pass() && rng.Below(20) != 0 && own_eye(move)) move = game->pass();
      state->Apply(move);
      if (rng.Below(static_cast<std::uint32_t>(shape.points() / 16 + 1)) != 0) continue;
      for (const SuicideRule suicide : {SuicideRule::kNone, SuicideRule::kMulti}) {
        const auto dead = PassDeadStones(board, suicide, buffer);
        EXPECT_EQ(std::vector<Point>(dead.begin(), dead.end()),
                  StonesInForeignArea(board, suicide));
        ExpectEqualScores(board, dead);
        met.dead += dead.empty() ? 0 : 1;
      }
      const auto [first, second] = MayHoldDeadStones(board);
      met.may_not += first || second ? 0 : 1;
      met.group_tax += ScoreGame(board, TaxRule::kAll, {}).group_tax[0] > 0 ? 1 : 0;
      ASSERT_FALSE(testing::Test::HasFailure()) << state->Text();
    }
  }
}

TEST(ScoreByBitsTest, GivesTheScoresOfOwnersInRandomGames) {
  Rng rng(1, RngRole::kTest);
  MetInGames met;
  for (const BoardShape shape :
       {BoardShape{1, 1}, BoardShape{2, 2}, BoardShape{3, 5}, BoardShape{5, 5}, BoardShape{8, 8},
        BoardShape{5, 13}, BoardShape{9, 9}, BoardShape{7, 19}, BoardShape{13, 13},
        BoardShape{19, 3}, BoardShape{14, 14}, BoardShape{19, 19}}) {
    PlayAndCompare(shape, shape.points() < 100 ? 40 : 4, rng, met);
  }
  EXPECT_GT(met.dead, 300);
  EXPECT_GT(met.may_not, 300);
  EXPECT_GT(met.group_tax, 300);
}

}  // namespace
}  // namespace tengen

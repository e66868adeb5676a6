// Input planes and globals of KataGo's networks in small positions, told by hand from the
// description of the V7 inputs.

#include "nets/katago_features.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/nets/katago_support.h"

namespace tengen {
namespace {

struct Inputs {
  explicit Inputs(const GoState& state, double draw_wins = 0.5, Symmetry symmetry = Symmetry())
      : shape(state.board().shape()) {
    planes.resize(static_cast<std::size_t>(22 * shape.points()), 9.0F);
    globals.resize(19, 9.0F);
    KataGoEncoder(draw_wins).Encode(state, symmetry, planes, globals);
  }

  // A plane as rows of text, "1" and ".".
  std::vector<std::string> Plane(int plane) const {
    std::vector<std::string> rows(static_cast<std::size_t>(shape.rows));
    for (int p = 0; p < shape.points(); ++p) {
      const float value = planes[static_cast<std::size_t>(22 * p + plane)];
      rows[static_cast<std::size_t>(p / shape.columns)] += value == 1.0F ? "1" : ".";
    }
    return rows;
  }
  int Ones(int plane) const {
    int count = 0;
    for (const std::string& row : Plane(plane)) {
      count += static_cast<int>(std::count(row.begin(), row.end(), '1'));
    }
    return count;
  }

  BoardShape shape;
  std::vector<float> planes, globals;
};

using Rows = std::vector<std::string>;

GoSetup Drawn(Rows rows, Player to_move, const std::string& rules = "") {
  GoSetup setup;
  setup.shape = {static_cast<int>(rows.size()), static_cast<int>(rows[0].size())};
  setup.diagram = std::move(rows);
  setup.to_move = to_move;
  if (!rules.empty()) setup.rules = Rules::Parse(rules).value();
  return setup;
}

TEST(KataGoFeaturesTest, StonesAndLibertiesAreTheMovers) {
  const KataGoPosition position(Drawn({"XO...", ".....", "..O..", "....."}, Player::kSecond));
  const Inputs inputs(position.state());
  EXPECT_EQ(inputs.Ones(0), 20);
  EXPECT_EQ(inputs.Plane(1), Rows({".1...", ".....", "..1..", "....."}));
  EXPECT_EQ(inputs.Plane(2), Rows({"1....", ".....", ".....", "....."}));
  EXPECT_EQ(inputs.Plane(3), Rows({"1....", ".....", ".....", "....."}));
  EXPECT_EQ(inputs.Plane(4), Rows({".1...", ".....", ".....", "....."}));
  EXPECT_EQ(inputs.Ones(5), 0);
}

TEST(KataGoFeaturesTest, TheKoPointIsMarked) {
  KataGoPosition position(
      Drawn({".XO.", "XO.O", ".XO.", "...."}, Player::kFirst, "ko=simple,komi=7"));
  position.Play({"C3"});
  EXPECT_EQ(Inputs(position.state()).Plane(6), Rows({"....", ".1..", "....", "...."}));
}

TEST(KataGoFeaturesTest, HistoryGoesToPlanesAndPassesToGlobals) {
  GoSetup setup;
  setup.shape = {3, 4};
  KataGoPosition position(setup);
  position.Play({"A1", "pass", "B3"});
  const Inputs inputs(position.state());
  EXPECT_EQ(inputs.Plane(9), Rows({".1..", "....", "...."}));
  EXPECT_EQ(inputs.Ones(10), 0);
  EXPECT_EQ(inputs.Plane(11), Rows({"....", "....", "1..."}));
  EXPECT_EQ(inputs.Ones(12), 0);
  EXPECT_EQ(inputs.globals[0], 0.0F);
  EXPECT_EQ(inputs.globals[1], 1.0F);
  EXPECT_EQ(inputs.globals[14], 0.0F);
}

TEST(KataGoFeaturesTest, APassThatWouldEndTheGameIsTold) {
  KataGoPosition position(GoSetup{});
  position.Play({"pass"});
  const Inputs inputs(position.state());
  EXPECT_EQ(inputs.globals[0], 1.0F);
  EXPECT_EQ(inputs.globals[14], 1.0F);
}

// KataGo 1.17.2's analysis engine shows no move from before its root; that a pass ends the phase it
// tells under territory rules all the same, and under area rules not (conservativePass): with
// g170-b6c96 rawLead 16.097 after B C3, W pass on 5x5 under Japanese rules, 18.324 under Chinese.
TEST(KataGoFeaturesTest, APassBeforeTheStartEndsAPhaseOnly) {
  for (const char* rules : {"japanese", "chinese"}) {
    GoSetup setup;
    setup.rules = Rules::Parse(rules).value();
    KataGoPosition position(setup);
    position.Play({"C3", "pass"});
    const GoStart start = StartFrom(position.state()).value();
    EXPECT_TRUE(start.state->follows_pass());
    EXPECT_EQ(start.state->consecutive_passes(), 0);
    const Inputs inputs(*start.state);
    EXPECT_EQ(inputs.globals[0], 0.0F);
    EXPECT_EQ(inputs.globals[14], setup.rules.scoring == ScoringRule::kTerritory ? 1.0F : 0.0F);
    start.state->Apply(0);
    EXPECT_FALSE(start.state->follows_pass());
    EXPECT_EQ(Inputs(*start.state).globals[14], 0.0F);
  }
}

// Black's stone in atari at the edge cannot run; one move ago White's atari had not been played, so
// there the chain had two liberties and filling C1 or so took it.
TEST(KataGoFeaturesTest, LaddersAreReadOnThisBoardAndTheTwoBefore) {
  KataGoPosition position(Drawn({".....", ".....", "..O..", ".OX..", "....."}, Player::kSecond));
  // The chain at C2 has two liberties, D2 and C1, and White to move catches it in a ladder.
  const Inputs before(position.state());
  EXPECT_EQ(before.Plane(14), Rows({".....", ".....", ".....", "..1..", "....."}));
  EXPECT_GT(before.Ones(17), 0);
  EXPECT_EQ(before.Plane(15), before.Plane(14));
  position.Play({"D2"});
  const Inputs after(position.state());
  EXPECT_EQ(after.Plane(14), Rows({".....", ".....", ".....", "..1..", "....."}));
  EXPECT_EQ(after.Ones(17), 0);  // the mover's own chain
  EXPECT_EQ(after.Plane(15), before.Plane(14));
  EXPECT_EQ(after.Plane(16), before.Plane(14));
}

TEST(KataGoFeaturesTest, AreaIsLeftOutUnderTerritoryScoring) {
  const Rows rows = {".XO.", ".XO.", ".XO.", ".XO."};
  const KataGoPosition area(Drawn(rows, Player::kFirst, "score=area"));
  EXPECT_EQ(Inputs(area.state()).Plane(18), Rows({"11..", "11..", "11..", "11.."}));
  EXPECT_EQ(Inputs(area.state()).Plane(19), Rows({"..11", "..11", "..11", "..11"}));
  const KataGoPosition territory(Drawn(rows, Player::kFirst, "score=territory"));
  EXPECT_EQ(Inputs(territory.state()).Ones(18), 0);
  EXPECT_EQ(Inputs(territory.state()).globals[9], 1.0F);
  EXPECT_EQ(Inputs(territory.state()).globals[18], 0.0F);
}

TEST(KataGoFeaturesTest, RulesAreTold) {
  GoSetup setup;
  setup.rules = Rules::Parse("ko=situational,suicide=multi,tax=all,komi=7").value();
  const Inputs inputs(KataGoPosition(setup).state());
  EXPECT_EQ(inputs.globals[6], 1.0F);
  EXPECT_EQ(inputs.globals[7], -0.5F);
  EXPECT_EQ(inputs.globals[8], 1.0F);
  EXPECT_EQ(inputs.globals[10], 1.0F);
  EXPECT_EQ(inputs.globals[11], 1.0F);
}

// 9x9 draws at odd komi: there the wave is 0, half a point above it 1/2, at even komi 0 falling.
TEST(KataGoFeaturesTest, TheKomiWaveHasPeriodTwo) {
  const auto wave = [](const std::string& komi, double draw_wins) {
    GoSetup setup;
    setup.rules = Rules::Parse("komi=" + komi).value();
    setup.to_move = Player::kSecond;
    const KataGoPosition position(setup);
    return Inputs(position.state(), draw_wins).globals[18];
  };
  EXPECT_NEAR(wave("7", 0.5), 0.0, 1e-6);
  EXPECT_NEAR(wave("7", 0.8), 0.3, 1e-6);
  EXPECT_NEAR(wave("7.5", 0.8), 0.5, 1e-6);
  EXPECT_NEAR(wave("8", 0.5), 0.0, 1e-6);
  EXPECT_NEAR(wave("8.5", 0.5), -0.5, 1e-6);
}

TEST(KataGoFeaturesTest, KomiIsTheMoversAndBounded) {
  GoSetup setup;
  setup.shape = {2, 2};
  setup.rules = Rules::Parse("komi=6.5").value();
  EXPECT_NEAR(Inputs(KataGoPosition(setup).state()).globals[5], -0.325, 1e-6);
  setup.rules = Rules::Parse("komi=100.5").value();
  EXPECT_NEAR(Inputs(KataGoPosition(setup).state()).globals[5], -1.2, 1e-6);
}

TEST(KataGoFeaturesTest, PlanesTurnWithTheBoard) {
  KataGoPosition position(Drawn({"XO...", ".....", "..O..", "....."}, Player::kFirst));
  const Inputs turned(position.state(), 0.5, Symmetry(Symmetry::kFlipRows));
  EXPECT_EQ(turned.Plane(1), Rows({".....", ".....", ".....", "1...."}));
}

// Where White may kill the stones around by suicide on the eight points around the white stone, the
// eye is none; without suicide Black is alive for ever and the white stone in it dead.
TEST(KataGoFeaturesTest, TheAreaMayCountSuicideThatTheRulesForbid) {
  const KataGoPosition position(Drawn({"XXXXXXX", "X...XXX", "X.O.X.X", "X...XXX", "XXXXXXX"},
                                      Player::kFirst, "ko=positional,suicide=none,komi=7"));
  std::vector<float> planes(static_cast<std::size_t>(22 * 35));
  std::vector<float> globals(19);
  const auto center = static_cast<std::size_t>(22 * (2 * 7 + 2));
  KataGoEncoder(0.5).Encode(position.state(), Symmetry(), planes, globals);
  EXPECT_EQ(planes[center + 18], 1.0F);
  EXPECT_EQ(planes[center + 19], 0.0F);
  KataGoEncoder(0.5, KataGoArea::kAsIfSuicideWereLegal)
      .Encode(position.state(), Symmetry(), planes, globals);
  EXPECT_EQ(planes[center + 18], 0.0F);
  EXPECT_EQ(planes[center + 19], 1.0F);
  EXPECT_EQ(globals[8], 0.0F);  // the rules are told as they are
}

}  // namespace
}  // namespace tengen

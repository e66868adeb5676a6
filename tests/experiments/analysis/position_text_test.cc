#include "experiments/analysis/position_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// White is to move on 4x3 and, by the analysis, badly off.
class PositionReportTest : public ::testing::Test {
 protected:
  PositionReportTest() {
    GoSetup setup;
    setup.shape = {3, 4};
    setup.diagram = {"....", ".XO.", "...."};
    setup.to_move = Player::kSecond;
    game_ = GoGame::Make(setup).value();
    state_ = game_->NewState();
    analysis_.value = -0.5F;
    analysis_.raw_value = -0.4F;
    analysis_.score = -3.25F;
    analysis_.raw_score = -3.0F;
    analysis_.has_score = true;
    analysis_.visits = 11;
    state_->LegalActions(analysis_.legal);
    analysis_.policy.assign(analysis_.legal.size(), 0.004F);
    analysis_.policy[0] = 0.64F;     // A3
    analysis_.policy[3] = 0.07F;     // D3
    analysis_.policy.back() = 0.2F;  // pass
    analysis_.ownership = {-1.0F, -0.96F, 0.04F, 0.31F, -0.9F, -0.8F,
                           0.7F,  0.6F,   0.0F,  0.2F,  0.5F,  0.97F};
    MoveAnalysis best;
    best.action = 0;
    best.visits = 10;
    best.prior = 0.64F;
    best.value = -0.5F;
    best.score = -3.25F;
    best.line = {0, 3, game_->pass()};
    best.line_visits = {10, 4, 1};
    MoveAnalysis other;
    other.action = 3;
    other.prior = 0.07F;
    other.line = {3};
    analysis_.moves = {best, other};
  }

  const GoState& state() const { return static_cast<const GoState&>(*state_); }

  std::shared_ptr<const GoGame> game_;
  std::unique_ptr<State> state_;
  PositionAnalysis analysis_;
};

TEST_F(PositionReportTest, PolicyIsInPercentBesideTheStones) {
  EXPECT_EQ(PolicyDiagram(state(), analysis_),
            "    A   B   C   D\n"
            " 3  64  .   .   7   3\n"
            " 2  .   X   O   .   2\n"
            " 1  .   .   .   .   1\n"
            "    A   B   C   D\n"
            "pass 20\n");
}

TEST_F(PositionReportTest, OwnershipIsBlacksInTenths) {
  EXPECT_EQ(OwnershipDiagram(state(), analysis_),
            "    A   B   C   D\n"
            " 3  +9  +9  .   -3  3\n"
            " 2  +9  X+8 O-7 -6  2\n"
            " 1  .   -2  -5  -9  1\n"
            "    A   B   C   D\n");
  analysis_.ownership.clear();
  EXPECT_EQ(OwnershipDiagram(state(), analysis_), "");
}

TEST_F(PositionReportTest, TheValueIsBlacksShareOfABar) {
  const std::string text = ValueText(state(), analysis_);
  EXPECT_THAT(text, HasSubstr("White to move, 11 visits"));
  EXPECT_THAT(text, HasSubstr("Black  75.0 %  ##############################----------  25.0 % "
                              "White\n"));
  EXPECT_THAT(text, HasSubstr("network alone: Black 70.0 %, lead: Black by 3.0"));
  EXPECT_THAT(text, HasSubstr("lead: Black by 3.2"));
  analysis_.has_score = false;
  EXPECT_THAT(ValueText(state(), analysis_), Not(HasSubstr("lead")));
}

TEST_F(PositionReportTest, MovesThatWereSearchedAreListed) {
  const std::string text = MovesText(state(), analysis_, 8);
  EXPECT_THAT(text, HasSubstr("A3    64.0 %      10      75.0 % B+  3.2  A3 D3 pass\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nD3")));
  analysis_.visits = 1;  // the network alone
  EXPECT_THAT(MovesText(state(), analysis_, 8), HasSubstr("\nD3     7.0 %\n"));
}

TEST_F(PositionReportTest, JsonHasTheBoardAndTheServicesFields) {
  const auto json = PositionReportJson(state(), analysis_);
  EXPECT_EQ(json["board"][1], ".XO.");
  EXPECT_EQ(json["point_of_view"], "black");
  EXPECT_EQ(json["rootInfo"]["winrate"], 0.75);
  EXPECT_EQ(json["ownership"][0], 1.0);
  EXPECT_EQ(json["policy"].size(), 13U);
}

}  // namespace
}  // namespace tengen

#include "experiments/match/match_sgf.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/handicap.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_replay.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

const MatchNames kNames = {"run:a]b", "gtp:\"x\\y\" (GNU Go 3.8)"};

MatchGame Record(double result_a, MatchEnd end) {
  MatchGame record;
  record.a_is_first = false;
  record.result_a = result_a;
  record.end = end;
  return record;
}

TEST(MatchSgf, ReadsBackAsItWas) {
  GoSetup setup;
  setup.shape = {7, 9};
  setup.rules = *Rules::Parse("aga,komi=0.5");
  const auto game = *GoGame::Make(*WithHandicap(setup, {0, 10}));
  MatchGame record = Record(1.0, MatchEnd::kRules);
  record.moves = {20, 30, game->pass(), game->pass()};
  record.opening_plies = 1;
  record.score = 3.5F;
  const auto trees = ParseSgf(MatchGameSgf(*game, record, kNames));
  ASSERT_TRUE(trees.ok()) << trees.error();
  const SgfTree& tree = trees->front();
  const auto info = ReadSgfGameInfo(tree);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->shape, setup.shape);
  EXPECT_EQ(info->half_komi, 1);
  EXPECT_EQ(info->handicap, 2);
  EXPECT_EQ(info->black, kNames.b);
  EXPECT_EQ(info->white, kNames.a);
  EXPECT_EQ(info->result, "B+3.5");
  EXPECT_EQ(ReadSgfRules(*info, UsualSgfRules()).named.rules, setup.rules);
  const auto replay = ReplaySgf(tree, tree.MainLine());
  ASSERT_TRUE(replay.ok());
  EXPECT_FALSE(replay->problem);
  EXPECT_EQ(replay->moves, 4);
  EXPECT_EQ(replay->position.moves.front().player, Player::kSecond);
  EXPECT_EQ(replay->position.moves.front().action, 20);
}

TEST(MatchSgf, ResultsNameTheReason) {
  EXPECT_EQ(SgfResult(Record(0.0, MatchEnd::kRules)), "0");
  EXPECT_EQ(SgfResult(Record(1.0, MatchEnd::kRules)), "W+");
  EXPECT_EQ(SgfResult(Record(1.0, MatchEnd::kResignation)), "W+R");
  MatchGame failed = Record(-1.0, MatchEnd::kFailure);
  failed.failure = AgentFailure::kTimeout;
  EXPECT_EQ(SgfResult(failed), "B+T");
  failed.failure = AgentFailure::kIllegalMove;
  failed.failure_text = "played C3, which the rules forbid";
  EXPECT_EQ(SgfResult(failed), "B+F");
  EXPECT_EQ(EndText(failed, {"x", "y"}), "x lost the game: played C3, which the rules forbid.");
  MatchGame counted = Record(-1.0, MatchEnd::kRules);
  counted.score = 12.5F;
  counted.own_scores = {std::nullopt, -0.5F};
  EXPECT_EQ(SgfResult(counted), "B+12.5");
  EXPECT_EQ(EndText(counted, {"x", "y"}), "Score as the board stands: B+12.5; y counts W+0.5.");
  EXPECT_TRUE(counted.disputed());
  counted.own_scores[1] = 2.5F;
  EXPECT_FALSE(counted.disputed());
}

}  // namespace
}  // namespace tengen

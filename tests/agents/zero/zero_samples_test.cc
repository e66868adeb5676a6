#include "agents/zero/zero_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::Pointwise;

struct Sample {
  std::vector<float> planes;
  std::vector<float> globals;
  std::vector<float> policy;
  std::vector<float> outcome = std::vector<float>(3);
  float value = 99.0F;
  float score = 99.0F;
  std::vector<float> ownership;
  float area_weight = 99.0F;
  std::vector<float> short_term = std::vector<float>(3, 99.0F);
  std::vector<float> reply_policy;
  std::vector<float> short_term_score = std::vector<float>(3, 99.0F);
};

Sample Fill(const GameRecord& record, int ply, Symmetry symmetry = Symmetry(),
            double root_value_share = 0.0) {
  const auto game = MakeGame(record.game_id).value();
  const GameSpec& spec = game->spec();
  const auto encoder = MakeEncoder("board/1").value();
  const auto points = static_cast<std::size_t>(spec.shape.points());
  Sample sample;
  sample.planes.resize(points * static_cast<std::size_t>(encoder->planes()));
  sample.globals.resize(static_cast<std::size_t>(encoder->globals()));
  sample.policy.assign(static_cast<std::size_t>(spec.num_actions), 99.0F);
  sample.ownership.assign(points, 99.0F);
  sample.reply_policy.assign(static_cast<std::size_t>(spec.num_actions), 99.0F);
  FillZeroRow(*encoder, *ReplayTo(*game, record, ply), record, ply, symmetry, {root_value_share, 1},
              {sample.planes, sample.globals, sample.policy, sample.outcome, &sample.value,
               &sample.score, sample.ownership, &sample.area_weight, sample.short_term,
               sample.reply_policy, sample.short_term_score});
  return sample;
}

TEST(ZeroRow, OutcomeIsOfThePlayerToMove) {
  EXPECT_THAT(Fill(XWinsTopRow(), 0).outcome, ElementsAre(1.0F, 0.0F, 0.0F));  // X, who wins
  EXPECT_THAT(Fill(XWinsTopRow(), 3).outcome, ElementsAre(0.0F, 0.0F, 1.0F));  // O, who loses
  GameRecord drawn = XWinsTopRow();
  drawn.return_first = 0.0F;
  EXPECT_THAT(Fill(drawn, 3).outcome, ElementsAre(0.0F, 1.0F, 0.0F));
  EXPECT_EQ(Fill(XWinsTopRow(), 0).value, 1.0F);
  EXPECT_EQ(Fill(XWinsTopRow(), 3).value, -1.0F);
}

// Ply 2: X wins, root value 0.5; share 1/4: win 3/4 + 1/4 * (1 + 0.5) / 2 = 0.9375.
// Ply 3: O loses, root value -0.75: win 1/4 * (1 - 0.75) / 2 = 0.03125.
TEST(ZeroRow, OutcomeTakesAShareOfTheRootValue) {
  EXPECT_THAT(Fill(XWinsTopRow(), 2, Symmetry(), 0.25).outcome,
              ElementsAre(0.9375F, 0.0F, 0.0625F));
  EXPECT_THAT(Fill(XWinsTopRow(), 3, Symmetry(), 0.25).outcome,
              ElementsAre(0.03125F, 0.0F, 0.96875F));
}

TEST(ZeroRow, PolicyIsTheSearchsOverAllActions) {
  const Sample sample = Fill(XWinsTopRow(), 2);
  EXPECT_THAT(sample.policy, ElementsAre(0.0F, 0.6F, 0.3F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.1F));
}

// Flipping columns takes 1 to 1, 2 to 0, 8 to 6.
TEST(ZeroRow, PolicyTurnsWithTheBoard) {
  const Sample sample = Fill(XWinsTopRow(), 2, Symmetry(Symmetry::kFlipColumns));
  EXPECT_THAT(sample.policy, ElementsAre(0.3F, 0.6F, 0.0F, 0.0F, 0.0F, 0.0F, 0.1F, 0.0F, 0.0F));
}

// Values from ply 2 on: 1/2, of O -3/4, so 3/4 of X, then 1, and X wins. With 125 points the weight
// f of each ply is 1/23, 1/8, 1/3, so that
//   s(4) = s(5) = 1,   s(3) = 1 - f / 4 = 91/92, 31/32, 11/12,
//   s(2) = f / 2 + (1 - f) s(3) = 512/529, 233/256, 7/9.
TEST(ShortTermTarget, AveragesTheValuesToComeWithFallingWeights) {
  const GameRecord record = XWinsTopRow();
  EXPECT_THAT(ShortTermTarget(record, 4, Player::kFirst, 125), ElementsAre(1.0F, 1.0F, 1.0F));
  EXPECT_THAT(ShortTermTarget(record, 3, Player::kSecond, 125),
              ElementsAre(FloatEq(-91.0F / 92), FloatEq(-31.0F / 32), FloatEq(-11.0F / 12)));
  EXPECT_THAT(ShortTermTarget(record, 2, Player::kFirst, 125),
              ElementsAre(FloatEq(512.0F / 529), FloatEq(233.0F / 256), FloatEq(7.0F / 9)));
}

// s(3) = s(4) = 1, s(2) = 1 - f / 2.
TEST(ShortTermTarget, LeavesOutPliesThatWereNotSearched) {
  GameRecord record = XWinsTopRow();
  record.plies[3].visits = 0;
  EXPECT_THAT(ShortTermTarget(record, 2, Player::kFirst, 125),
              ElementsAre(FloatEq(45.0F / 46), FloatEq(15.0F / 16), FloatEq(5.0F / 6)));
}

// Of a last ply with value 0 the rest, 1 - f, is the result. 1 / f on 19x19, from KataGo's
// constants: 1 + 0.176 * 361 = 64.536, 1 + 0.056 * 361 = 21.216, 1 + 0.016 * 361 = 6.776.
TEST(ShortTermTarget, LooksAsFarAheadAsTheBoardIsLarge) {
  GameRecord record = XWinsTopRow();
  record.plies[4].root_value = 0.0F;
  const auto target = ShortTermTarget(record, 4, Player::kFirst, 361);
  EXPECT_NEAR(1.0 / (1.0 - static_cast<double>(target[0])), 64.536, 1e-2);
  EXPECT_NEAR(1.0 / (1.0 - static_cast<double>(target[1])), 21.216, 1e-3);
  EXPECT_NEAR(1.0 / (1.0 - static_cast<double>(target[2])), 6.776, 1e-3);
}

TEST(ZeroRow, ShortTermIsOfTheGamesBoard) {
  const auto target = ShortTermTarget(XWinsTopRow(), 3, Player::kSecond, 9);
  EXPECT_THAT(Fill(XWinsTopRow(), 3).short_term, ElementsAre(target[0], target[1], target[2]));
}

// White is to move at ply 5, Black at ply 6, and Black wins by 3.5. With 125 points the weight f of
// a ply is 1/23, 1/8, 1/3:
//   s(6) = -2 f - 3.5 (1 - f) = -79/23, -53/16, -3,   s(5) = -f + (1 - f) s(6).
TEST(ShortTermScoreTarget, AveragesTheRawScoresToComeAndTheFinalOne) {
  GameRecord record = BlackWinsSmallGo();
  for (RecordedPly& ply : record.plies) ply.visits = 1;
  record.plies[5].raw_score = -1.0F;
  record.plies[6].raw_score = 2.0F;
  EXPECT_THAT(ShortTermScoreTarget(record, 5, Player::kSecond, 125),
              ElementsAre(FloatEq(-1761.0F / 529), FloatEq(-387.0F / 128), FloatEq(-7.0F / 3)));
}

TEST(ZeroRow, ShortTermScoresAreOfCountedGames) {
  const auto target = ShortTermScoreTarget(BlackWinsSmallGo(), 5, Player::kSecond, 9);
  EXPECT_THAT(Fill(BlackWinsSmallGo(), 5).short_term_score,
              ElementsAre(target[0], target[1], target[2]));
  EXPECT_THAT(Fill(XWinsTopRow(), 2).short_term_score, Each(0.0F));
}

TEST(ZeroRow, ReplyIsTheSearchsOfTheNextPly) {
  EXPECT_THAT(Fill(XWinsTopRow(), 2).reply_policy, ElementsAre(0, 0, 0, 0, 1, 0, 0, 0, 0));
  // Flipping columns takes 2 to 0.
  EXPECT_THAT(Fill(XWinsTopRow(), 3, Symmetry(Symmetry::kFlipColumns)).reply_policy,
              ElementsAre(1, 0, 0, 0, 0, 0, 0, 0, 0));
}

TEST(ZeroRow, NoReplyBeforeACheapSearchAndAtTheEnd) {
  EXPECT_THAT(Fill(XWinsTopRow(), 0).reply_policy, Each(0.0F));
  EXPECT_THAT(Fill(XWinsTopRow(), 4).reply_policy, Each(0.0F));
}

TEST(ZeroRow, ThePassStaysWhereItIs) {
  for (int i = 0; i < Symmetry::kCount; ++i) {
    EXPECT_EQ(Fill(BlackWinsSmallGo(), 5, Symmetry(i)).policy[9], 1.0F);
  }
}

TEST(ZeroRow, AreaIsOfThePlayerToMove) {
  const Sample black = Fill(BlackWinsSmallGo(), 0);
  EXPECT_EQ(black.area_weight, 1.0F);
  EXPECT_EQ(black.score, 3.5F);
  EXPECT_THAT(black.ownership, ElementsAre(1, 1, -1, 1, 1, 0, 1, 1, -1));
  const Sample white = Fill(BlackWinsSmallGo(), 1);
  EXPECT_EQ(white.score, -3.5F);
  EXPECT_THAT(white.ownership, ElementsAre(-1, -1, 1, -1, -1, 0, -1, -1, 1));
}

// Transposing takes the right column (points 2, 5, 8) to the bottom row (6, 7, 8).
TEST(ZeroRow, OwnershipTurnsWithTheBoard) {
  const Sample sample = Fill(BlackWinsSmallGo(), 0, Symmetry(Symmetry::kTranspose));
  EXPECT_THAT(sample.ownership, ElementsAre(1, 1, 1, 1, 1, 1, -1, 0, -1));
}

TEST(ZeroRow, ResignedGamesHaveNoAreaTarget) {
  GameRecord record = BlackWinsSmallGo();
  record.end = GameEnd::kResign;
  record.plies.resize(4);
  record.owner.clear();
  record.score_first = 0.0F;
  const Sample sample = Fill(record, 1);
  EXPECT_EQ(sample.area_weight, 0.0F);
  EXPECT_EQ(sample.score, 0.0F);
  EXPECT_THAT(sample.ownership, Each(0.0F));
  EXPECT_THAT(sample.outcome, ElementsAre(0.0F, 0.0F, 1.0F));
}

TEST(ZeroRow, InputIsTheEncodersOfThePositionBeforeTheMove) {
  const GameRecord record = XWinsTopRow();
  const auto game = MakeGame(record.game_id).value();
  const auto encoder = MakeEncoder("board/1").value();
  const auto state = game->NewState();
  state->Apply(0);
  state->Apply(3);
  const Symmetry symmetry(Symmetry::kFlipRows);
  const Sample sample = Fill(record, 2, symmetry);
  std::vector<float> planes(sample.planes.size());
  std::vector<float> globals(sample.globals.size());
  encoder->Encode(*state, symmetry, planes, globals);
  EXPECT_THAT(sample.planes, Pointwise(FloatEq(), planes));
  EXPECT_THAT(sample.globals, Pointwise(FloatEq(), globals));
}

// CartPole for four plies, reward 1 each, discount 1/2, root values 10, 20, 30, 40.
GameRecord FourSteps(GameEnd end) {
  GameRecord record;
  record.game_id = "cartpole:start=1,limit=4,discount=0.5";
  for (const float value : {10.0F, 20.0F, 30.0F, 40.0F}) {
    RecordedPly ply;
    ply.action = record.plies.size() % 2 == 0 ? 0 : 1;
    ply.sample = true;
    ply.root_value = value;
    ply.policy = {{0, 0.25F}, {1, 0.75F}};
    record.plies.push_back(ply);
  }
  record.end = end;
  record.return_first = 4.0F;
  return record;
}

double Target(const GameRecord& record, int ply, int td_plies) {
  const auto game = *MakeGame(record.game_id);
  return ReturnTarget(*ReplayTo(*game, record, ply), record, ply, td_plies);
}

TEST(ReturnTarget, SumsRewardsAndBootstrapsFromTheSearch) {
  const GameRecord record = FourSteps(GameEnd::kTruncated);
  EXPECT_DOUBLE_EQ(Target(record, 0, 1), 1.0 + 0.5 * 20.0);
  EXPECT_DOUBLE_EQ(Target(record, 0, 2), 1.0 + 0.5 + 0.25 * 30.0);
  EXPECT_DOUBLE_EQ(Target(record, 1, 2), 1.0 + 0.5 + 0.25 * 40.0);
}

// Cut off after ply 3: what would have followed is known from its search alone.
TEST(ReturnTarget, BootstrapsThroughTheTimeLimit) {
  const GameRecord record = FourSteps(GameEnd::kTruncated);
  EXPECT_DOUBLE_EQ(Target(record, 0, 100), 1.0 + 0.5 + 0.25 + 0.125 * 40.0);
  EXPECT_DOUBLE_EQ(Target(record, 2, 2), 1.0 + 0.5 * 40.0);
  EXPECT_DOUBLE_EQ(Target(record, 3, 2), 40.0);
}

// Ended by the task: nothing follows the last reward.
TEST(ReturnTarget, DoesNotBootstrapThroughTheEnd) {
  const GameRecord record = FourSteps(GameEnd::kRules);
  EXPECT_DOUBLE_EQ(Target(record, 0, 100), 1.0 + 0.5 + 0.25 + 0.125);
  EXPECT_DOUBLE_EQ(Target(record, 2, 2), 1.0 + 0.5);
  EXPECT_DOUBLE_EQ(Target(record, 3, 1), 1.0);
  EXPECT_DOUBLE_EQ(Target(record, 2, 1), 1.0 + 0.5 * 40.0);  // ply 3 is still searched
}

TEST(ZeroRow, OnePlayerHasAReturnInsteadOfAnOutcome) {
  const GameRecord record = FourSteps(GameEnd::kTruncated);
  const auto game = *MakeGame(record.game_id);
  const auto encoder = *MakeEncoder("cartpole/1");
  Sample sample;
  sample.planes.resize(1);
  sample.globals.resize(4);
  sample.policy.resize(2);
  sample.ownership.resize(1);
  FillZeroRow(*encoder, *ReplayTo(*game, record, 1), record, 1, Symmetry(), {0.5, 1},
              {sample.planes, sample.globals, sample.policy, sample.outcome, &sample.value,
               &sample.score, sample.ownership, &sample.area_weight});
  EXPECT_FLOAT_EQ(sample.value, 1.0F + 0.5F * 30.0F);
  EXPECT_THAT(sample.outcome, Each(0.0F));
  EXPECT_THAT(sample.policy, ElementsAre(0.25F, 0.75F));
  EXPECT_TRUE(CheckRecord(record).ok()) << CheckRecord(record).error();
}

TEST(CheckRecord, TellsACutOffGameFromAFinishedOne) {
  GameRecord record = FourSteps(GameEnd::kRules);
  EXPECT_THAT(CheckRecord(record).error(), ::testing::HasSubstr("not over"));
  record = FourSteps(GameEnd::kTruncated);
  record.plies.pop_back();
  record.return_first = 3.0F;
  EXPECT_THAT(CheckRecord(record).error(), ::testing::HasSubstr("not cut off"));
}

}  // namespace
}  // namespace tengen

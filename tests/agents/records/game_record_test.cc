#include "agents/records/game_record.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return text.replace(at, from.size(), to);
}

TEST(GameRecord, CborRoundTripKeepsEveryField) {
  for (const GameRecord& record : {XWinsTopRow(), BlackWinsSmallGo()}) {
    const auto back = RecordFromCbor(RecordToCbor(record));
    ASSERT_TRUE(back.ok()) << back.error();
    EXPECT_EQ(*back, record);
  }
}

TEST(GameRecord, JsonRoundTripKeepsEveryField) {
  GameRecord record = XWinsTopRow();
  record.plies[0].root_value = 0.1F;  // no short decimal or binary fraction
  record.end = GameEnd::kResign;
  const auto back = RecordFromJson(RecordToJson(record));
  ASSERT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(*back, record);
}

TEST(GameRecord, CountsSamples) {
  EXPECT_EQ(XWinsTopRow().sample_count(), 4);
  EXPECT_EQ(BlackWinsSmallGo().sample_count(), 7);
}

TEST(GameRecord, RefusesOtherBytes) {
  EXPECT_THAT(RecordFromCbor("no CBOR at all").error(), HasSubstr("not CBOR"));
  EXPECT_THAT(RecordFromJson("{").error(), HasSubstr("not JSON"));
  EXPECT_THAT(RecordFromJson("[1]").error(), HasSubstr("array, wanted an object"));
}

TEST(GameRecord, NamesAMissingField) {
  const std::string text = Replaced(RecordToJson(XWinsTopRow()), "\"seed\"", "\"sead\"");
  EXPECT_THAT(RecordFromJson(text).error(), HasSubstr("seed is missing"));
}

TEST(GameRecord, NamesAFieldOfAnotherType) {
  const std::string text =
      Replaced(RecordToJson(XWinsTopRow()), "\"plays_on\":true", "\"plays_on\":3");
  EXPECT_THAT(RecordFromJson(text).error(), HasSubstr("plays_on is 3, wanted true or false"));
}

TEST(GameRecord, RefusesColumnsOfDifferentLengths) {
  const std::string text =
      Replaced(RecordToJson(XWinsTopRow()), "\"visits\":[16,4,", "\"visits\":[4,");
  EXPECT_THAT(RecordFromJson(text).error(), HasSubstr("visits has 4 entries, wanted 5"));
}

TEST(GameRecord, RefusesAnUnknownFormat) {
  const std::string text = Replaced(RecordToJson(XWinsTopRow()), "\"format\":1", "\"format\":2");
  EXPECT_THAT(RecordFromJson(text).error(), HasSubstr("format is 2"));
}

TEST(GameRecord, ReplaysToAnyPly) {
  const auto game = MakeGame("tictactoe").value();
  const GameRecord record = XWinsTopRow();
  std::vector<Cell> board(9);
  ReplayTo(*game, record, 2)->Board(board);
  EXPECT_EQ(board[0], Cell::kFirst);
  EXPECT_EQ(board[3], Cell::kSecond);
  EXPECT_EQ(board[1], Cell::kEmpty);
  const auto end = ReplayTo(*game, record, 5);
  EXPECT_TRUE(end->IsTerminal());
  EXPECT_EQ(end->Return(Player::kFirst), 1.0);
}

TEST(GameRecord, CheckAcceptsWhatTheRulesSay) {
  const Status tic_tac_toe = CheckRecord(XWinsTopRow());
  EXPECT_TRUE(tic_tac_toe.ok()) << tic_tac_toe.error();
  const Status go = CheckRecord(BlackWinsSmallGo());
  EXPECT_TRUE(go.ok()) << go.error();
}

TEST(GameRecord, CheckFindsAnIllegalMove) {
  GameRecord record = XWinsTopRow();
  record.plies[2].action = 0;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("ply 2: action 0 is not legal"));
}

TEST(GameRecord, CheckFindsAWrongResult) {
  GameRecord record = XWinsTopRow();
  record.return_first = -1.0F;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("return_first -1, wanted 1"));
}

TEST(GameRecord, CheckFindsAWrongScoreAndOwner) {
  GameRecord record = BlackWinsSmallGo();
  record.score_first = 4.5F;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("score_first 4.5, wanted 3.5"));
  record = BlackWinsSmallGo();
  record.owner[5] = Cell::kSecond;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("owners"));
}

TEST(GameRecord, CheckFindsAPolicyOffTheLegalMoves) {
  GameRecord record = XWinsTopRow();
  record.plies[2].policy = {{3, 1.0F}};
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("policy on action 3"));
  record.plies[2].policy = {{1, 0.5F}};
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("policy sums to 0.5"));
}

TEST(GameRecord, CheckFindsNumbersThatAreNotFinite) {
  for (float RecordedPly::*field :
       {&RecordedPly::root_value, &RecordedPly::raw_value, &RecordedPly::raw_score}) {
    GameRecord record = XWinsTopRow();
    record.plies[1].*field = std::numeric_limits<float>::infinity();
    EXPECT_THAT(CheckRecord(record).error(), HasSubstr("ply 1: a value of inf, wanted a finite"));
  }
  GameRecord record = XWinsTopRow();
  record.plies[2].policy[1].probability = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("ply 2: policy has nan"));
}

TEST(GameRecord, CheckFindsNetworksAndPliesThatTheGameDoesNotHave) {
  const auto error = [](auto change) {
    GameRecord record = XWinsTopRow();
    change(record);
    return CheckRecord(record).error();
  };
  EXPECT_THAT(error([](GameRecord& r) { r.nets[1].first_ply = 6; }),
              HasSubstr("a network from ply 6 on, wanted 0 to 5"));
  EXPECT_THAT(error([](GameRecord& r) { r.nets[1].first_batch = 0; }), HasSubstr("not ascending"));
  EXPECT_THAT(error([](GameRecord& r) { r.nets[0].step = -1; }), HasSubstr("step -1"));
  EXPECT_THAT(error([](GameRecord& r) { r.nets[0].hash = "abc"; }), HasSubstr("hash of 3 letters"));
  EXPECT_THAT(error([](GameRecord& r) { r.resign_ply[1] = 6; }), HasSubstr("resign_ply 6"));
  EXPECT_THAT(error([](GameRecord& r) { r.plies[1].visits = -1; }), HasSubstr("ply 1: -1 visits"));
}

// The owners are read as far as the board goes when positions are drawn.
TEST(GameRecord, CheckFindsOwnersOfAGameThatNobodyCounted) {
  GameRecord record = BlackWinsSmallGo();
  record.end = GameEnd::kResign;
  record.plies.resize(5);  // White is to move
  record.owner.resize(2);
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("owners or a score, wanted none"));
  record.owner.clear();
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("owners or a score, wanted none"));
  record.score_first = 0.0F;
  EXPECT_TRUE(CheckRecord(record).ok());
}

TEST(GameRecord, OnePlayerCannotResign) {
  GameRecord record;
  record.game_id = "cartpole:start=1,limit=4";
  record.end = GameEnd::kResign;
  record.return_first = -1.0F;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("resigned in a game of one player"));
}

TEST(GameRecord, WhoResignsLoses) {
  GameRecord record = XWinsTopRow();
  record.plies.resize(3);  // O is to move
  record.end = GameEnd::kResign;
  record.return_first = 1.0F;
  EXPECT_TRUE(CheckRecord(record).ok());
  record.return_first = -1.0F;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("wanted 1"));
}

// Who is to move may win: the other one resigned, ran out of time, or both agreed.
TEST(GameRecord, AGivenResultNeedsNoCountAndNoEndByTheRules) {
  GameRecord record = BlackWinsSmallGo();
  record.end = GameEnd::kAdjudicated;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("owners or a score, wanted none"));
  record.owner.clear();
  record.score_first = 0.0F;
  for (const float result : {1.0F, 0.0F, -1.0F}) {
    for (const std::size_t plies : {7U, 5U, 0U}) {  // 7: two passes, over by the rules too
      GameRecord part = record;
      part.plies.resize(plies);
      part.return_first = result;
      EXPECT_TRUE(CheckRecord(part).ok()) << plies << CheckRecord(part).error();
      const auto back = RecordFromCbor(RecordToCbor(part));
      ASSERT_TRUE(back.ok()) << back.error();
      EXPECT_EQ(*back, part);
    }
  }
  record.return_first = 0.5F;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("return_first 0.5, wanted 1, 0 or -1"));
  record.return_first = 1.0F;
  record.game_id = "cartpole:start=1,limit=9";
  record.plies.clear();
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("adjudicated in a game of one player"));
}

TEST(FalseResignation, IsAWouldBeResignerWhoDidNotLose) {
  GameRecord record = XWinsTopRow();  // the second player would have resigned, and lost
  EXPECT_FALSE(IsFalseResignation(record));
  record.return_first = 0.0F;
  EXPECT_TRUE(IsFalseResignation(record));
  record.return_first = -1.0F;
  EXPECT_TRUE(IsFalseResignation(record));
}

TEST(FalseResignation, CountsTheFirstWhoWouldHaveResigned) {
  GameRecord record = XWinsTopRow();
  record.resign_ply = {2, 3};  // the first player would have resigned, and won
  EXPECT_TRUE(IsFalseResignation(record));
  record.resign_ply = {4, 3};
  EXPECT_FALSE(IsFalseResignation(record));
}

TEST(FalseResignation, NeedsAGamePlayedOn) {
  GameRecord record = XWinsTopRow();
  record.return_first = -1.0F;
  record.plays_on = false;
  EXPECT_FALSE(IsFalseResignation(record));
  record.plays_on = true;
  record.resign_ply = {-1, -1};
  EXPECT_FALSE(IsFalseResignation(record));
}

TEST(GameRecord, KeepsSurprisesAndReadsRecordsWithoutThem) {
  GameRecord record = XWinsTopRow();
  EXPECT_EQ(RecordToJson(record).find("surprises"), std::string::npos) << "as before";
  record.plies[2].surprise = 0.375F;
  EXPECT_EQ(*RecordFromJson(RecordToJson(record)), record);
  EXPECT_EQ(*RecordFromCbor(RecordToCbor(record)), record);
  EXPECT_TRUE(CheckRecord(record).ok());
  record.plies[2].surprise = -1.0F;
  EXPECT_THAT(CheckRecord(record).error(), HasSubstr("a surprise of -1"));
}

}  // namespace
}  // namespace tengen

#include "agents/zero/restart_pool.h"

#include <array>
#include <limits>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The example with these root values, view of the mover: X, O, X, O, X. X wins.
GameRecord XWinsAndThought(const std::array<float, 5>& root_values) {
  GameRecord record = XWinsTopRow();
  for (std::size_t i = 0; i < root_values.size(); ++i) record.plies[i].root_value = root_values[i];
  return record;
}

void Offer(RestartPool& pool, const GameRecord& record) {
  pool.Offer(record, *MakeGame(record.game_id).value());
}

// The moves to the position that this game leaves.
std::vector<Action> LeftBy(const GameRecord& record) {
  RestartPool pool;
  Offer(pool, record);
  return pool.Take(record.game_id, 0.5);
}

// Leave a regret of 0.5 before ply 1 and of 1.5 before ply 2; all else was foreseen.
const std::array<float, 5> kHalfWrong = {1.0F, -0.5F, 1.0F, -1.0F, 1.0F};
const std::array<float, 5> kVeryWrong = {1.0F, -1.0F, -0.5F, -1.0F, 1.0F};

TEST(Regret, IsTheDistanceFromRootValueToResultInTheMoversView) {
  GameRecord record = XWinsAndThought({0.25F, 0.5F, -0.25F, -0.75F, 1.5F});
  EXPECT_EQ(Regret(record, 0, Player::kFirst), 0.75F);   // 0.25 and won
  EXPECT_EQ(Regret(record, 1, Player::kSecond), 1.5F);   // 0.5 and lost
  EXPECT_EQ(Regret(record, 2, Player::kFirst), 1.25F);   // -0.25 and won
  EXPECT_EQ(Regret(record, 3, Player::kSecond), 0.25F);  // -0.75 and lost
  EXPECT_EQ(Regret(record, 4, Player::kFirst), 0.0F);    // better than a win: a win
  record.return_first = -1.0F;
  EXPECT_EQ(Regret(record, 0, Player::kFirst), 1.25F);
  EXPECT_EQ(Regret(record, 3, Player::kSecond), 1.75F);
  record.return_first = 0.0F;
  EXPECT_EQ(Regret(record, 0, Player::kFirst), 0.25F);
  EXPECT_EQ(Regret(record, 3, Player::kSecond), 0.75F);
}

TEST(UnsearchedPlies, AreThoseBeforeTheFirstSearch) {
  GameRecord record = XWinsTopRow();
  EXPECT_EQ(UnsearchedPlies(record), 0);
  record.plies[0].visits = record.plies[1].visits = 0;
  EXPECT_EQ(UnsearchedPlies(record), 2);
  for (RecordedPly& ply : record.plies) ply.visits = 0;
  EXPECT_EQ(UnsearchedPlies(record), 5);
  EXPECT_EQ(UnsearchedPlies({}), 0);
}

// Regrets 0.75, 1.5, 1.25, 0.25, 0. By the other player's view ply 3 would be the worst, by the
// other sign ply 4.
TEST(RestartPool, KeepsThePositionBeforeTheWorstPly) {
  GameRecord record = XWinsAndThought({0.25F, 0.5F, -0.25F, -0.75F, 1.0F});
  EXPECT_THAT(LeftBy(record), ElementsAre(0));
  record.plies[2].root_value = -0.75F;  // regret 1.75
  EXPECT_THAT(LeftBy(record), ElementsAre(0, 3));
  record.plies[4].root_value = -1.0F;  // regret 2, at the last move
  EXPECT_THAT(LeftBy(record), ElementsAre(0, 3, 1, 4));
}

TEST(RestartPool, OfEqualRegretsTheLatestIsKept) {
  EXPECT_THAT(LeftBy(XWinsAndThought({1.0F, 0.0F, 0.0F, -1.0F, 1.0F})), ElementsAre(0, 3));
}

TEST(RestartPool, NoGameLeavesThePositionThatItBeganAt) {
  GameRecord record = XWinsAndThought({-1.0F, -0.75F, -1.0F, -0.5F, 0.75F});
  EXPECT_THAT(LeftBy(record), ElementsAre(0, 3));  // regrets 2 at ply 0, 2 at ply 2
  record.plies[0].visits = record.plies[1].visits = 0;
  EXPECT_THAT(LeftBy(record), ElementsAre(0, 3, 1)) << "it began at ply 2; 0.5 at ply 3";
  record.plies[2].visits = record.plies[3].visits = 0;
  EXPECT_THAT(LeftBy(record), IsEmpty()) << "it began at ply 4, the last";
  for (RecordedPly& ply : record.plies) ply.visits = 0;
  EXPECT_THAT(LeftBy(record), IsEmpty());
}

// Regrets 0.75, 1.5, 1.25, 0.25, 2: the last is that of a cheap search of a decided game.
TEST(RestartPool, GamesThatWerePlayedOutLeaveNothingBehindTheirResignation) {
  GameRecord record = XWinsAndThought({0.25F, 0.5F, -0.25F, -0.75F, -1.0F});
  record.plays_on = false;
  record.resign_ply = {-1, 3};
  EXPECT_THAT(LeftBy(record), ElementsAre(0));
  record.resign_ply = {2, 1};
  EXPECT_THAT(LeftBy(record), IsEmpty());
  record.plays_on = true;  // then all searches are alike
  EXPECT_THAT(LeftBy(record), ElementsAre(0, 3, 1, 4));
}

TEST(RestartPool, AGameThatWasForeseenLeavesNothing) {
  RestartPool pool;
  GameRecord record = XWinsAndThought({-1.0F, -1.0F, 1.0F, -1.0F, 1.0F});
  Offer(pool, record);
  record.plies[1].root_value = std::numeric_limits<float>::quiet_NaN();
  Offer(pool, record);
  EXPECT_EQ(pool.size(), 0U);
}

// White moves first, and loses: regrets 1, 0.5 (Black), 1.5. Were Black the first, ply 1 would be
// the worst.
TEST(RestartPool, ASecondPlayerMayMoveFirst) {
  GameRecord record;
  record.game_id = "go:size=9,handicap=2";
  ASSERT_EQ(MakeGame(record.game_id).value()->NewState()->ToMove(), Player::kSecond);
  record.return_first = 1.0F;
  const std::vector<std::pair<Action, float>> plies = {{40, 0.0F}, {41, 0.5F}, {42, 0.5F}};
  for (const auto& [action, root_value] : plies) {
    RecordedPly& ply = record.plies.emplace_back();
    ply.action = action;
    ply.visits = 1;
    ply.root_value = root_value;
  }
  EXPECT_THAT(LeftBy(record), ElementsAre(40, 41));
}

// Shares 0.5 / 2 and 1.5 / 2.
TEST(RestartPool, DrawsInProportionToRegret) {
  const auto drawn_at = [](double place) {
    RestartPool pool;
    Offer(pool, XWinsAndThought(kHalfWrong));
    Offer(pool, XWinsAndThought(kVeryWrong));
    return pool.Take("tictactoe", place).size();
  };
  EXPECT_EQ(drawn_at(0.0), 1U);
  EXPECT_EQ(drawn_at(0.2499), 1U);
  EXPECT_EQ(drawn_at(0.25), 2U);
  EXPECT_EQ(drawn_at(0.9999), 2U);
}

TEST(RestartPool, APositionIsDrawnOnce) {
  RestartPool pool;
  Offer(pool, XWinsAndThought(kHalfWrong));
  Offer(pool, XWinsAndThought(kVeryWrong));
  EXPECT_THAT(pool.Take("tictactoe", 0.5), ElementsAre(0, 3));
  EXPECT_THAT(pool.Take("tictactoe", 0.5), ElementsAre(0));
  EXPECT_THAT(pool.Take("tictactoe", 0.5), IsEmpty());
}

// White's 0.5 was wrong by 1.5 at every turn.
TEST(RestartPool, DrawsAmongPositionsOfTheSameGame) {
  RestartPool pool;
  Offer(pool, XWinsAndThought(kHalfWrong));
  Offer(pool, BlackWinsSmallGo());
  EXPECT_THAT(pool.Take("go:size=3,komi=1.5", 0.5), IsEmpty());
  EXPECT_THAT(pool.Take("tictactoe", 0.9999), ElementsAre(0));
  EXPECT_THAT(pool.Take("tictactoe", 0.9999), IsEmpty());
  EXPECT_THAT(pool.Take("go:size=3,komi=0.5", 0.0), ElementsAre(1, 2, 4, 8, 7));
}

TEST(RestartPool, TheOldestMakesRoom) {
  RestartPool pool;
  Offer(pool, XWinsAndThought(kHalfWrong));
  for (std::size_t i = 1; i < RestartPool::kCapacity; ++i) Offer(pool, XWinsAndThought(kVeryWrong));
  EXPECT_EQ(pool.size(), RestartPool::kCapacity);
  Offer(pool, XWinsAndThought(kVeryWrong));
  EXPECT_EQ(pool.size(), RestartPool::kCapacity);
  EXPECT_THAT(pool.Take("tictactoe", 0.0), ElementsAre(0, 3));
}

}  // namespace
}  // namespace tengen

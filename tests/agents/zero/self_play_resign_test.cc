// Games in which somebody resigns, ended there or not.

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "agents/zero/self_play.h"
#include "tests/agents/zero/self_play_games.h"

namespace tengen {
namespace {

// Believes that the first player is winning: value +0.9 or -0.9 for the mover, or what is asked
// for, uniform prior.
class FirstWins : public Evaluator {
 public:
  explicit FirstWins(float value = 0.9F) : value_(value) {}

  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& e : batch) {
      std::fill(e.prior.begin(), e.prior.end(), 1.0F / static_cast<float>(e.prior.size()));
      e.value = e.state->ToMove() == Player::kFirst ? value_ : -value_;
    }
    return 0;
  }
  void Wait(Ticket) override {}

 private:
  const float value_;
};

TEST(SelfPlayResignation, TheLoserResigns) {
  SelfPlayConfig config = TicTacToe();
  config.resign_value = 0.5;
  config.resign_min_ply = 2;
  config.play_on_share = 0.0;
  for (const GameRecord& record : Play(config, std::make_shared<FirstWins>(), 10)) {
    EXPECT_EQ(record.end, GameEnd::kResign);
    EXPECT_EQ(record.return_first, 1.0F);
    EXPECT_EQ(record.plies.size(), 3U);  // the second player's first turn from ply 2 on
    EXPECT_EQ(record.resign_ply, (std::array<int, 2>{-1, 3}));
    EXPECT_TRUE(CheckRecord(record).ok());
  }
}

// A search that corrects values can find worse than a loss.
TEST(SelfPlayResignation, NobodyResignsAtAValueOfOne) {
  SelfPlayConfig config = TicTacToe();
  config.resign_min_ply = 0;
  config.play_on_share = 0.0;
  for (const GameRecord& record : Play(config, std::make_shared<FirstWins>(3.0F), 10)) {
    EXPECT_EQ(record.end, GameEnd::kRules);
    EXPECT_EQ(record.resign_ply, (std::array<int, 2>{-1, -1}));
  }
}

// What follows a resignation is not learnt from, but it decides the game.
TEST(SelfPlayResignation, DecidedGamesArePlayedToTheirEnd) {
  SelfPlayConfig config = TicTacToe();
  config.resign_value = 0.5;
  config.resign_min_ply = 2;
  config.play_on_share = 0.0;
  config.decided_visits = 2;
  LatestModel source({std::make_shared<FirstWins>(), 0});
  VectorSink sink;
  SelfPlayWorker worker(config, {1, 0, 1}, source, sink);
  while (sink.records.size() < 60) ASSERT_TRUE(worker.Step());
  std::set<float> results;
  for (const GameRecord& record : sink.records) {
    EXPECT_EQ(record.end, GameEnd::kRules);
    EXPECT_EQ(record.resign_ply, (std::array<int, 2>{-1, 3}));
    EXPECT_EQ(record.sample_count(), 3);  // the plies before the second player's second turn
    for (std::size_t ply = 4; ply < record.plies.size(); ++ply) {
      EXPECT_FALSE(record.plies[ply].full);
      EXPECT_LE(record.plies[ply].visits, 2);
    }
    results.insert(record.return_first);
    EXPECT_TRUE(CheckRecord(record).ok());
  }
  EXPECT_GT(results.size(), 1U);  // also what the resignation would have had wrong
  EXPECT_EQ(worker.stats().resigned, worker.stats().games);
  EXPECT_EQ(worker.stats().played_on, 0);
}

TEST(SelfPlayResignation, DecidedGamesReplayFromTheirSeeds) {
  SelfPlayConfig config = TicTacToe();
  config.resign_value = 0.5;
  config.resign_min_ply = 2;
  config.play_on_share = 0.5;
  config.decided_visits = 2;
  const auto evaluator = std::make_shared<FirstWins>();
  for (const GameRecord& record : Play(config, evaluator, 10)) {
    GameRecord origin;
    origin.seed = record.seed;
    origin.stream = record.stream;
    origin.nets = record.nets;
    EXPECT_EQ(
        ReplaySelfPlayGame(config, origin, [&](const NetUse&) -> Evaluator& { return *evaluator; }),
        record);
  }
}

TEST(SelfPlayResignation, CountsFalseResignationsInGamesPlayedOn) {
  SelfPlayConfig config = TicTacToe();
  config.resign_value = 0.5;
  config.resign_min_ply = 2;
  config.play_on_share = 1.0;
  LatestModel source({std::make_shared<FirstWins>(), 0});
  VectorSink sink;
  SelfPlayWorker worker(config, {1, 0, 1}, source, sink);
  while (sink.records.size() < 60) ASSERT_TRUE(worker.Step());
  std::int64_t would = 0;
  std::int64_t wrong = 0;
  for (const GameRecord& record : sink.records) {
    EXPECT_EQ(record.end, GameEnd::kRules);
    // The second player despairs at its first turn from ply 2 on; the first may later, when lost.
    EXPECT_EQ(record.resign_ply[1], 3);
    ++would;
    wrong += record.return_first <= 0.0F ? 1 : 0;
  }
  EXPECT_GT(wrong, 0);
  EXPECT_LT(wrong, would);
  const SelfPlayStats& stats = worker.stats();
  EXPECT_EQ(stats.resigned, 0);
  EXPECT_EQ(stats.played_on, stats.games);
  EXPECT_EQ(stats.would_have_resigned, would);
  EXPECT_EQ(stats.false_resignations, wrong);
  EXPECT_DOUBLE_EQ(stats.false_resignation_rate(),
                   static_cast<double>(wrong) / static_cast<double>(would));
}

}  // namespace
}  // namespace tengen

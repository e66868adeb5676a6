#include "agents/zero/replay_buffer.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const GameRecord> Shared(GameRecord record, std::uint64_t stream = 0) {
  record.stream = stream;
  return std::make_shared<const GameRecord>(std::move(record));
}

// c = 1000, a = 0.5, b = 0.4: N(n) = 1000 (1 + 0.8 (sqrt(n / 1000) - 1)).
constexpr WindowConfig kHandWindow = {1000, 0.5, 0.4};

TEST(WindowSize, KeepsEverythingUpToTheMinimum) {
  EXPECT_EQ(WindowSize(kHandWindow, 0), 0);
  EXPECT_EQ(WindowSize(kHandWindow, 1), 1);
  EXPECT_EQ(WindowSize(kHandWindow, 1000), 1000);
}

TEST(WindowSize, GrowsByThePowerLaw) {
  EXPECT_EQ(WindowSize(kHandWindow, 4000), 1800);    // sqrt 4 = 2:   1000 (1 + 0.8)
  EXPECT_EQ(WindowSize(kHandWindow, 9000), 2600);    // sqrt 9 = 3:   1000 (1 + 1.6)
  EXPECT_EQ(WindowSize(kHandWindow, 100000), 8200);  // sqrt 100 = 10: 1000 (1 + 7.2)
}

// Wu 2019, appendix C: c = 250k, a = 0.75, b = 0.4 "from 250 thousand to about 22 million" over a
// run of 241 million samples.
TEST(WindowSize, GivesThePublishedWindow) {
  const WindowConfig published = {250000, 0.75, 0.4};
  const auto window = static_cast<double>(WindowSize(published, 241000000));
  EXPECT_NEAR(window / 1e6, 22.0, 1.5);
}

TEST(ReplayBuffer, CountsPositionsAndGames) {
  ReplayBuffer buffer({100, 0.5, 0.4});
  ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow())).ok());
  ASSERT_TRUE(buffer.Add(Shared(BlackWinsSmallGo())).ok());
  EXPECT_EQ(buffer.positions(), 4 + 7);
  EXPECT_EQ(buffer.games(), 2);
}

TEST(ReplayBuffer, DropsTheOldestGamesOnceTheRestHoldsTheWindow) {
  ReplayBuffer buffer({8, 0.5, 0.4});
  // 4 positions each. Window: n = 12: 8 (1 + 0.8 (sqrt 1.5 - 1)) = 9.44 -> 9;
  // n = 16: 10.65 -> 11; n = 32: 8 (1 + 0.8) = 14.4 -> 14; n = 64: 8 (1 + 0.8 (sqrt 8 - 1)) = 19.7.
  const std::map<int, std::int64_t> kept = {{2, 8}, {3, 12}, {4, 12}, {8, 16}, {16, 20}};
  for (int games = 1; games <= 16; ++games) {
    ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow())).ok());
    const auto expected = kept.find(games);
    if (expected != kept.end()) {
      EXPECT_EQ(buffer.positions(), expected->second) << games;
    }
  }
  EXPECT_EQ(buffer.positions_added(), 64);
  EXPECT_EQ(buffer.games_added(), 16);
}

TEST(ReplayBuffer, DrawsRecordedPositionsUniformly) {
  ReplayBuffer buffer({100, 0.5, 0.4});
  for (std::uint64_t stream = 0; stream < 5; ++stream) {
    ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow(), stream)).ok());
  }
  Rng rng(1, RngRole::kTest);
  std::map<std::pair<std::uint64_t, int>, int> drawn;
  constexpr int kDraws = 20000;
  for (const SampledPosition& sample : buffer.Sample(kDraws, rng)) {
    ASSERT_TRUE(sample.record->plies[static_cast<std::size_t>(sample.ply)].sample);
    ++drawn[{sample.record->stream, sample.ply}];
  }
  ASSERT_EQ(drawn.size(), 20U);
  // Each of the 20 has mean 1000 and standard deviation 30.8.
  for (const auto& [position, count] : drawn) EXPECT_NEAR(count, 1000, 5 * 30.8);
}

TEST(ReplayBuffer, DrawsNothingThatWasDropped) {
  ReplayBuffer buffer({8, 0.5, 0.4});
  for (std::uint64_t stream = 0; stream < 8; ++stream) {
    ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow(), stream)).ok());
  }
  Rng rng(1, RngRole::kTest);
  for (const SampledPosition& sample : buffer.Sample(500, rng)) {
    EXPECT_GE(sample.record->stream, 4U);  // 16 positions are kept: the last four games
  }
}

TEST(ReplayBuffer, DrawsBatchesOfOneShapeInProportionToPositions) {
  ReplayBuffer buffer({100, 0.5, 0.4});
  ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow())).ok());
  ASSERT_TRUE(buffer.Add(Shared(BlackWinsSmallGo())).ok());
  Rng rng(2, RngRole::kTest);
  int go_batches = 0;
  constexpr int kBatches = 2000;
  for (int i = 0; i < kBatches; ++i) {
    const auto batch = buffer.Sample(3, rng);
    ASSERT_EQ(batch[0].record->game_id, batch[1].record->game_id);
    ASSERT_EQ(batch[0].record->game_id, batch[2].record->game_id);
    go_batches += batch[0].record->game_id == "tictactoe" ? 0 : 1;
  }
  // 7 of 11 positions: mean 1273, standard deviation 21.5.
  EXPECT_NEAR(go_batches, 1273, 5 * 21.5);
}

TEST(ReplayBuffer, SharesGamesAndForgetsThemWithTheirRecords) {
  ReplayBuffer buffer({8, 0.5, 0.4});
  GameRecord go = BlackWinsSmallGo();
  ASSERT_TRUE(buffer.Add(Shared(go)).ok());
  const std::weak_ptr<const Game> game = *buffer.FindGame(go.game_id);
  EXPECT_FALSE(game.expired());
  EXPECT_EQ(*buffer.FindGame(go.game_id), game.lock());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow())).ok());
  EXPECT_TRUE(game.expired());
  ASSERT_TRUE(buffer.FindGame(go.game_id).ok());  // made again
}

// Control tasks draw a game for each record; those that are refused or have no samples leave
// nothing.
TEST(ReplayBuffer, ForgetsGamesOfNoRecord) {
  ReplayBuffer buffer({8, 0.5, 0.4});
  GameRecord record;
  for (int start = 0; start < 2000; ++start) {
    record.game_id = StrCat("cartpole:start=", start, ",limit=4");
    ASSERT_TRUE(buffer.Add(Shared(record)).ok());
    ASSERT_TRUE(buffer.FindGame(StrCat("cartpole:start=", start, ",limit=5")).ok());
  }
  EXPECT_EQ(buffer.games(), 0);
  EXPECT_LT(buffer.known_games(), 100U);
}

TEST(ReplayBuffer, RefusesAnUnknownGame) {
  ReplayBuffer buffer({100, 0.5, 0.4});
  GameRecord record = XWinsTopRow();
  record.game_id = "tictactow";
  EXPECT_THAT(buffer.Add(Shared(record)).error(), HasSubstr("tictactow"));
}

TEST(ReplayBuffer, SkipsGamesWithoutSamples) {
  ReplayBuffer buffer({100, 0.5, 0.4});
  GameRecord record = XWinsTopRow();
  for (RecordedPly& ply : record.plies) ply.sample = false;
  ASSERT_TRUE(buffer.Add(Shared(record)).ok());
  EXPECT_EQ(buffer.games_added(), 1);
  EXPECT_EQ(buffer.games(), 0);
}

// Four positions, surprises .1, .3, 0 and .4 (sum .8), share .5: .5 + .5 * 4 / .8 * surprise.
TEST(SurpriseWeights, MatchHandComputedNumbers) {
  const std::vector<float> surprises = {0.1F, 0.3F, 0.0F, 0.4F};
  EXPECT_THAT(SurpriseWeights(surprises, 0.5),
              testing::Pointwise(testing::FloatNear(1e-6F), {0.75F, 1.25F, 0.5F, 1.5F}));
  EXPECT_THAT(SurpriseWeights(surprises, 0.0), testing::Each(1.0F));
  EXPECT_THAT(SurpriseWeights(std::vector<float>(3), 0.5), testing::Each(1.0F));
}

TEST(ReplayBuffer, DrawsSurprisingPositionsMoreOften) {
  ReplayBuffer buffer({100, 0.5, 0.4}, 0.5);
  GameRecord record = XWinsTopRow();  // samples at plies 0, 2, 3 and 4
  record.plies[0].surprise = 0.1F;
  record.plies[2].surprise = 0.3F;
  record.plies[4].surprise = 0.4F;
  ASSERT_TRUE(buffer.Add(Shared(record, 1)).ok());
  ASSERT_TRUE(buffer.Add(Shared(XWinsTopRow(), 2)).ok());
  Rng rng(1, RngRole::kTest);
  std::map<std::pair<std::uint64_t, int>, int> drawn;
  for (const SampledPosition& sample : buffer.Sample(16000, rng)) {
    ++drawn[{sample.record->stream, sample.ply}];
  }
  // Each game 8000 times; the first as the weights above say, 2000 each for 1; five standard
  // deviations are below 260.
  EXPECT_NEAR((drawn[{1, 0}]), 1500, 260);
  EXPECT_NEAR((drawn[{1, 2}]), 2500, 260);
  EXPECT_NEAR((drawn[{1, 3}]), 1000, 260);
  EXPECT_NEAR((drawn[{1, 4}]), 3000, 260);
  for (const int ply : {0, 2, 3, 4}) EXPECT_NEAR((drawn[{2, ply}]), 2000, 260);
}

}  // namespace
}  // namespace tengen

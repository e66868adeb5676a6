#include "experiments/train/resume_plan.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/zero/self_play.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;

// Shards of 10 games and 60 positions each, numbered 10 s, ..., 10 s + 9.
std::vector<IndexedShard> Shards(int count) {
  std::vector<IndexedShard> shards;
  for (int s = 0; s < count; ++s) {
    IndexedShard shard;
    shard.file = "games-" + std::to_string(s);
    shard.index.records = 10;
    shard.index.positions = 60;
    shard.index.streams.AddRange(static_cast<std::uint64_t>(10 * s),
                                 static_cast<std::uint64_t>(10 * s + 9));
    shards.push_back(shard);
  }
  return shards;
}

// Of 300 positions the window has 100 (1 + 0.4 (3^0.75 - 1) / 0.75) = 168 (Wu 2019, appendix C):
// three shards of 60.
const WindowConfig kWindow{100, 0.75, 0.4};

TEST(ResumePlan, ReadsTheShardsOfTheWindow) {
  const ResumePlan plan = PlanResume(Shards(5), kWindow);
  EXPECT_THAT(plan.files, ElementsAre("games-2", "games-3", "games-4"));
  EXPECT_EQ(plan.skipped_games, 20);
  EXPECT_EQ(plan.skipped_positions, 120);
  EXPECT_EQ(plan.stored.size(), 50U) << "all games are known by number";
  EXPECT_EQ(plan.next_game, 50U);
}

TEST(ResumePlan, ReadsAllOfAYoungRun) {
  EXPECT_THAT(PlanResume(Shards(1), kWindow).files, ElementsAre("games-0"));
  const ResumePlan none = PlanResume({}, kWindow);
  EXPECT_TRUE(none.files.empty());
  EXPECT_EQ(none.next_game, 0U);
}

TEST(ResumePlan, NumbersOfWorkersAreNotTheRunsOwn) {
  std::vector<IndexedShard> shards = Shards(2);
  shards[1].index.streams.AddRange(kFirstLeasedGame + 7, kFirstLeasedGame + 9);
  const ResumePlan plan = PlanResume(shards, kWindow);
  EXPECT_EQ(plan.next_game, 20U);
  EXPECT_TRUE(plan.stored.Contains(kFirstLeasedGame + 8));
}

TEST(ResumePlan, OldShardsMayBeGoneAndNewerOnesMayNot) {
  std::vector<IndexedShard> shards = Shards(5);
  shards[0].present = shards[1].present = false;
  EXPECT_EQ(PlanResume(shards, kWindow).files.size(), 3U);
  shards[2].present = false;
  EXPECT_THROW(PlanResume(shards, kWindow), WorldError);
}

}  // namespace
}  // namespace tengen

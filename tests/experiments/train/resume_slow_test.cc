// A run that has grown to a million games goes on within seconds, in the memory of its window.

#include <chrono>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_shard.h"
#include "agents/records/shard_index.h"
#include "experiments/train/zero_run.h"
#include "tests/support/random_record.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

constexpr std::int64_t kGames = 1'000'000;
constexpr double kLimit_s = 10.0;

double ResidentMb() {
  std::ifstream in("/proc/self/statm");
  std::int64_t pages = 0;
  in >> pages >> pages;
  return static_cast<double>(pages * ::getpagesize()) / 1e6;
}

TrainConfig Config(const std::string& budget) {
  TrainConfig config = *LoadTrainConfig("tictactoe");
  config.net.channels = 8;
  config.net.blocks = 1;
  config.selfplay.parallel_games = 16;
  config.selfplay.full_visits = 8;
  config.threads = 1;
  config.progress.share = 0.0;
  config.budget = budget;
  return config;
}

// A hundred different games, again and again.
void MakeUpGames(const std::filesystem::path& games) {
  std::vector<GameRecord> some;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    some.push_back(RandomRecord("tictactoe", seed, /*spread=*/4));
  }
  RecordShardWriter writer(games);
  for (std::int64_t i = 0; i < kGames; ++i) {
    GameRecord& record = some[static_cast<std::size_t>(i % 100)];
    record.stream = static_cast<std::uint64_t>(100000 + i);
    writer.Append(record);
  }
  writer.Sync();
}

TEST(ResumeSlow, AMillionGamesAreOpenedInSeconds) {
  TempFolder temp;
  const std::atomic<bool> stop = false;
  { ZeroRun(Config("5steps"), temp / "run").Go(stop); }
  MakeUpGames(temp / "run/games");
  const double before_mb = ResidentMb();
  const auto begin = std::chrono::steady_clock::now();
  ZeroRun run(Config("6steps"), temp / "run");
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("resumed %lld games in %.1f s, %zu shards, %.0f MB more\n",
              static_cast<long long>(kGames), seconds, ListShards(temp / "run/games").size(),
              ResidentMb() - before_mb);
  EXPECT_LT(seconds, kLimit_s);
  EXPECT_LT(ResidentMb() - before_mb, 1000.0);
  run.Go(stop);
  EXPECT_GE(run.counts().games, kGames);
}

}  // namespace
}  // namespace tengen

// A run's folder while the n-th write fails, is cut, or is where the process dies, for every n; and
// a whole run whose disk is full for a while.

#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "experiments/runs/run_folder.h"
#include "experiments/train/room_wait.h"
#include "experiments/train/run_state.h"
#include "experiments/train/zero_run.h"
#include "nets/checkpoint.h"
#include "nets/tensor_ops.h"
#include "nets/write_error.h"
#include "tests/support/faulty_files.h"
#include "tests/support/shared_count.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;

const nlohmann::json kConfig = {{"seed", 1}};

TEST(RunFaults, CountedMetricsAreWholeLinesInOrder) {
  TempFolder temp;
  const fs::path run = temp / "run";
  SharedCount counted;
  EveryFault steps;
  steps.prepare = [&] { counted = 0; };
  steps.change = [&] {
    RunFolder folder(run, kConfig);
    for (int line = 1; line <= 4; ++line) {
      folder.AppendMetrics({{"line", line}});
      counted = line;
    }
  };
  steps.check = [&](bool) {
    RunFolder folder(run, kConfig);
    const std::vector<nlohmann::json> lines = folder.ReadMetrics();
    ASSERT_GE(static_cast<int>(lines.size()), int{counted});
    for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(lines[i].at("line"), i + 1);
    folder.AppendMetrics({{"line", lines.size() + 1}});
    EXPECT_EQ(folder.ReadMetrics().size(), lines.size() + 1);
  };
  TryEveryFault(run, steps);
}

NetworkFile NetworkOf(const ModelConfig& config, std::int64_t step) {
  NetworkFile file;
  file.snapshot = Model(config, static_cast<std::uint64_t>(step)).Snapshot(step);
  return file;
}

ModelConfig SmallModel() {
  TrainConfig config = *LoadTrainConfig("tictactoe");
  config.net.channels = 8;
  config.net.blocks = 1;
  return *TrainModelConfig(config);
}

TEST(RunFaults, ACheckpointIsTheOldOneOrTheNew) {
  TempFolder temp;
  const fs::path folder = temp / "checkpoints";
  const NetworkFile old_network = NetworkOf(SmallModel(), 1);
  const NetworkFile new_network = NetworkOf(SmallModel(), 2);
  EveryFault steps;
  steps.prepare = [&] { SaveNetwork(folder / "it", old_network); };
  steps.change = [&] { SaveNetwork(folder / "it", new_network); };
  steps.check = [&](bool) {
    const auto found = LoadNetwork(folder / "it");
    ASSERT_TRUE(found.ok()) << found.error();
    const bool is_new = found->snapshot.step == 2;
    EXPECT_EQ(WeightsHash(found->snapshot),
              WeightsHash(is_new ? new_network.snapshot : old_network.snapshot));
    SaveNetwork(folder / "it", new_network);
    EXPECT_EQ(LoadNetwork(folder / "it").value().snapshot.step, 2);
  };
  TryEveryFault(folder, steps);
}

TEST(RunFaults, TheStateIsTheOldOneOrTheNew) {
  TempFolder temp;
  const fs::path run = temp / "run";
  const ZeroLearnerConfig config;
  const ZeroLearner learner(config, SmallModel(), 1);
  RunState old_state;
  old_state.games = 10;
  RunState new_state;
  new_state.games = 20;
  EveryFault steps;
  steps.prepare = [&] { SaveRunState(run, old_state, learner); };
  steps.change = [&] { SaveRunState(run, new_state, learner); };
  steps.check = [&](bool) {
    ASSERT_TRUE(HasRunState(run));
    ZeroLearner again(config, SmallModel(), 2);
    const auto found = LoadRunState(run, again);
    ASSERT_TRUE(found.ok()) << found.error();
    EXPECT_THAT(found->games, AnyOf(10, 20));
    SaveRunState(run, new_state, learner);
    EXPECT_TRUE(HasRunState(run));
  };
  TryEveryFault(run, steps);
}

TEST(RoomWait, SaysSoAndGoesOnWhenThereIsRoom) {
  std::vector<std::string> said;
  int meanwhile = 0;
  RoomWait room([&](const std::string& text) { said.push_back(text); }, [&] { ++meanwhile; },
                std::chrono::milliseconds(1));
  int tries = 0;
  const auto write = [&] {
    if (++tries < 4) throw DiskFull("cannot write x: No space left on device");
  };
  EXPECT_THROW(room.Do(write), DiskFull);  // nothing has begun yet
  const std::atomic<bool> stop = false;
  room.Begin(stop);
  room.Do(write);
  EXPECT_EQ(tries, 4);
  EXPECT_EQ(meanwhile, 2);
  ASSERT_EQ(said.size(), 2U);
  EXPECT_THAT(said[0], HasSubstr("No space left on device; the run waits for room"));
  EXPECT_THAT(said[1], HasSubstr("there is room"));
}

TEST(RoomWait, AStopEndsWaiting) {
  std::atomic<bool> stop = false;
  RoomWait room([](const std::string&) {}, [&] { stop = true; }, std::chrono::milliseconds(1));
  room.Begin(stop);
  EXPECT_THROW(room.Do([] { throw DiskFull("full"); }), DiskFull);
}

TEST(RoomWait, OtherTroublePasses) {
  const std::atomic<bool> stop = false;
  RoomWait room([](const std::string&) { FAIL(); }, [] {}, std::chrono::milliseconds(1));
  room.Begin(stop);
  EXPECT_THROW(room.Do([] { throw WorldError("read-only"); }), WorldError);
}

TEST(RunFaults, ARunWaitsForRoomAndLosesNothing) {
  TempFolder temp;
  TrainConfig config = *LoadTrainConfig("tictactoe");
  config.net.channels = 8;
  config.net.blocks = 1;
  config.net.pool_every = 0;
  config.selfplay.parallel_games = 16;
  config.selfplay.full_visits = 8;
  config.learner.batch_size = 32;
  config.learner.first_positions = 200;
  config.progress.share = 0.0;
  config.threads = 1;
  config.budget = "150games";
  ZeroRun run(config, temp / "run");
  const std::atomic<bool> stop = false;
  std::thread thread;
  std::exception_ptr thrown;
  {
    const FaultyFiles faulty(temp / "run", 8, FaultyFiles::Fault::kCut);
    thread = std::thread([&] {
      try {
        run.Go(stop);
      } catch (...) {
        thrown = std::current_exception();
      }
    });
    // It has tried in vain twice, a second apart.
    for (int i = 0; i < 3000 && faulty.changes() < 10; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_GE(faulty.changes(), 10);
  }
  thread.join();
  if (thrown) std::rethrow_exception(thrown);
  EXPECT_GE(run.counts().games, 150);
  std::set<std::uint64_t> streams;
  std::int64_t games = 0;
  RecordShardReader reader(ListShards(temp / "run/games"));
  for (; const auto record = reader.Next(); ++games) streams.insert(record->stream);
  EXPECT_EQ(games, run.counts().games);
  EXPECT_EQ(static_cast<std::int64_t>(streams.size()), games);
  EXPECT_TRUE(reader.problems().empty());
  std::ifstream log(temp / "run/log.txt");
  const std::string text((std::istreambuf_iterator<char>(log)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("there is room on the disk again"));
}

}  // namespace
}  // namespace tengen

#include "experiments/cluster/synthetic_workers.h"

#include <chrono>
#include <map>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/cluster/learner_server.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

// Their games are legal, numbered once, and go on as they are acknowledged; all take the network.
TEST(SyntheticWorkers, SendLegalGamesAndTakeNetworks) {
  TempFolder temp;
  SyntheticWorkersOptions options;
  options.key = OpenWorkerKey(temp.path());
  std::uint64_t lease = 0;
  LearnerServer server(
      LearnerServerOptions{}, options.key, "{}",
      LearnerLeases{[&lease] { return ++lease << 32; }, [](std::uint64_t) { return true; }});
  const auto weights = std::make_shared<std::string>(1'500'000, 'w');
  server.Publish({std::string(64, 'a'), 1, weights->size()}, weights);
  options.port = std::to_string(server.port());
  options.workers = 3;
  options.seed = 9;
  const SyntheticWorkers workers(options);
  std::set<std::uint64_t> streams;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while ((streams.size() < 3000 || workers.counts().networks < 3) &&
         std::chrono::steady_clock::now() < end) {
    for (const ReceivedGame& game : server.Take(std::chrono::milliseconds(10))) {
      const Status legal = CheckRecord(game.record);
      ASSERT_TRUE(legal.ok()) << legal.error();
      EXPECT_EQ(game.record.seed, 9U);
      EXPECT_TRUE(streams.insert(game.record.stream).second) << "a number twice";
      server.Stored(game.session, {game.record.stream});
    }
  }
  EXPECT_GE(streams.size(), 3000U);
  const SyntheticCounts counts = workers.counts();
  EXPECT_EQ(counts.connected, 3U);
  EXPECT_EQ(counts.networks, 3U);
  EXPECT_EQ(counts.weights_bytes, 3 * weights->size());
  EXPECT_EQ(counts.failures, 0U) << counts.last_failure;
  EXPECT_GT(counts.acknowledged, 2000U);
  server.End("over");
}

// A learner that takes games slowly, so that most workers wait for room: each of them comes
// through, and a learner that ends meanwhile does not hang.
TEST(SyntheticWorkers, AFullQueueServesAllInTurn) {
  TempFolder temp;
  SyntheticWorkersOptions options;
  options.key = OpenWorkerKey(temp.path());
  LearnerServerOptions small;
  small.queued_games = 8;
  std::uint64_t lease = 0;
  auto server = std::make_unique<LearnerServer>(
      small, options.key, "{}",
      LearnerLeases{[&lease] { return ++lease << 32; }, [](std::uint64_t) { return true; }});
  server->Publish({"hash", 1, 3}, std::make_shared<std::string>("abc"));
  options.port = std::to_string(server->port());
  options.workers = 20;
  options.window = 16;
  options.parcel_games = 4;
  const SyntheticWorkers workers(options);
  std::map<std::uint64_t, int> games_of;  // by lease
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  int games = 0;
  while (games < 2000 && std::chrono::steady_clock::now() < end) {
    const auto taken = server->Take(std::chrono::milliseconds(10));
    EXPECT_LE(server->queued(), 8U);  // more may come while it takes
    for (const ReceivedGame& game : taken) {
      ++games;
      ++games_of[game.record.stream >> 32];
      server->Stored(game.session, {game.record.stream});
    }
  }
  EXPECT_GE(games, 2000);
  EXPECT_EQ(games_of.size(), 20U);
  for (const auto& [first, count] : games_of) EXPECT_GE(count, 50) << "of 100 in the mean";
  while (server->queued() < 8 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  server.reset();
}

}  // namespace
}  // namespace tengen

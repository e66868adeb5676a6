// What one machine or one connection can ask of a learner.

#include <chrono>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "experiments/cluster/frame.h"
#include "experiments/cluster/learner_server.h"
#include "experiments/cluster/messages.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/raw_worker.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class LearnerLimitsTest : public ::testing::Test {
 protected:
  LearnerLimitsTest() : key_(OpenWorkerKey(temp_.path())) {}

  void Open(const LearnerServerOptions& options) {
    server_ = std::make_unique<LearnerServer>(options, key_, "{}", [this] { return ++leases_; });
    server_->Publish({"hash", 1, 3}, std::make_shared<std::string>("abc"));
  }
  WorkerClientOptions Options() const {
    WorkerClientOptions options;
    options.host = "127.0.0.1";
    options.port = std::to_string(server_->port());
    options.key = key_;
    options.hello.instance = "w1";
    return options;
  }

  TempFolder temp_;
  WorkerKey key_;
  std::uint64_t leases_ = 0;
  std::unique_ptr<LearnerServer> server_;
};

// One game a frame, and frames as fast as they can be written: 10 are read at once, of the hello
// and 30 games 21 remain, and those come at 10 a second.
TEST_F(LearnerLimitsTest, FramesBeyondTheRateAreReadLaterAndAllOfThem) {
  LearnerServerOptions limits;
  limits.frames = {.per_s = 10.0 * kFrameCost, .burst = 10.0 * kFrameCost};
  Open(limits);
  const WorkerClientOptions options = Options();
  RawWorker worker(options);
  std::string bytes = FrameStart(ToFrame(FrameType::kHello, options.hello));
  for (std::uint64_t stream = 1; stream <= 30; ++stream) {
    GameRecord record = XWinsTopRow();
    record.stream = stream;
    bytes += FrameStart(ToFrame(FrameType::kGames, GamesMessage{1}, MakeRecordFrame(record)));
    bytes += MakeRecordFrame(record);
  }
  const auto begin = Clock::now();
  asio::write(worker.stream, asio::buffer(bytes));
  std::uint64_t games = 0;
  while (games < 30 && Clock::now() < begin + milliseconds(20000)) {
    for (const ReceivedGame& game : server_->Take(milliseconds(10))) {
      EXPECT_EQ(game.record.stream, ++games);
    }
  }
  const auto elapsed = Clock::now() - begin;
  EXPECT_EQ(games, 30U);
  EXPECT_GE(elapsed, milliseconds(1900));
  EXPECT_EQ(server_->counts().refused, 0U);
}

}  // namespace
}  // namespace tengen

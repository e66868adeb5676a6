// What one machine or one connection can ask of a learner.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

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

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class LearnerLimitsTest : public ::testing::Test {
 protected:
  LearnerLimitsTest() : key_(OpenWorkerKey(temp_.path())) {}

  void Open(const LearnerServerOptions& options) {
    server_ = std::make_unique<LearnerServer>(
        options, key_, "{}",
        LearnerLeases{[this] { return ++leases_; }, [](std::uint64_t) { return true; }});
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

  template <typename Done>
  static void WaitFor(Done done) {
    const auto end = Clock::now() + milliseconds(10000);
    while (!done()) {
      ASSERT_LT(Clock::now(), end);
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  void WaitForRefusals(std::uint64_t count) {
    WaitFor([&] { return server_->counts().refused >= count; });
    EXPECT_EQ(server_->counts().refused, count);
  }
  // Workers that left, as news tell.
  std::uint64_t Left() {
    for (const std::string& news : server_->TakeNews()) left_ += news.ends_with(" left") ? 1 : 0;
    return left_;
  }

  TempFolder temp_;
  WorkerKey key_;
  std::uint64_t leases_ = 0;
  std::uint64_t left_ = 0;
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

TEST_F(LearnerLimitsTest, AMachineThatFailsAgainAndAgainIsTurnedAwayAndToldOfOnce) {
  LearnerServerOptions limits;
  limits.max_connections = 100;  // whatever files this process may open: that would be news too
  limits.attempts = {.per_s = 0.001, .burst = 3.0};
  Open(limits);
  const WorkerClientOptions options = Options();
  for (int i = 0; i < 3; ++i) TalkPlainly(server_->port(), "GET / HTTP/1.1\r\n\r\n");
  WaitForRefusals(3);
  EXPECT_THAT(server_->counts().last_refusal, HasSubstr("plain HTTP"));
  for (int i = 0; i < 20; ++i) EXPECT_EQ(TalkPlainly(server_->port(), ""), "closed");
  EXPECT_THAT(AskLearnerStatus(options).error(), HasSubstr("the handshake failed"));
  WaitForRefusals(24);
  EXPECT_THAT(server_->counts().last_refusal, StartsWith("127.0.0.1: 3 of its connections came"));
  EXPECT_THAT(server_->TakeNews(), SizeIs(4));  // of 24
}

TEST_F(LearnerLimitsTest, ConnectionsThatSayNothingCountFromTheirBeginning) {
  LearnerServerOptions limits;
  limits.handshake_s = 60;
  limits.attempts = {.per_s = 0.001, .burst = 3.0};
  Open(limits);
  asio::io_context io;
  std::vector<asio::ip::tcp::socket> silent;
  for (int i = 0; i < 4; ++i) {
    silent.emplace_back(io).connect({asio::ip::address_v4::loopback(), server_->port()});
  }
  WaitForRefusals(1);
  EXPECT_THAT(server_->counts().last_refusal, HasSubstr("still on their way in"));
}

TEST_F(LearnerLimitsTest, WorkersOfOneMachineThatAreLetInDoNotCount) {
  LearnerServerOptions limits;
  limits.attempts = {.per_s = 0.001, .burst = 2.0};
  Open(limits);
  GameSpool spool(std::nullopt, {});
  std::vector<std::unique_ptr<WorkerClient>> workers;
  for (int i = 0; i < 10; ++i) {
    workers.push_back(std::make_unique<WorkerClient>(Options(), spool));
    const auto event = workers.back()->Next(milliseconds(10000));
    ASSERT_TRUE(event);
    EXPECT_EQ(event->kind, WorkerEvent::Kind::kWelcome) << event->text;
  }
  EXPECT_EQ(server_->counts().refused, 0U);
}

// With the right key, and a fresh range of game numbers each time.
TEST_F(LearnerLimitsTest, WorkersThatComeAndGoWithoutAGameCount) {
  LearnerServerOptions limits;
  limits.attempts = {.per_s = 0.001, .burst = 3.0};
  Open(limits);
  const WorkerClientOptions options = Options();
  const std::string hello = FrameStart(ToFrame(FrameType::kHello, options.hello));
  for (std::uint64_t session = 1; session <= 3; ++session) {
    RawWorker worker(options);
    asio::write(worker.stream, asio::buffer(hello));
    WaitFor([&] { return server_->counts().sessions == session; });
    worker.stream.next_layer().close();
    WaitFor([&] { return Left() == session; });
  }
  EXPECT_THROW(RawWorker{options}, boost::system::system_error);
  EXPECT_EQ(leases_, 3U);
}

// What the learner lacks is no fault of who comes.
TEST_F(LearnerLimitsTest, WhoIsTooEarlyDoesNotCount) {
  LearnerServerOptions limits;
  limits.attempts = {.per_s = 0.001, .burst = 3.0};
  server_ = std::make_unique<LearnerServer>(
      limits, key_, "{}", LearnerLeases{[] { return 1; }, [](std::uint64_t) { return true; }});
  WorkerClientOptions options = Options();
  options.first_pause_s = 0.01;
  options.longest_pause_s = 0.01;
  GameSpool spool(std::nullopt, {});
  WorkerClient worker(options, spool);
  WaitFor([&] { return server_->counts().refused >= 10; });
  EXPECT_THAT(server_->counts().last_refusal, HasSubstr("no network yet"));
  server_->Publish({"hash", 1, 3}, std::make_shared<std::string>("abc"));
  std::optional<WorkerEvent> event;
  do {
    event = worker.Next(milliseconds(10000));
  } while (event && event->kind == WorkerEvent::Kind::kRefused);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, WorkerEvent::Kind::kWelcome) << event->text;
}

}  // namespace
}  // namespace tengen

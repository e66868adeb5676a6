#include "experiments/cluster/relay.h"

#include <map>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/cluster/learner_server.h"
#include "experiments/cluster/worker_client.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/bad_proxy.h"
#include "tests/support/lasting_port.h"
#include "tests/support/raw_worker.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using Kind = WorkerEvent::Kind;
using std::chrono::milliseconds;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

template <typename Done>
bool Within(milliseconds limit, Done done) {
  const auto end = Clock::now() + limit;
  while (!done()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

// A worker with its games, at some port of this machine.
struct TestWorker {
  TestWorker(const WorkerKey& key, std::uint16_t port, const std::string& instance,
             const std::string& formats = kGameFormats)
      : client(Options(key, port, instance, formats), spool) {}

  static WorkerClientOptions Options(const WorkerKey& key, std::uint16_t port,
                                     const std::string& instance, const std::string& formats) {
    WorkerClientOptions options;
    options.host = "127.0.0.1";
    options.port = std::to_string(port);
    options.key = key;
    options.hello.instance = instance;
    options.hello.formats = formats;
    options.first_pause_s = 0.01;
    options.longest_pause_s = 0.05;
    return options;
  }
  // The next event of a kind, others left out.
  std::optional<WorkerEvent> Wait(Kind kind, milliseconds limit = milliseconds(10000)) {
    const auto end = Clock::now() + limit;
    while (Clock::now() < end) {
      std::optional<WorkerEvent> event = client.Next(milliseconds(50));
      if (event && event->kind == kind) return event;
    }
    return std::nullopt;
  }

  GameSpool spool{std::nullopt, {.games = 2000, .bytes = 64 << 20}};
  WorkerClient client;
};

class RelayTest : public ::testing::Test {
 protected:
  RelayTest() : key_(OpenWorkerKey(temp_.path())) {
    OpenLearner(learner_port_);
    OpenRelay(learner_port_);
  }

  void OpenLearner(std::uint16_t port) {
    LearnerServerOptions options;
    options.port = port;
    learner_ = std::make_unique<LearnerServer>(
        options, key_, "{\"name\": \"test\"}",
        LearnerLeases{[this] { return ++leases_ * 1000; }, [](std::uint64_t) { return true; }});
    Publish("hash1", 1, 2'500'000);
  }
  void OpenRelay(std::uint16_t learner_port, const RelayOptions& limits = {}) {
    RelayOptions options = limits;
    options.listen = {"127.0.0.1", 0};
    options.learner = {"127.0.0.1", learner_port};
    options.handshake_s = 2;
    relay_ = std::make_unique<Relay>(options, key_);
  }
  void Publish(const std::string& hash, std::int64_t step, std::size_t bytes) {
    const auto weights = std::make_shared<std::string>(bytes, 'w');
    for (std::size_t i = 0; i < bytes; i += 1000) (*weights)[i] = static_cast<char>(i / 1000);
    weights_ = weights;
    learner_->Publish({hash, step, bytes}, weights);
  }
  // Takes games and acknowledges them, each once, as a learner does.
  std::multiset<std::uint64_t> Store(std::size_t count, milliseconds limit) {
    std::multiset<std::uint64_t> stored;
    Within(limit, [&] {
      for (const ReceivedGame& game : learner_->Take(milliseconds(10))) {
        if (!stored.contains(game.record.stream)) stored.insert(game.record.stream);
        learner_->Stored(game.session, {game.record.stream});
      }
      return stored.size() >= count;
    });
    return stored;
  }

  TempFolder temp_;
  WorkerKey key_;
  std::uint64_t leases_ = 0;
  const std::uint16_t learner_port_ = LastingPort();
  std::shared_ptr<const std::string> weights_;
  std::unique_ptr<LearnerServer> learner_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, WorkersGetEachNetworkThatWasFetchedOnce) {
  std::vector<std::unique_ptr<TestWorker>> workers;
  for (int i = 0; i < 4; ++i) {
    workers.push_back(std::make_unique<TestWorker>(key_, relay_->port(), StrCat("w", i)));
  }
  std::set<std::uint64_t> leases;
  for (const auto& worker : workers) {
    const auto welcome = worker->Wait(Kind::kWelcome);
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->welcome.config, "{\"name\": \"test\"}");
    leases.insert(welcome->welcome.lease);
    const auto network = worker->Wait(Kind::kNetwork);
    ASSERT_TRUE(network);
    EXPECT_TRUE(*network->weights == *weights_);
  }
  EXPECT_EQ(leases.size(), 4U);  // numbers of their own, from the learner
  Publish("hash2", 2, 1'200'000);
  for (const auto& worker : workers) {
    const auto network = worker->Wait(Kind::kNetwork);
    ASSERT_TRUE(network);
    EXPECT_EQ(network->network.step, 2);
    EXPECT_TRUE(*network->weights == *weights_);
  }
  const RelayCounts counts = relay_->counts();
  EXPECT_EQ(counts.sessions, 4U);
  EXPECT_EQ(counts.networks, 2U);
  EXPECT_EQ(counts.weights_in, 3'700'000U);
  EXPECT_EQ(counts.weights_out, 4 * 3'700'000U);
}

TEST_F(RelayTest, GamesAreAcknowledgedByTheLearnerAlone) {
  TestWorker worker(key_, relay_->port(), "w1");
  ASSERT_TRUE(worker.Wait(Kind::kNetwork));
  for (std::uint64_t stream = 1; stream <= 200; ++stream) worker.spool.Add(Numbered(stream));
  std::map<std::uint64_t, ReceivedGame> received;
  ASSERT_TRUE(Within(milliseconds(10000), [&] {
    for (ReceivedGame& game : learner_->Take(milliseconds(10))) {
      const std::uint64_t stream = game.record.stream;
      received.emplace(stream, std::move(game));
    }
    return received.size() >= 32;  // the window of a new connection
  }));
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(worker.spool.games(), 200U);
  for (const auto& [stream, game] : received) {
    EXPECT_EQ(game.record, Numbered(stream));
    learner_->Stored(game.session, {stream});
  }
  Store(200 - received.size(), milliseconds(10000));
  EXPECT_TRUE(Within(milliseconds(10000), [&] { return worker.spool.games() == 0; }));
  learner_->End("that was all");
  const auto end = worker.Wait(Kind::kEnded);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->text, "that was all");
}

TEST_F(RelayTest, WhoIsShutOutHarmsNoOther) {
  TestWorker honest(key_, relay_->port(), "honest");
  TestWorker liar(key_, relay_->port(), "liar");
  ASSERT_TRUE(honest.Wait(Kind::kNetwork));
  ASSERT_TRUE(liar.Wait(Kind::kNetwork));
  liar.spool.Add(Numbered(5));
  std::vector<ReceivedGame> games;
  ASSERT_TRUE(Within(milliseconds(5000), [&] {
    games = learner_->Take(milliseconds(10));
    return !games.empty();
  }));
  learner_->Refuse(games[0].session, "its game 5 is invented");
  auto refused = liar.Wait(Kind::kRefused);
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->text, HasSubstr("its game 5 is invented"));
  refused = liar.Wait(Kind::kRefused);  // it tries again
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->text, HasSubstr("it is not let in again"));
  honest.spool.Add(Numbered(6));
  EXPECT_EQ(Store(1, milliseconds(5000)).count(6), 1U);
}

TEST_F(RelayTest, ReasonsOfRefusalComeThrough) {
  WorkerKey other = key_;
  other.secret[0] ^= 1;
  TestWorker stranger(other, relay_->port(), "stranger");
  const auto first = stranger.client.Next(milliseconds(10000));
  ASSERT_TRUE(first);
  EXPECT_THAT(first->text, HasSubstr("the learner refused the key"));
  TestWorker old(key_, relay_->port(), "old", "records 9");
  const auto refused = old.Wait(Kind::kRefused);
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->text, HasSubstr("its game formats are 'records 9', wanted"));
}

TEST_F(RelayTest, ObserversAskTheLearnerThroughIt) {
  learner_->SetStatus("{\"workers\": []}");
  const auto status = AskLearnerStatus(TestWorker::Options(key_, relay_->port(), "", kGameFormats));
  ASSERT_TRUE(status.ok()) << status.error();
  EXPECT_EQ(*status, "{\"workers\": []}");
}

TEST_F(RelayTest, ALearnerThatIsAwayIsSaidAndFoundAgain) {
  TestWorker worker(key_, relay_->port(), "w1");
  ASSERT_TRUE(worker.Wait(Kind::kNetwork));
  learner_.reset();
  worker.spool.Add(Numbered(9));
  const auto refused = worker.Wait(Kind::kRefused);
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->text, HasSubstr("the relay does not reach the learner: no learner answers"));
  OpenLearner(learner_port_);
  EXPECT_EQ(Store(1, milliseconds(10000)).count(9), 1U);
  EXPECT_EQ(leases_, 1U);  // its numbers are still its own
}

TEST_F(RelayTest, AMachineThatFailsAgainAndAgainIsTurnedAway) {
  RelayOptions limits;
  limits.attempts = {.per_s = 0.001, .burst = 3.0};
  OpenRelay(learner_port_, limits);
  std::vector<std::string> news;
  const auto heard = [&](std::size_t count) {
    for (std::string& text : relay_->TakeNews()) news.push_back(std::move(text));
    return news.size() >= count;
  };
  for (int i = 0; i < 3; ++i) TalkPlainly(relay_->port(), "GET / HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(Within(milliseconds(10000), [&] { return heard(3); }));
  TestWorker worker(key_, relay_->port(), "w1");
  for (int i = 0; i < 3; ++i) {
    const auto away = worker.Wait(Kind::kDisconnected);
    ASSERT_TRUE(away);
    EXPECT_THAT(away->text, HasSubstr("the handshake failed"));
  }
  ASSERT_TRUE(heard(4));
  EXPECT_THAT(news[3], HasSubstr("refused 127.0.0.1: 3 of its connections came to nothing"));
  EXPECT_EQ(news.size(), 4U);
}

TEST_F(RelayTest, ALearnerThatIsAwayIsNoFaultOfWorkers) {
  RelayOptions limits;
  limits.attempts = {.per_s = 0.001, .burst = 3.0};
  OpenRelay(learner_port_, limits);
  learner_.reset();
  TestWorker worker(key_, relay_->port(), "w1");
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(worker.Wait(Kind::kRefused)) << i;
  OpenLearner(learner_port_);
  EXPECT_TRUE(worker.Wait(Kind::kWelcome));
}

TEST_F(RelayTest, ARelayThatIsKilledLosesNothing) {
  TestWorker worker(key_, relay_->port(), "w1");
  ASSERT_TRUE(worker.Wait(Kind::kNetwork));
  worker.spool.Add(Numbered(1));
  ASSERT_TRUE(Within(milliseconds(5000), [&] { return worker.spool.in_flight() == 1; }));
  relay_.reset();
  ASSERT_TRUE(worker.Wait(Kind::kDisconnected));
  EXPECT_EQ(worker.spool.games(), 1U);
}

// However both ways are cut, every game comes in, and each network arrives as it was sent.
TEST_F(RelayTest, BadNetworksOnBothSidesLoseNothing) {
  BadProxy far(learner_port_, {.least_bytes = 20000, .most_bytes = 200000}, 3);
  OpenRelay(far.port());
  BadProxy near(relay_->port(), {.least_bytes = 20000, .most_bytes = 200000, .corrupt = true}, 4);
  Publish("small", 2, 3000);
  TestWorker first(key_, near.port(), "w1");
  TestWorker second(key_, near.port(), "w2");
  std::thread player([&] {
    for (std::uint64_t stream = 1; stream <= 400; ++stream) {
      first.spool.Add(Numbered(stream));
      second.spool.Add(Numbered(1000 + stream));
    }
  });
  const auto stored = Store(800, milliseconds(60000));
  player.join();
  EXPECT_EQ(stored.size(), 800U);
  EXPECT_TRUE(Within(milliseconds(20000), [&] {
    Store(1, milliseconds(20));  // those whose acknowledgement was cut off come again
    return first.spool.games() + second.spool.games() == 0;
  }));
  const auto network = first.Wait(Kind::kNetwork);
  ASSERT_TRUE(network);
  EXPECT_TRUE(*network->weights == *weights_);
  EXPECT_GE(near.connections() + far.connections(), 6);
}

}  // namespace
}  // namespace tengen

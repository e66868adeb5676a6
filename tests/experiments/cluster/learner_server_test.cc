#include "experiments/cluster/learner_server.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <map>
#include <set>
#include <sys/socket.h>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "experiments/cluster/bar_list.h"
#include "experiments/cluster/channel.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/cluster/worker_client.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/bad_proxy.h"
#include "tests/support/lasting_port.h"
#include "tests/support/raw_worker.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Clock = std::chrono::steady_clock;
using Kind = WorkerEvent::Kind;
using std::chrono::milliseconds;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

// Whether `done` comes true within `limit`.
template <typename Done>
bool Within(milliseconds limit, Done done) {
  const auto end = Clock::now() + limit;
  while (!done()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

class LearnerServerTest : public ::testing::Test {
 protected:
  LearnerServerTest() : key_(OpenWorkerKey(temp_.path())) { Open(0); }

  void Open(std::uint16_t port, int sign_of_life_s = 30) {
    LearnerServerOptions options;
    options.port = port;
    options.handshake_s = 1;
    options.sign_of_life_s = sign_of_life_s;
    options.bars = BarFileOf(temp_.path());
    server_ = std::make_unique<LearnerServer>(
        options, key_, "{\"name\": \"test\"}",
        LearnerLeases{[this] { return ++leases_ * 1000; }, [](std::uint64_t) { return true; }});
    weights_ = std::make_shared<std::string>(2'500'000, 'w');
    server_->Publish({"hash1", 7, weights_->size()}, weights_);
  }

  WorkerClientOptions Options(std::uint16_t port) const {
    WorkerClientOptions options;
    options.host = "127.0.0.1";
    options.port = std::to_string(port);
    options.key = key_;
    options.hello.instance = "w1";
    options.once = true;
    return options;
  }
  WorkerClientOptions Options() const { return Options(server_->port()); }

  // The refusal that the worker hears of, within a second as people are promised.
  static std::string RefusalOf(const WorkerClientOptions& options) {
    GameSpool spool(std::nullopt, {});
    WorkerClient client(options, spool);
    const auto event = client.Next(milliseconds(1000));
    if (!event) return "nothing within a second";
    if (event->kind == Kind::kWelcome) return "not refused";
    return (event->kind == Kind::kRefused ? "refused: " : "tries again: ") + event->text;
  }

  // The session that the next game comes from.
  std::uint64_t SenderOfNextGame() {
    std::vector<ReceivedGame> games;
    EXPECT_TRUE(Within(milliseconds(5000), [&] {
      games = server_->Take(milliseconds(10));
      return !games.empty();
    }));
    return games.empty() ? 0 : games[0].session;
  }

  // What the server says of the last one it refused.
  std::string LastRefusal(std::uint64_t count) {
    EXPECT_TRUE(Within(milliseconds(2000), [&] { return server_->counts().refused >= count; }));
    return server_->counts().last_refusal;
  }

  TempFolder temp_;
  WorkerKey key_;
  std::uint64_t leases_ = 0;
  std::shared_ptr<std::string> weights_;
  std::unique_ptr<LearnerServer> server_;
};

// Takes games off the server and acknowledges them, each once, as a learner does.
std::multiset<std::uint64_t> Store(LearnerServer& server, std::size_t count, milliseconds limit) {
  std::multiset<std::uint64_t> stored;
  Within(limit, [&] {
    for (ReceivedGame& game : server.Take(milliseconds(10))) {
      EXPECT_EQ(game.record, Numbered(game.record.stream));
      if (!stored.contains(game.record.stream)) stored.insert(game.record.stream);
      server.Stored(game.session, {game.record.stream});
    }
    return stored.size() >= count;
  });
  return stored;
}

TEST_F(LearnerServerTest, WorkerGetsConfigNumbersAndNetworkAndItsGamesComeIn) {
  GameSpool spool(std::nullopt, {});
  WorkerClient client(Options(), spool);
  const auto welcome = client.Next(milliseconds(5000));
  ASSERT_TRUE(welcome && welcome->kind == Kind::kWelcome) << (welcome ? welcome->text : "nothing");
  EXPECT_EQ(welcome->welcome.run, key_.run);
  EXPECT_EQ(welcome->welcome.config, "{\"name\": \"test\"}");
  EXPECT_EQ(welcome->welcome.lease, 1000U);
  const auto network = client.Next(milliseconds(5000));
  ASSERT_TRUE(network && network->kind == Kind::kNetwork);
  EXPECT_EQ(network->network.step, 7);
  EXPECT_EQ(*network->weights, *weights_);

  for (std::uint64_t stream = 1; stream <= 200; ++stream) spool.Add(Numbered(stream));
  EXPECT_EQ(Store(*server_, 200, milliseconds(10000)).size(), 200U);
  EXPECT_TRUE(Within(milliseconds(5000), [&] { return spool.games() == 0; }));

  server_->Publish({"hash2", 8, 3}, std::make_shared<std::string>("abc"));
  const auto next = client.Next(milliseconds(5000));
  ASSERT_TRUE(next && next->kind == Kind::kNetwork);
  EXPECT_EQ(*next->weights, "abc");
  server_->End("that was all");
  const auto end = client.Next(milliseconds(5000));
  ASSERT_TRUE(end && end->kind == Kind::kEnded);
  EXPECT_EQ(end->text, "that was all");
}

TEST_F(LearnerServerTest, UnchangedNetworkIsOneSmallFrame) {
  GameSpool spool(std::nullopt, {});
  WorkerClient client(Options(), spool);
  client.Next(milliseconds(5000));
  client.Next(milliseconds(5000));
  for (int i = 0; i < 20; ++i) server_->Publish({"hash1", 7, weights_->size()}, weights_);
  EXPECT_FALSE(client.Next(milliseconds(300)));  // it has that one
}

// From the learner's word to the last byte. Other programs may disturb one of them, hardly all.
TEST_F(LearnerServerTest, FourMegabytesOfWeightsComeWithinASecond) {
  GameSpool spool(std::nullopt, {});
  WorkerClient client(Options(), spool);
  for (const Kind kind : {Kind::kWelcome, Kind::kNetwork}) {
    const auto event = client.Next(milliseconds(5000));
    ASSERT_TRUE(event && event->kind == kind);
  }
  double quickest_s = 1e9;
  for (int network = 0; network < 5; ++network) {
    weights_ = std::make_shared<std::string>(4'000'000, static_cast<char>('a' + network));
    const auto begin = Clock::now();
    server_->Publish({"four" + std::to_string(network), 8 + network, weights_->size()}, weights_);
    const auto event = client.Next(milliseconds(10000));
    ASSERT_TRUE(event && event->kind == Kind::kNetwork);
    quickest_s = std::min(quickest_s, std::chrono::duration<double>(Clock::now() - begin).count());
    EXPECT_EQ(*event->weights, *weights_);
  }
  std::printf("4 MB of weights: %.3f s\n", quickest_s);
  EXPECT_LT(quickest_s, 1.0);
}

TEST_F(LearnerServerTest, AnotherKeyOfTheRunIsRefusedWithTheReasonOnBothSides) {
  WorkerClientOptions options = Options();
  options.key.secret[0] ^= 1;
  EXPECT_THAT(RefusalOf(options), HasSubstr("refused: the learner refused the key"));
  EXPECT_THAT(LastRefusal(1), HasSubstr("its key is not this run's"));
}

TEST_F(LearnerServerTest, KeyOfAnotherRunIsRefused) {
  WorkerClientOptions options = Options();
  options.key.run[0] = options.key.run[0] == '0' ? '1' : '0';
  EXPECT_THAT(RefusalOf(options), HasSubstr("refused: the learner knows no such run"));
  EXPECT_THAT(LastRefusal(1), HasSubstr("no key, or that of another run"));
}

TEST_F(LearnerServerTest, OtherGameFormatsOrAnotherRunsGamesAreRefused) {
  WorkerClientOptions options = Options();
  options.hello.formats = "records 9";
  EXPECT_THAT(RefusalOf(options), HasSubstr("its game formats are 'records 9', wanted"));
  options = Options();
  options.hello.run = "another";
  EXPECT_THAT(RefusalOf(options), HasSubstr("it plays for run another"));
}

TEST_F(LearnerServerTest, PlainTextHttpAndSilenceAreRefused) {
  EXPECT_EQ(TalkPlainly(server_->port(), "GET / HTTP/1.1\r\n\r\n"), "closed");
  EXPECT_THAT(LastRefusal(1), HasSubstr("plain HTTP, wanted TLS 1.3"));
  EXPECT_EQ(TalkPlainly(server_->port(), std::string(64, 'x')), "closed");
  EXPECT_THAT(LastRefusal(2), HasSubstr("does not speak TLS"));
  EXPECT_EQ(TalkPlainly(server_->port(), ""), "closed");
  EXPECT_THAT(LastRefusal(3), HasSubstr("said nothing that makes a handshake for 1 s"));
}

// The outside witness: another implementation of the handshake, with and without the key.
TEST_F(LearnerServerTest, OpensslShakesHandsWithTheKeyAlone) {
  std::string secret;
  for (const unsigned char byte : key_.secret) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    secret += digits;
  }
  const std::string client =
      "timeout 5 openssl s_client -connect 127.0.0.1:" + std::to_string(server_->port());
  const std::string with_key = " -psk " + secret + " -psk_identity " + key_.run;
  const auto run = [](const std::string& command) {
    std::string output;
    FILE* pipe = ::popen((command + " < /dev/null 2>&1").c_str(), "r");
    std::array<char, 4096> bytes;
    while (const std::size_t n = std::fread(bytes.data(), 1, bytes.size(), pipe)) {
      output.append(bytes.data(), n);
    }
    ::pclose(pipe);
    return output;
  };
  EXPECT_THAT(run(client + with_key + " -tls1_3"),
              HasSubstr("Reused, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256"));
  EXPECT_THAT(run(client + " -tls1_3"), HasSubstr("alert handshake failure"));
  EXPECT_THAT(run(client + with_key + " -tls1_2"),
              AnyOf(HasSubstr("alert protocol version"), HasSubstr("no protocols available")));
  EXPECT_THAT(LastRefusal(3), HasSubstr("wanted TLS 1.3"));
}

// Who waits for a long game is told that the learner is there.
TEST_F(LearnerServerTest, SilentWorkersHearASignOfLife) {
  server_.reset();
  Open(0, /*sign_of_life_s=*/1);
  const WorkerClientOptions options = Options();
  RawWorker worker(options);
  const timeval limit = {.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(worker.stream.next_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit,
               sizeof limit);
  asio::write(worker.stream, asio::buffer(FrameStart(ToFrame(FrameType::kHello, options.hello))));
  std::string heard;
  const auto names = [&heard] {
    int count = 0;
    for (auto at = heard.find("hash1"); at != std::string::npos; at = heard.find("hash1", at + 1)) {
      ++count;
    }
    return count;
  };
  boost::system::error_code error;
  while (names() < 3 && !error) {
    std::array<char, 4096> bytes;
    heard.append(bytes.data(), worker.stream.read_some(asio::buffer(bytes), error));
  }
  EXPECT_EQ(names(), 3) << error.message();
}

// Says what it likes after its hello.
void Misbehave(const WorkerClientOptions& options, const std::string& bytes) {
  RawWorker worker(options);
  auto& stream = worker.stream;
  const Frame hello = ToFrame(FrameType::kHello, options.hello);
  boost::system::error_code error;
  asio::write(stream, asio::buffer(FrameStart(hello) + bytes), error);
  std::string rest;
  asio::read(stream, asio::dynamic_buffer(rest), error);  // until it is closed
}

TEST_F(LearnerServerTest, BadFramesEndTheirOwnConnectionOnly) {
  GameSpool spool(std::nullopt, {});
  WorkerClient good(Options(), spool);
  ASSERT_TRUE(good.Next(milliseconds(5000)));
  WorkerClientOptions bad = Options();
  bad.hello.instance = "bad";
  const std::string games = FrameStart(ToFrame(FrameType::kGames, GamesMessage{1}));
  std::string huge = FrameStart({FrameType::kGames, "", ""});
  for (std::size_t i = 4; i < 8; ++i) huge[i] = '\xff';
  const std::map<std::string, std::string> faults = {
      {huge, "a frame 'games' of 0 and 4294967295 bytes, wanted at most"},
      {FrameStart({FrameType::kStored, "", ""}), "wanted one that a worker sends"},
      {FrameStart({FrameType::kHello, "", ""}), "a second hello"},
      {FrameStart(ToFrame(FrameType::kGames, GamesMessage{1}, "junk junk junk")) + "junk junk junk",
       "a damaged game"},
      {FrameStart(ToFrame(FrameType::kGames, GamesMessage{2}, MakeRecordFrame(Numbered(5)))) +
           MakeRecordFrame(Numbered(5)),
       "1 games, said to be 2"},
  };
  std::uint64_t refused = 0;
  for (const auto& [bytes, reason] : faults) {
    Misbehave(bad, bytes);
    EXPECT_THAT(LastRefusal(++refused), HasSubstr(reason));
  }
  spool.Add(Numbered(77));
  const auto stored = Store(*server_, 2, milliseconds(5000));
  EXPECT_TRUE(stored.contains(77));
}

TEST_F(LearnerServerTest, WorkerThatWasShutOutStaysOut) {
  GameSpool spool(std::nullopt, {});
  WorkerClient client(Options(), spool);
  client.Next(milliseconds(5000));
  spool.Add(Numbered(5));
  server_->Refuse(SenderOfNextGame(), "its game 5 is invented");
  std::optional<WorkerEvent> event;
  do {
    event = client.Next(milliseconds(5000));
  } while (event && event->kind == Kind::kNetwork);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::kRefused);
  EXPECT_THAT(event->text, HasSubstr("its game 5 is invented"));
  EXPECT_THAT(RefusalOf(Options()), HasSubstr("it is not let in again"));
}

TEST_F(LearnerServerTest, WorkerThatWasShutOutStaysOutWhenItOrTheLearnerStartsAnew) {
  WorkerClientOptions liar = Options();
  liar.hello.name = "node-7";
  {
    GameSpool spool(std::nullopt, {});
    WorkerClient client(liar, spool);
    spool.Add(Numbered(5));
    server_->Refuse(SenderOfNextGame(), "its game 5 is invented");
    EXPECT_THAT(LastRefusal(1), HasSubstr("its game 5 is invented"));
  }
  liar.hello.instance = "w2";
  EXPECT_THAT(RefusalOf(liar), HasSubstr("that 'node-7' there sent"));
  server_.reset();
  Open(0);
  liar.port = Options().port;
  liar.hello.instance = "w3";
  EXPECT_THAT(RefusalOf(liar), HasSubstr("it is not let in again"));
  liar.hello.name = "node-8";  // an honest one at the same address
  EXPECT_THAT(RefusalOf(liar), "not refused");
}

TEST_F(LearnerServerTest, WhoLeavesBeforeItsGamesAreLookedAtIsShutOutToo) {
  std::uint64_t sender = 0;
  {
    GameSpool spool(std::nullopt, {});
    WorkerClient client(Options(), spool);
    spool.Add(Numbered(5));
    sender = SenderOfNextGame();
  }
  ASSERT_TRUE(Within(milliseconds(5000), [&] {
    return ::testing::Matches(::testing::Contains(HasSubstr(" left")))(server_->TakeNews());
  }));
  for (int i = 0; i < 3; ++i) server_->Refuse(sender, "its game 5 is invented");
  EXPECT_THAT(LastRefusal(1), HasSubstr("127.0.0.1: its game 5 is invented"));
  WorkerClientOptions again = Options();
  again.hello.instance = "w2";
  EXPECT_THAT(RefusalOf(again), HasSubstr("it is not let in again"));
  EXPECT_EQ(server_->counts().refused, 2U);
}

TEST_F(LearnerServerTest, NumbersThatNobodyWasGivenAreNoWorkers) {
  LearnerServerOptions options;
  LearnerServer server(options, key_, "{}", LeasesOf(temp_.path()));
  server.Publish({"hash1", 7, weights_->size()}, weights_);
  WorkerClientOptions worker = Options(server.port());
  worker.hello.lease = kLeaseGames;
  EXPECT_THAT(RefusalOf(worker), HasSubstr("wanted those that this run gave it"));
  EXPECT_EQ(LeaseFolder(temp_.path()).Take(), kLeaseGames);
  EXPECT_EQ(RefusalOf(worker), "not refused");
  worker.hello.lease = kLeaseGames + 1;
  EXPECT_THAT(RefusalOf(worker), HasSubstr("wanted those that this run gave it"));
}

// They would be shown on a terminal, and kept for every session.
TEST_F(LearnerServerTest, NamesAreShortAndWithoutControlCharacters) {
  WorkerClientOptions worker = Options();
  worker.hello.name = "\x1b[2Jbox";
  EXPECT_THAT(RefusalOf(worker), HasSubstr("name has control characters"));
  worker.hello.name = std::string(1000, 'x');
  EXPECT_THAT(RefusalOf(worker), HasSubstr("name of 1000 bytes, wanted at most 256"));
  EXPECT_EQ(Printable("\xc2\x9b"
                      "2J"),
            "??2J");
  EXPECT_EQ(Printable("a\nb\x1b"
                      "c\xc3\xa4"),
            "a?b?c\xc3\xa4");
}

TEST_F(LearnerServerTest, CountsOfAWorkerAreOnesThatAMachineCanReach) {
  const auto error_of = [](const WorkerStatusMessage& status) {
    const auto read = FromFrame<WorkerStatusMessage>(ToFrame(FrameType::kWorkerStatus, status));
    return read ? "" : read.error();
  };
  WorkerStatusMessage status;
  status.stats.returns = -3.0;
  status.stats.evaluations = kMostCounted;
  EXPECT_EQ(error_of(status), "");
  status.stats.evaluations = kMostCounted + 1;
  EXPECT_THAT(error_of(status), HasSubstr("evaluations 1e+15, wanted 0 to 1e+15"));
  status.stats.evaluations = -1;
  EXPECT_THAT(error_of(status), HasSubstr("evaluations -1, wanted 0 to"));
  status.stats.evaluations = 0;
  status.waits_for = "\a";
  EXPECT_THAT(error_of(status), HasSubstr("waits_for has control characters"));
}

TEST_F(LearnerServerTest, ObserverGetsTheStatus) {
  server_->SetStatus("{\"workers\": []}");
  const auto status = AskLearnerStatus(Options());
  ASSERT_TRUE(status.ok()) << status.error();
  EXPECT_EQ(*status, "{\"workers\": []}");
}

TEST_F(LearnerServerTest, PortInUseAndForeignAddressesAreSaid) {
  LearnerServerOptions options;
  options.port = server_->port();
  const auto open = [&] { LearnerServer(options, key_, "", LeasesOf(temp_.path())); };
  EXPECT_THAT(open, ::testing::ThrowsMessage<WorldError>(HasSubstr("already in use")));
  options.port = 0;
  options.address = "192.0.2.1";  // RFC 5737: nobody's
  EXPECT_THAT(open, ::testing::ThrowsMessage<WorldError>(HasSubstr("cannot listen at 192.0.2.1")));
  options.address = "here";
  EXPECT_THAT(open, ::testing::ThrowsMessage<WorldError>(HasSubstr("wanted an IP address")));
}

// However the network cuts, delays, repeats and corrupts: every game comes in, and the learner,
// which counts each number once, has each exactly once.
class BadNetworkTest : public LearnerServerTest,
                       public ::testing::WithParamInterface<BadProxy::Faults> {};

TEST_P(BadNetworkTest, EveryGameComesInInTheEnd) {
  BadProxy proxy(server_->port(), GetParam(), 3);
  WorkerClientOptions options = Options(proxy.port());
  options.once = false;
  options.first_pause_s = 0.01;
  options.longest_pause_s = 0.05;
  GameSpool spool(std::nullopt, {.games = 2000, .bytes = 64 << 20});
  WorkerClient client(options, spool);
  weights_ = std::make_shared<std::string>(3000, 'w');
  server_->Publish({"small", 8, weights_->size()}, weights_);
  std::thread player([&spool] {
    for (std::uint64_t stream = 1; stream <= 800; ++stream) spool.Add(Numbered(stream));
  });
  const auto stored = Store(*server_, 800, milliseconds(60000));
  player.join();
  EXPECT_EQ(stored.size(), 800U);
  EXPECT_TRUE(Within(milliseconds(10000), [&] {
    Store(*server_, 1, milliseconds(20));  // those whose acknowledgement was cut off come again
    return spool.games() == 0;
  }));
  EXPECT_GE(proxy.connections(), 2);  // no connection carries all of them
}

INSTANTIATE_TEST_SUITE_P(
    , BadNetworkTest,
    ::testing::Values(BadProxy::Faults{.least_bytes = 20000, .most_bytes = 120000},
                      BadProxy::Faults{.least_bytes = 20000, .most_bytes = 120000, .corrupt = true},
                      BadProxy::Faults{.least_bytes = 20000, .most_bytes = 120000, .repeat = true},
                      BadProxy::Faults{.least_bytes = 20000, .most_bytes = 120000, .delay_ms = 4}));

// A learner that is killed and comes back at the same port.
TEST_F(LearnerServerTest, WorkerGoesOnWhenTheLearnerComesBack) {
  const std::uint16_t port = LastingPort();
  Open(port);
  WorkerClientOptions options = Options();
  options.once = false;
  options.first_pause_s = 0.01;
  options.longest_pause_s = 0.05;
  GameSpool spool(std::nullopt, {});
  WorkerClient client(options, spool);
  client.Next(milliseconds(5000));
  server_.reset();
  spool.Add(Numbered(9));
  ASSERT_TRUE(Within(milliseconds(5000), [&] {
    const auto event = client.Next(milliseconds(10));
    return event && event->kind == Kind::kDisconnected;
  }));
  Open(port);
  EXPECT_EQ(Store(*server_, 1, milliseconds(10000)).count(9), 1U);
  EXPECT_EQ(leases_, 1U);  // its numbers are still its own
}

// The end comes while the first connection is being made.
TEST_F(LearnerServerTest, WorkerThatEndsWhileItConnectsEnds) {
  BadProxy proxy(server_->port(), {.least_bytes = 1 << 20, .most_bytes = 1 << 20, .delay_ms = 500},
                 3);
  GameSpool spool(std::nullopt, {});
  auto client = std::make_unique<WorkerClient>(Options(proxy.port()), spool);
  ASSERT_TRUE(Within(milliseconds(5000), [&] { return proxy.connections() == 1; }));
  std::atomic<bool> ended = false;
  std::thread ender([&] {
    client.reset();
    ended = true;
  });
  EXPECT_TRUE(Within(milliseconds(8000), [&] { return ended.load(); }));
  server_.reset();  // lets go of a worker that still is there
  ender.join();
}

}  // namespace
}  // namespace tengen

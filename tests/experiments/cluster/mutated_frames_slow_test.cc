// Frames that were changed at random, read by a decoder and sent on live connections to a learner.
// TENGEN_MUTATED_FRAMES (300,000) and TENGEN_MUTATED_LIVE (500) say how many; the sanitizers watch.

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "envs/core/rng.h"
#include "experiments/cluster/asio.h"
#include "experiments/cluster/learner_server.h"
#include "experiments/cluster/tls.h"
#include "experiments/cluster/worker_client.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using std::chrono::milliseconds;

// What the memory may grow by in the second half, when every buffer and the address sanitizer's
// list of freed memory have their size.
constexpr double kGrowthMb = 48.0;

int CountFrom(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : otherwise;
}

double ResidentMb() {
  std::ifstream in("/proc/self/statm");
  std::int64_t pages = 0;
  in >> pages >> pages;
  return static_cast<double>(pages * ::getpagesize()) / 1e6;
}

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

std::string Bytes(const Frame& frame) { return FrameStart(frame) + frame.body; }

HelloMessage Hello() {
  HelloMessage hello;
  hello.program = "tengen";
  hello.name = "node-17";
  hello.instance = "0123456789abcdef";
  hello.device = "cpu";
  hello.threads = 8;
  return hello;
}

std::vector<std::string> WorkerFrames() {
  WorkerStatusMessage status;
  status.stats.games = 123456;
  status.evaluations_per_s = 4321.5;
  status.waits_for = "the learner to store 17 games";
  return {Bytes(ToFrame(FrameType::kHello, Hello())),
          Bytes(ToFrame(FrameType::kGames, GamesMessage{2},
                        MakeRecordFrame(Numbered(5)) + MakeRecordFrame(Numbered(6)))),
          Bytes(ToFrame(FrameType::kWantWeights, WantWeightsMessage{"cafe", 1 << 20})),
          Bytes(ToFrame(FrameType::kWorkerStatus, status))};
}

std::vector<std::string> LearnerFrames() {
  WelcomeMessage welcome;
  welcome.run = "0123456789abcdef";
  welcome.config = "{\"seed\": 3}";
  welcome.lease = std::uint64_t{1} << 40;
  welcome.network = {"cafe", 1234, 5678};
  return {Bytes(ToFrame(FrameType::kWelcome, welcome)),
          Bytes(ToFrame(FrameType::kRefused, TextMessage{"its key is another"})),
          Bytes(ToFrame(FrameType::kStored, StoredMessage{{1, 2, 300, 1ULL << 50}})),
          Bytes(ToFrame(FrameType::kNetwork, welcome.network)),
          Bytes(ToFrame(FrameType::kWeights, WeightsMessage{"cafe", 0, "0a1b2c3d"},
                        std::string(100, 'w'))),
          Bytes(ToFrame(FrameType::kEnd, TextMessage{"that was all"})),
          Bytes(ToFrame(FrameType::kStatus, TextMessage{}, "{\"workers\": []}"))};
}

// Changes frames: bytes, bits, lengths, stretches that go, come twice or come from another frame.
class Mutator {
 public:
  Mutator(std::vector<std::string> frames, std::uint64_t stream)
      : frames_(std::move(frames)), rng_(31, RngRole::kTest, stream) {}

  std::string Next() {
    std::string bytes = frames_[Below(frames_.size())];
    for (std::size_t changes = 1 + Below(4); changes > 0; --changes) Change(bytes);
    // Otherwise most of them would end at their header.
    if (bytes.size() >= kFrameHeaderBytes && Below(2) == 0) FitLengths(bytes);
    return bytes;
  }

 private:
  std::size_t Below(std::size_t bound) {
    return rng_.Below(static_cast<std::uint32_t>(std::max<std::size_t>(1, bound)));
  }
  // More often in the header and the head than in a long body.
  std::size_t Place(const std::string& bytes) {
    return Below(Below(2) == 0 ? std::min<std::size_t>(bytes.size(), 64) : bytes.size());
  }

  void Change(std::string& bytes) {
    if (bytes.empty()) return;
    const std::size_t at = Place(bytes);
    const std::size_t size = std::min(bytes.size() - at, 1 + Below(16));
    switch (Below(7)) {
      case 0:
        bytes[at] = static_cast<char>(Below(256));
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << Below(8)));
        break;
      case 2:
        bytes.erase(at, size);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, size));
        break;
      case 4:  // the largest and the smallest numbers
        bytes.replace(at, size, std::string(size, Below(2) == 0 ? '\xff' : '\0'));
        break;
      case 5: {
        const std::string& other = frames_[Below(frames_.size())];
        bytes.replace(at, size, other.substr(Below(other.size()), 1 + Below(32)));
        break;
      }
      default:
        bytes.resize(at);
    }
  }

  // Lengths of the same head and the rest as body.
  void FitLengths(std::string& bytes) {
    const std::size_t rest = bytes.size() - kFrameHeaderBytes;
    const std::size_t head =
        std::min(rest, static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])));
    const std::size_t lengths[] = {head, rest - head};
    for (std::size_t i = 0; i < 8; ++i) {
      bytes[i] = static_cast<char>(lengths[i / 4] >> (8 * (i % 4)));
    }
  }

  const std::vector<std::string> frames_;
  Rng rng_;
};

// What is read can be written and read again; what is not has a sentence.
template <typename Message>
bool Follow(const Frame& frame) {
  const Result<Message> message = FromFrame<Message>(frame);
  if (!message) {
    EXPECT_FALSE(message.error().empty());
    return false;
  }
  const Frame again = ToFrame(frame.type, *message);
  const Result<Message> back = FromFrame<Message>(again);
  EXPECT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(ToFrame(frame.type, *back).head, again.head);
  return true;
}

bool FollowGames(const Frame& frame) {
  if (!Follow<GamesMessage>(frame)) return false;
  for (std::string_view rest = frame.body; !rest.empty();) {
    const RecordFrame record = ParseRecordFrame(rest);
    if (record.state != RecordFrame::State::kWhole || !record.Read()) return false;
    rest.remove_prefix(record.bytes());
  }
  return true;
}

bool FollowFrame(const Frame& frame) {
  switch (frame.type) {
    case FrameType::kHello:
      return Follow<HelloMessage>(frame);
    case FrameType::kGames:
      return FollowGames(frame);
    case FrameType::kWantWeights:
      return Follow<WantWeightsMessage>(frame);
    case FrameType::kWorkerStatus:
      return Follow<WorkerStatusMessage>(frame);
    case FrameType::kWelcome:
      return Follow<WelcomeMessage>(frame);
    case FrameType::kStored:
      return Follow<StoredMessage>(frame);
    case FrameType::kNetwork:
      return Follow<NetworkMessage>(frame);
    case FrameType::kWeights:
      return Follow<WeightsMessage>(frame);
    default:
      return Follow<TextMessage>(frame);
  }
}

// Whether the bytes are a frame with a message, as Channel reads them.
bool Decode(std::string_view bytes, FrameSender sender) {
  if (bytes.size() < kFrameHeaderBytes) return false;
  const auto header = ParseFrameHeader(
      std::span<const char, kFrameHeaderBytes>(bytes.data(), kFrameHeaderBytes), sender);
  if (!header) {
    EXPECT_FALSE(header.error().empty());
    return false;
  }
  bytes.remove_prefix(kFrameHeaderBytes);
  if (header->head_bytes + header->body_bytes > bytes.size()) return false;  // more must come
  return FollowFrame({header->type, std::string(bytes.substr(0, header->head_bytes)),
                      std::string(bytes.substr(header->head_bytes, header->body_bytes))});
}

TEST(MutatedFrames, AreReadSafely) {
  const int count = CountFrom("TENGEN_MUTATED_FRAMES", 300'000);
  Mutator worker(WorkerFrames(), 1);
  Mutator learner(LearnerFrames(), 2);
  int read = 0;
  double half_mb = 0.0;
  for (int i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
    if (i == count / 2) half_mb = ResidentMb();
    read += i % 2 == 0 ? Decode(worker.Next(), FrameSender::kWorker)
                       : Decode(learner.Next(), FrameSender::kLearner);
  }
  EXPECT_GT(read, count / 1000);
  EXPECT_LT(read, count / 2);
  EXPECT_LT(ResidentMb(), half_mb + kGrowthMb);
  std::printf("%d frames, %d of them messages; %.0f MB at half, %.0f at the end\n", count, read,
              half_mb, ResidentMb());
}

// A connection with the right key and a good hello or none, that says `bytes` and ends.
void Say(const WorkerClientOptions& options, const std::string& bytes) {
  asio::io_context io;
  TlsContext tls(TlsSide::kWorker, options.key);
  asio::ssl::stream<asio::ip::tcp::socket> stream(io, tls.context());
  stream.next_layer().connect(
      {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(options.port))});
  stream.handshake(asio::ssl::stream_base::client);
  boost::system::error_code ignored;
  asio::write(stream, asio::buffer(bytes), ignored);
  stream.next_layer().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  std::string rest;
  asio::read(stream, asio::dynamic_buffer(rest), ignored);  // until the learner closes it
}

// The learner goes on serving an honest worker meanwhile, and its memory does not grow.
TEST(MutatedFrames, OnLiveConnectionsHarmNobodyElse) {
  const int count = CountFrom("TENGEN_MUTATED_LIVE", 500);
  TempFolder temp;
  WorkerClientOptions options;
  options.key = OpenWorkerKey(temp.path());
  std::uint64_t leases = 0;
  LearnerServerOptions door;
  door.attempts.burst = 1e9;  // what is measured is what they harm when they are let in
  LearnerServer server(
      door, options.key, "{}",
      LearnerLeases{[&leases] { return ++leases; }, [](std::uint64_t) { return true; }});
  server.Publish({"cafe", 1, 3}, std::make_shared<std::string>("abc"));
  options.host = "127.0.0.1";
  options.port = std::to_string(server.port());
  options.hello = Hello();
  options.hello.instance = "honest";
  GameSpool spool(std::nullopt, {});
  WorkerClient honest(options, spool);
  std::jthread learner([&server](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      for (const ReceivedGame& game : server.Take(milliseconds(50))) {
        server.Stored(game.session, {game.record.stream});
      }
    }
  });
  Mutator mutator(WorkerFrames(), 3);
  const std::string hello = Bytes(ToFrame(FrameType::kHello, Hello()));
  double half_mb = 0.0;
  for (int i = 0; i < count; ++i) {
    if (i == count / 2) half_mb = ResidentMb();
    if (i % 100 == 0) spool.Add(Numbered(static_cast<std::uint64_t>(1000 + i)));
    Say(options, (i % 4 == 0 ? "" : hello) + mutator.Next());
  }
  for (int i = 0; i < 1000 && spool.games() > 0; ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_EQ(spool.games(), 0U);
  for (std::optional<WorkerEvent> event; (event = honest.Next(milliseconds(0)));) {
    EXPECT_THAT(event->kind,
                ::testing::AnyOf(WorkerEvent::Kind::kWelcome, WorkerEvent::Kind::kNetwork))
        << event->text;
  }
  EXPECT_LT(ResidentMb(), half_mb + kGrowthMb);
  EXPECT_GT(server.counts().refused, static_cast<std::uint64_t>(count / 4));
  std::printf("%d frames, %llu connections refused; %.0f MB at half, %.0f at the end\n", count,
              static_cast<unsigned long long>(server.counts().refused), half_mb, ResidentMb());
}

}  // namespace
}  // namespace tengen

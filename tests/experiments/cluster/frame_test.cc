#include "experiments/cluster/frame.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/cluster/messages.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

Result<FrameHeader> Parse(const std::string& bytes, FrameSender sender = FrameSender::kWorker) {
  return ParseFrameHeader(std::span<const char, kFrameHeaderBytes>(bytes.data(), 12), sender);
}

TEST(Frame, HasTheBytesThatItsHeaderSays) {
  const std::string bytes = FrameStart({FrameType::kGames, "ab", "xyz"});
  EXPECT_EQ(bytes, std::string("\x02\0\0\0\x03\0\0\0\x02\x01\0\0ab", 14));
  const auto header = Parse(bytes);
  ASSERT_TRUE(header.ok()) << header.error();
  EXPECT_EQ(header->type, FrameType::kGames);
  EXPECT_EQ(header->head_bytes, 2U);
  EXPECT_EQ(header->body_bytes, 3U);
}

TEST(Frame, OfAnotherVersionIsRefused) {
  std::string bytes = FrameStart({FrameType::kHello, "", ""});
  bytes[9] = 2;
  EXPECT_THAT(Parse(bytes).error(), HasSubstr("protocol version 2, wanted 1"));
}

TEST(Frame, OfTheOtherSideOrOfNobodyIsRefused) {
  EXPECT_THAT(Parse(FrameStart({FrameType::kStored, "", ""})).error(), HasSubstr("a worker sends"));
  EXPECT_TRUE(Parse(FrameStart({FrameType::kStored, "", ""}), FrameSender::kLearner).ok());
  std::string bytes = FrameStart({FrameType::kHello, "", ""});
  bytes[8] = 99;
  EXPECT_THAT(Parse(bytes).error(), HasSubstr("type 99"));
}

TEST(Frame, OfFourGibibytesIsRefusedByItsHeader) {
  std::string bytes = FrameStart({FrameType::kGames, "", ""});
  for (int i = 4; i < 8; ++i) bytes[static_cast<std::size_t>(i)] = '\xff';
  EXPECT_THAT(Parse(bytes).error(), HasSubstr("4294967295 bytes, wanted at most"));
}

TEST(Messages, ComeBackAsTheyWere) {
  WelcomeMessage welcome;
  welcome.run = "0123456789abcdef";
  welcome.config = "{\"seed\": 3}";
  welcome.lease = std::uint64_t{1} << 40;
  welcome.network = {"cafe", 1234, 5678};
  const auto back = FromFrame<WelcomeMessage>(ToFrame(FrameType::kWelcome, welcome));
  ASSERT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(back->run, welcome.run);
  EXPECT_EQ(back->config, welcome.config);
  EXPECT_EQ(back->lease, welcome.lease);
  EXPECT_EQ(back->network.hash, "cafe");
  EXPECT_EQ(back->network.step, 1234);
  EXPECT_EQ(back->network.bytes, 5678U);
}

TEST(Messages, WithUnknownFieldsOrTypesAreRefused) {
  const Frame welcome = ToFrame(FrameType::kWelcome, WelcomeMessage{});
  EXPECT_THAT(FromFrame<HelloMessage>(welcome).error(), HasSubstr("config"));
  EXPECT_THAT(FromFrame<HelloMessage>({FrameType::kHello, "\x81\x01", ""}).error(),
              HasSubstr("wanted an object"));
  EXPECT_FALSE(FromFrame<HelloMessage>({FrameType::kHello, "", ""}).ok());
}

TEST(Messages, WithThreadsThatNoMachineHasAreRefused) {
  for (const std::int64_t threads : {std::int64_t{-1}, std::int64_t{-2'000'000'000},
                                     std::int64_t{4097}, std::int64_t{1} << 62}) {
    HelloMessage hello;
    hello.threads = threads;
    EXPECT_THAT(FromFrame<HelloMessage>(ToFrame(FrameType::kHello, hello)).error(),
                HasSubstr("threads " + std::to_string(threads) + ", wanted 0 to 4096"));
  }
}

// Any bytes give a header or an error, a message or an error; the sanitizers watch.
TEST(Messages, AnyBytesAreReadSafely) {
  std::mt19937 random(7);
  const Frame frame = ToFrame(FrameType::kStored, StoredMessage{{1, 2, 1ULL << 50}});
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    Frame mutated = frame;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      mutated.head[random() % mutated.head.size()] = static_cast<char>(random());
    }
    read += FromFrame<StoredMessage>(mutated).ok();
    std::string header = FrameStart(frame).substr(0, kFrameHeaderBytes);
    header[random() % kFrameHeaderBytes] = static_cast<char>(random());
    const auto parsed = Parse(header, FrameSender::kLearner);
    EXPECT_TRUE(!parsed || parsed->head_bytes <= 16U << 20);
  }
  EXPECT_GT(read, 0);
  EXPECT_LT(read, 20000);
}

}  // namespace
}  // namespace tengen

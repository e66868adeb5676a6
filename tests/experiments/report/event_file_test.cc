#include "experiments/report/event_file.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tengen {
namespace {

std::string Hex(const std::string& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// RFC 3720, appendix B.4, and the check value of the CRC catalogues.
TEST(Crc32c, AgreesWithPublishedValues) {
  EXPECT_EQ(Crc32c(""), 0U);
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending += c;
  EXPECT_EQ(Crc32c(ascending), 0x46dd794eU);
  // 0xe3069283 rotated right by 15 bits is 0x2507c60d; plus 0xa282ead8.
  EXPECT_EQ(MaskedCrc32c("123456789"), 0xc78ab0e5U);
}

// By hand: key 1 of wire type 1 is 09, key 3 of type 2 is 1a, 13 letters; 1.0 is 3ff0...
TEST(EventFile, BeginsWithTheVersion) {
  const std::string bytes = EventFileBytes(1.0, {});
  EXPECT_EQ(bytes.size(), 8 + 4 + 24 + 4U);
  EXPECT_EQ(Hex(bytes.substr(0, 8)), "1800000000000000");
  EXPECT_EQ(Hex(bytes.substr(12, 11)), "09000000000000f03f1a0d");
  EXPECT_EQ(bytes.substr(23, 13), "brain.Event:2");
}

// The bytes that TensorBoard 2.21's RecordWriter and event_pb2 write for the same three events. A
// step beyond 32 bits takes five bytes.
TEST(EventFile, HasTheBytesThatTensorBoardWrites) {
  const std::vector<ScalarEvent> events = {{1700000001.25, 300, "loss/policy", 1.5F},
                                           {1700000002.0, 5'000'000'000, "x", -0.1F}};
  EXPECT_EQ(Hex(EventFileBytes(1700000000.5, events)),
            "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a32"
            "2b353110220000000000000078113dfd0900005040fc54d94110ac022a140a120a0b6c6f"
            "73732f706f6c696379150000c03fd42e51641b000000000000001a0d9e130900008040fc"
            "54d9411080e497d0122a0a0a080a017815cdccccbd6e3c9b51");
}

TEST(EventFile, GrowsAtItsEndOnly) {
  std::vector<ScalarEvent> events = {{1.0, 1, "a", 1.0F}};
  const std::string before = EventFileBytes(0.0, events);
  events.push_back({2.0, 2, "a", 2.0F});
  EXPECT_TRUE(EventFileBytes(0.0, events).starts_with(before));
}

}  // namespace
}  // namespace tengen

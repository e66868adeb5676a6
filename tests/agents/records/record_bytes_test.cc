// Records come from disk and from other processes: any bytes are read safely.

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/cbor.h"
#include "agents/records/game_record.h"
#include "agents/records/record_frame.h"
#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string CborOf(const Json& json) {
  std::string bytes;
  Json::to_cbor(json, bytes);
  return bytes;
}

TEST(Cbor, ReadsWhatTheLibraryWrites) {
  const Json json = {
      {"null", nullptr},
      {"yes", true},
      {"no", false},
      {"text", "a \xc3\xa9 \n"},
      {"empty", Json::array()},
      {"object", {{"", Json::object()}}},
      {"whole",
       {0, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296,
        std::numeric_limits<std::uint64_t>::max()}},
      {"below", {-1, -24, -25, -256, -257, std::numeric_limits<std::int64_t>::min()}},
      {"fractions", {0.5, 0.1, -1e300, 1e-45}}};
  const Result<Json> read = JsonFromCbor(CborOf(json));
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(*read, json);
}

// Examples of RFC 8949, Appendix A, that the library does not write.
TEST(Cbor, ReadsHalfFractions) {
  EXPECT_EQ(*JsonFromCbor(std::string("\xf9\x3c\x00", 3)), 1.0);
  EXPECT_EQ(*JsonFromCbor(std::string("\xf9\x7b\xff", 3)), 65504.0);
  EXPECT_EQ(*JsonFromCbor(std::string("\xf9\x00\x01", 3)), 5.960464477539063e-8);
  EXPECT_EQ(*JsonFromCbor(std::string("\xf9\xc4\x00", 3)), -4.0);
  EXPECT_TRUE(std::isinf(JsonFromCbor(std::string("\xf9\x7c\x00", 3))->get<double>()));
}

TEST(Cbor, RefusesWhatRecordsDoNotHold) {
  EXPECT_THAT(JsonFromCbor("").error(), HasSubstr("byte 0 of 0: wanted an item"));
  EXPECT_THAT(JsonFromCbor("\x01\x01").error(), HasSubstr("wanted the end"));
  EXPECT_THAT(JsonFromCbor("\xa1\x01\x01").error(), HasSubstr("wanted a text as key"));
  EXPECT_THAT(JsonFromCbor("\xc1\x01").error(), HasSubstr("wanted a number, text"));      // tag
  EXPECT_THAT(JsonFromCbor("\x41\x01").error(), HasSubstr("wanted a number, text"));      // bytes
  EXPECT_THAT(JsonFromCbor("\x9f\xff").error(), HasSubstr("an item of a given length"));  // open
  EXPECT_THAT(JsonFromCbor("\x3b\xff\xff\xff\xff\xff\xff\xff\xff").error(), HasSubstr("wanted"));
}

// What the library's reader follows with the stack, or takes memory for.
TEST(Cbor, BoundsDepthAndMemory) {
  const std::string long_length = "\xff\xff\xff\xff\xff\xff\xff\xff";
  EXPECT_THAT(JsonFromCbor(std::string(1 << 20, '\x81')).error(), HasSubstr("inside each other"));
  EXPECT_THAT(JsonFromCbor(std::string(1 << 20, '\x7f')).error(), HasSubstr("given length"));
  EXPECT_THAT(JsonFromCbor("\x9b" + long_length).error(), HasSubstr("fewer entries"));
  EXPECT_THAT(JsonFromCbor("\xbb" + long_length).error(), HasSubstr("fewer entries"));
  EXPECT_THAT(JsonFromCbor("\x7b" + long_length).error(), HasSubstr("a text"));
}

TEST(RecordBytes, EveryCutIsAnError) {
  const std::string bytes = RecordToCbor(XWinsTopRow());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(RecordFromCbor(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

TEST(RecordBytes, WhatAChangedBitLeavesReadableStaysWhatItIs) {
  const std::string bytes = RecordToCbor(XWinsTopRow());
  int read = 0;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    const Result<GameRecord> record = RecordFromCbor(changed);
    if (!record) continue;
    ++read;
    EXPECT_EQ(*RecordFromCbor(RecordToCbor(*record)), *record);
    EXPECT_EQ(*RecordFromJson(RecordToJson(*record)), *record);
    (void)CheckRecord(*record);
  }
  EXPECT_GT(read, 100);
}

Json JsonOf(const GameRecord& record) { return Json::parse(RecordToJson(record)); }

TEST(RecordBytes, NumbersAreFiniteAndInRange) {
  Json json = JsonOf(XWinsTopRow());
  json["root_values"][1] = 1e300;
  EXPECT_THAT(RecordFromJson(json.dump()).error(),
              HasSubstr("root_values is 1e+300, wanted a fin"));
  EXPECT_FALSE(RecordFromCbor(CborOf(json)).ok());
  json["root_values"][1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(RecordFromCbor(CborOf(json)).error(), HasSubstr("wanted a finite number"));
  json = JsonOf(XWinsTopRow());
  json["resign_ply"][0] = std::numeric_limits<std::uint64_t>::max();  // -1 as a signed number
  EXPECT_THAT(RecordFromJson(json.dump()).error(), HasSubstr("resign_ply is 18446744073709551615"));
}

TEST(RecordBytes, TextsArePrintable) {
  Json json = JsonOf(XWinsTopRow());
  json["game"] = "tic\xff\n";
  EXPECT_THAT(RecordFromCbor(CborOf(json)).error(), HasSubstr("wanted a string of printable"));
  json["game"] = Json::binary({1, 2});
  EXPECT_FALSE(RecordFromCbor(CborOf(json)).ok());
}

// Records of older versions do not name the hashes of networks.
TEST(RecordBytes, HashesMayBeMissing) {
  GameRecord record = XWinsTopRow();
  Json json = JsonOf(record);
  json.erase("net_hashes");
  for (NetUse& net : record.nets) net.hash.clear();
  EXPECT_EQ(*RecordFromJson(json.dump()), record);
  json["net_hashes"] = {1, 2};
  EXPECT_THAT(RecordFromJson(json.dump()).error(), HasSubstr("net_hashes is 1, wanted a string"));
}

TEST(RecordBytes, AFrameCannotAskForMoreMemoryThanItsBytesCanFill) {
  RecordFrame frame;
  frame.state = RecordFrame::State::kWhole;
  frame.payload = "ten bytes.";
  frame.raw_bytes = 10321;
  EXPECT_THAT(frame.Read().error(), HasSubstr("a record of 10321 bytes, wanted at most 10320"));
  frame.raw_bytes = 10320;
  EXPECT_THAT(frame.Read().error(), HasSubstr("zlib error"));
}

}  // namespace
}  // namespace tengen

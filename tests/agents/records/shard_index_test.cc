#include "agents/records/shard_index.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_shard.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

// Three shards of one record each, streams 10, 11, 12.
void WriteShards(const fs::path& folder) {
  RecordShardWriter writer(folder, /*max_bytes=*/1);
  for (std::uint64_t stream = 10; stream < 13; ++stream) {
    GameRecord record = XWinsTopRow();
    record.stream = stream;
    writer.Append(record);
  }
  writer.Sync();
}

TEST(ShardIndex, IsWrittenWithEachFullShard) {
  TempFolder temp;
  WriteShards(temp.path());
  const auto shards = ListShards(temp.path());
  ASSERT_THAT(shards, SizeIs(3));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto index = ReadShardIndex(ShardIndexPath(shards[i]));
    ASSERT_TRUE(index.ok()) << index.error();
    EXPECT_EQ(index->records, 1);
    EXPECT_EQ(index->positions, 4);
    EXPECT_EQ(index->bytes, static_cast<std::int64_t>(fs::file_size(shards[i])));
    EXPECT_THAT(index->streams.ranges(), ElementsAre(Pair(10 + i, 10 + i)));
  }
  EXPECT_FALSE(fs::exists(ShardIndexPath(shards[2])));  // it still grows
}

TEST(ShardIndex, CountsWhatALaterWriterAddsToAShard) {
  TempFolder temp;
  { RecordShardWriter(temp.path()).Append(XWinsTopRow()); }
  RecordShardWriter writer(temp.path(), /*max_bytes=*/1);
  writer.Append(XWinsTopRow());  // of the second shard
  const auto index = ReadShardIndex(ShardIndexPath(ListShards(temp.path())[0]));
  ASSERT_TRUE(index.ok()) << index.error();
  EXPECT_EQ(index->records, 1);
}

TEST(ShardIndex, IsMadeAnewWhereItIsMissingDamagedOrOfAnotherLength) {
  TempFolder temp;
  WriteShards(temp.path());
  const auto shards = ListShards(temp.path());
  fs::remove(ShardIndexPath(shards[0]));
  std::ofstream(ShardIndexPath(shards[1])) << "{\"bytes\": 1, \"records\": 5, \"positions\": 7, "
                                              "\"streams\": []}";
  const auto all = IndexShards(temp.path());
  ASSERT_THAT(all, SizeIs(3));
  for (const IndexedShard& shard : all) {
    EXPECT_TRUE(shard.present);
    EXPECT_EQ(shard.index.records, 1);
    EXPECT_EQ(shard.index.positions, 4);
  }
  EXPECT_TRUE(ReadShardIndex(ShardIndexPath(shards[0])).ok());
}

// The index of a shard that grew on is gone on from, where a frame follows: it says 100 of a first
// record here, which only those who read all of it would know better.
TEST(ShardIndex, OfTheFirstBytesIsGoneOnFrom) {
  TempFolder temp;
  GameRecord record = XWinsTopRow();
  record.stream = 100;
  RecordShardWriter writer(temp.path());
  writer.Append(record);
  writer.Sync();
  writer.WriteIndex();
  const fs::path shard = ListShards(temp.path())[0];
  ShardIndex index = ReadShardIndex(ShardIndexPath(shard)).value();
  EXPECT_EQ(index.records, 1);
  index.records = 100;
  WriteShardIndex(ShardIndexPath(shard), index);
  record.stream = 7;
  writer.Append(record);
  writer.Sync();
  index = ScanShard(shard);
  EXPECT_EQ(index.records, 101);
  EXPECT_EQ(index.positions, 8);
  EXPECT_EQ(index.bytes, static_cast<std::int64_t>(fs::file_size(shard)));
  EXPECT_THAT(index.streams.ranges(), ElementsAre(Pair(7, 7), Pair(100, 100)));
  // Not where its bytes end in the middle of a frame, or behind the shard's end.
  for (const std::int64_t bytes : {index.bytes - 3, index.bytes + 3, std::int64_t{-1}}) {
    ShardIndex wrong = index;
    wrong.bytes = bytes;
    WriteShardIndex(ShardIndexPath(shard), wrong);
    EXPECT_EQ(ScanShard(shard).records, 2) << bytes;
  }
}

TEST(ShardIndex, StandsForAShardThatWasMovedAway) {
  TempFolder temp;
  WriteShards(temp.path());
  fs::remove(ListShards(temp.path())[0]);
  const auto all = IndexShards(temp.path());
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_FALSE(all[0].present);
  EXPECT_EQ(all[0].index.records, 1);
  EXPECT_TRUE(all[1].present);
}

}  // namespace
}  // namespace tengen

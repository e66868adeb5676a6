#include "agents/records/record_tail.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "agents/records/record_shard.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

std::vector<std::uint64_t> Streams(const std::vector<GameRecord>& records) {
  std::vector<std::uint64_t> streams;
  for (const GameRecord& record : records) {
    EXPECT_EQ(record, Numbered(record.stream));
    streams.push_back(record.stream);
  }
  return streams;
}

TEST(RecordTail, FirstTheNewestThenWhatIsAppended) {
  TempFolder temp;
  RecordShardWriter writer(temp.path());
  for (std::uint64_t stream = 0; stream < 10; ++stream) writer.Append(Numbered(stream));
  RecordTail tail(temp.path());
  EXPECT_THAT(Streams(tail.Take(3)), ElementsAre(7, 8, 9));
  EXPECT_THAT(tail.Take(3), IsEmpty());
  writer.Append(Numbered(10));
  writer.Append(Numbered(11));
  EXPECT_THAT(Streams(tail.Take(3)), ElementsAre(10, 11));
}

TEST(RecordTail, GoesBackAndForthOverShards) {
  TempFolder temp;
  RecordShardWriter writer(temp.path(), /*max_bytes=*/1);  // one record each
  for (std::uint64_t stream = 0; stream < 4; ++stream) writer.Append(Numbered(stream));
  RecordTail tail(temp.path());
  EXPECT_THAT(Streams(tail.Take(2)), ElementsAre(2, 3));
  for (std::uint64_t stream = 4; stream < 7; ++stream) writer.Append(Numbered(stream));
  EXPECT_THAT(Streams(tail.Take(5)), ElementsAre(4, 5, 6));
}

TEST(RecordTail, WaitsForARecordThatIsBeingWritten) {
  TempFolder temp;
  { RecordShardWriter(temp.path()).Append(Numbered(0)); }
  RecordTail tail(temp.path());
  EXPECT_THAT(Streams(tail.Take(9)), ElementsAre(0));
  const std::string frame = MakeRecordFrame(Numbered(1));
  const auto append = [&](std::string_view bytes) {
    std::ofstream(temp / "games-000001.shard", std::ios::app | std::ios::binary) << bytes;
  };
  append(std::string_view(frame).substr(0, 9));
  EXPECT_THAT(tail.Take(9), IsEmpty());
  append(std::string_view(frame).substr(9, 30));
  EXPECT_THAT(tail.Take(9), IsEmpty());
  append(std::string_view(frame).substr(39));
  EXPECT_THAT(Streams(tail.Take(9)), ElementsAre(1));
}

TEST(RecordTail, PassesOverDamage) {
  TempFolder temp;
  {
    RecordShardWriter writer(temp.path());
    writer.Append(Numbered(0));
    writer.Append(Numbered(1));
    writer.Append(Numbered(2));
  }
  const auto size = static_cast<std::int64_t>(MakeRecordFrame(Numbered(0)).size());
  std::fstream file(temp / "games-000001.shard", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(size + 25);
  file << "damage";
  file.close();
  RecordTail tail(temp.path());
  EXPECT_THAT(Streams(tail.Take(9)), ElementsAre(0, 2));
}

TEST(RecordTail, SurvivesAFolderThatIsAbsentOrReplaced) {
  TempFolder temp;
  RecordTail tail(temp / "games");
  EXPECT_THAT(tail.Take(2), IsEmpty());
  {
    RecordShardWriter writer(temp / "games");
    for (std::uint64_t stream = 0; stream < 5; ++stream) writer.Append(Numbered(stream));
  }
  EXPECT_THAT(Streams(tail.Take(2)), ElementsAre(3, 4));
  std::filesystem::remove_all(temp / "games");
  EXPECT_THAT(tail.Take(2), IsEmpty());
  { RecordShardWriter(temp / "games").Append(Numbered(77)); }
  EXPECT_THAT(Streams(tail.Take(2)), ElementsAre(77));
}

}  // namespace
}  // namespace tengen

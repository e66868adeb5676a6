// Shards while the n-th write fails, is cut, or is where the process dies, for every n.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_shard.h"
#include "agents/records/shard_index.h"
#include "nets/write_error.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/faulty_files.h"
#include "tests/support/shared_count.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kShardBytes = 600;  // a few games
constexpr std::uint64_t kLast = 8;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

std::vector<std::uint64_t> Streams(const fs::path& folder) {
  RecordShardReader reader(ListShards(folder));
  std::vector<std::uint64_t> streams;
  while (const auto record = reader.Next()) {
    EXPECT_EQ(*record, Numbered(record->stream));
    streams.push_back(record->stream);
  }
  return streams;
}

// Games 1, 2, ... in turn, each at most once, and all that were stored.
void ExpectInOrder(const std::vector<std::uint64_t>& streams, int stored) {
  for (std::size_t i = 0; i < streams.size(); ++i) EXPECT_EQ(streams[i], i + 1);
  EXPECT_GE(static_cast<int>(streams.size()), stored);
}

TEST(RecordShardFaults, EveryStoredGameIsThereOnceAndTheNextWriterGoesOn) {
  TempFolder temp;
  const fs::path folder = temp / "games";
  SharedCount stored;
  EveryFault steps;
  steps.prepare = [&] {
    RecordShardWriter writer(folder, kShardBytes);
    for (std::uint64_t stream = 1; stream <= 3; ++stream) writer.Append(Numbered(stream));
    writer.Sync();
    stored = 3;
  };
  steps.change = [&] {
    RecordShardWriter writer(folder, kShardBytes);
    for (std::uint64_t stream = 4; stream <= kLast; ++stream) {
      writer.Append(Numbered(stream));
      if (stream % 2 == 1) continue;
      writer.Sync();
      stored = static_cast<int>(stream);
    }
  };
  steps.check = [&](bool) {
    ExpectInOrder(Streams(folder), stored);
    {
      RecordShardWriter writer(folder, kShardBytes);
      const std::vector<std::uint64_t> before = Streams(folder);
      writer.Append(Numbered(before.size() + 1));
      writer.Sync();
      ExpectInOrder(Streams(folder), static_cast<int>(before.size()) + 1);
    }
    std::int64_t indexed = 0;
    for (const IndexedShard& shard : IndexShards(folder)) indexed += shard.index.records;
    EXPECT_EQ(indexed, static_cast<std::int64_t>(Streams(folder).size()));
  };
  TryEveryFault(folder, steps);
}

// What a run does: it tries again when there is room. The games of one call fill more than a shard.
TEST(RecordShardFaults, AWriterGoesOnWhenThereIsRoomAgain) {
  TempFolder temp;
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    const fs::path folder = temp / std::to_string(nth);
    RecordShardWriter writer(folder, kShardBytes);
    const FaultyFiles faulty(folder, nth, FaultyFiles::Fault::kOnce);
    for (std::uint64_t stream = 1; stream < kLast; stream += 4) {
      std::vector<GameRecord> games;
      for (std::uint64_t i = 0; i < 4; ++i) games.push_back(Numbered(stream + i));
      std::size_t done = 0;
      for (int tries = 0; done < games.size() && tries < 5; ++tries) {
        try {
          writer.Store(games, done);
        } catch (const DiskFull&) {
        }
      }
      EXPECT_EQ(done, games.size());
    }
    EXPECT_EQ(writer.records_stored(), static_cast<std::int64_t>(kLast));
    ExpectInOrder(Streams(folder), kLast);
    EXPECT_EQ(Streams(folder).size(), kLast);
    if (faulty.changes() < nth) break;
  }
}

}  // namespace
}  // namespace tengen

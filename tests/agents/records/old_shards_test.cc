#include "agents/records/old_shards.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_shard.h"
#include "agents/records/shard_index.h"
#include "envs/core/check.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Ten shards of one game with four positions each; the last one has no index.
void WriteShards(const fs::path& folder) {
  RecordShardWriter writer(folder, /*max_bytes=*/1);
  for (std::uint64_t stream = 1; stream <= 10; ++stream) {
    GameRecord record = XWinsTopRow();
    record.stream = stream;
    writer.Append(record);
  }
  writer.Sync();
}

std::vector<std::string> Names(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& shard : ListShards(folder)) names.push_back(shard.stem().string());
  return names;
}

// 40 positions, of which the newest 20 are shards 6 to 10; shard 5 stays as the one before them.
TEST(OldShards, RemovesWhatLiesBehindTheWindowAndKeepsItsIndex) {
  TempFolder temp;
  WriteShards(temp.path());
  ASSERT_EQ(XWinsTopRow().sample_count(), 4);
  OldShards old(temp.path(), "");
  EXPECT_EQ(old.Clear(40, 20), 4);
  EXPECT_THAT(Names(temp.path()), ElementsAre("games-000005", "games-000006", "games-000007",
                                              "games-000008", "games-000009", "games-000010"));
  std::int64_t games = 0;
  for (const IndexedShard& shard : IndexShards(temp.path())) games += shard.index.records;
  EXPECT_EQ(games, 10);
  EXPECT_EQ(old.Clear(40, 20), 0);
  EXPECT_EQ(old.Clear(40, 40), 0);
}

TEST(OldShards, AWindowOfAllTakesNothing) {
  TempFolder temp;
  WriteShards(temp.path());
  EXPECT_EQ(OldShards(temp.path(), "").Clear(40, 40), 0);
  EXPECT_EQ(OldShards(temp.path(), "").Clear(40, 35), 0);
}

TEST(OldShards, MovesThemBesideAndToAnotherFileSystem) {
  TempFolder temp;
  for (const fs::path& parent : {temp.path(), fs::path("/dev/shm")}) {
    if (!fs::is_directory(parent)) continue;
    const fs::path aside = parent / StrCat("tengen-old-", ::getpid());
    fs::remove_all(aside);
    WriteShards(temp / "games");
    const fs::path first = temp / "games/games-000001.shard";
    const auto bytes = fs::file_size(first);
    OldShards old(temp / "games", aside);
    EXPECT_EQ(old.Clear(40, 20), 4);
    EXPECT_THAT(Names(aside),
                ElementsAre("games-000001", "games-000002", "games-000003", "games-000004"));
    EXPECT_EQ(fs::file_size(aside / "games-000001.shard"), bytes);
    EXPECT_FALSE(fs::exists(first));
    fs::remove_all(aside);
    fs::remove_all(temp / "games");
  }
}

TEST(OldShards, AnotherRunsShardsAreNotWrittenOver) {
  TempFolder temp;
  WriteShards(temp / "games");
  WriteShards(temp / "other");
  try {
    OldShards(temp / "games", temp / "other").Clear(40, 20);
    FAIL() << "moved onto another shard";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("wanted a folder for this run alone"));
  }
  EXPECT_EQ(Names(temp / "games").size(), 10U);
}

}  // namespace
}  // namespace tengen

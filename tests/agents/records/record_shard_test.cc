#include "agents/records/record_shard.h"

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A folder of its own for each test, removed at its end.
class RecordShard : public ::testing::Test {
 protected:
  RecordShard() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / StrCat("tengen_", test->name(), "_", getpid());
    fs::remove_all(folder_);
  }
  ~RecordShard() override { fs::remove_all(folder_); }

  static GameRecord Numbered(std::uint64_t stream) {
    GameRecord record = XWinsTopRow();
    record.stream = stream;
    return record;
  }

  // Streams first to last - 1 into the folder.
  void Write(std::uint64_t first, std::uint64_t last) {
    RecordShardWriter writer(folder_);
    for (std::uint64_t stream = first; stream < last; ++stream) writer.Append(Numbered(stream));
    writer.Sync();
  }

  struct Found {
    std::vector<std::uint64_t> streams;
    std::vector<ShardProblem> problems;
  };
  Found Read() {
    RecordShardReader reader(ListShards(folder_));
    Found found;
    while (const auto record = reader.Next()) {
      EXPECT_EQ(*record, Numbered(record->stream));
      found.streams.push_back(record->stream);
    }
    found.problems = reader.problems();
    return found;
  }

  fs::path Shard(int number) const { return folder_ / StrCat("games-00000", number, ".shard"); }
  std::int64_t Size(int number) const {
    return static_cast<std::int64_t>(fs::file_size(Shard(number)));
  }
  void FlipByte(int number, std::int64_t offset) const {
    std::fstream file(Shard(number), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(offset);
    const char byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(offset);
    file.put(byte);
  }

  fs::path folder_;
};

TEST_F(RecordShard, ReadsBackWhatWasWritten) {
  Write(0, 5);
  const Found found = Read();
  EXPECT_THAT(found.streams, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(found.problems, IsEmpty());
}

TEST_F(RecordShard, CountsRecordsAsStoredAfterSync) {
  RecordShardWriter writer(folder_);
  writer.Append(Numbered(0));
  EXPECT_EQ(writer.records_appended(), 1);
  EXPECT_EQ(writer.records_stored(), 0);
  writer.Sync();
  EXPECT_EQ(writer.records_stored(), 1);
  EXPECT_EQ(writer.bytes_appended(), Size(1));
}

TEST_F(RecordShard, StartsANewFileWhenOneIsFull) {
  RecordShardWriter writer(folder_, /*max_bytes=*/1);
  for (std::uint64_t stream = 0; stream < 3; ++stream) writer.Append(Numbered(stream));
  writer.Sync();
  EXPECT_THAT(ListShards(folder_), ElementsAre(Shard(1), Shard(2), Shard(3)));
  EXPECT_THAT(Read().streams, ElementsAre(0, 1, 2));
}

TEST_F(RecordShard, GoesOnWhereAnEarlierWriterStopped) {
  Write(0, 2);
  Write(2, 4);
  EXPECT_THAT(ListShards(folder_), ElementsAre(Shard(1)));
  EXPECT_THAT(Read().streams, ElementsAre(0, 1, 2, 3));
}

TEST_F(RecordShard, SortsShardsByNumberBeyondSixDigits) {
  fs::create_directories(folder_);
  for (const char* name : {"games-1000000.shard", "games-999999.shard", "games-x.shard", "a.txt"}) {
    std::ofstream(folder_ / name).put('x');
  }
  EXPECT_THAT(ListShards(folder_),
              ElementsAre(folder_ / "games-999999.shard", folder_ / "games-1000000.shard"));
}

TEST_F(RecordShard, ReportsATornTailAndReadsTheRest) {
  Write(0, 3);
  const std::int64_t frame = Size(1) / 3;
  fs::resize_file(Shard(1), static_cast<std::uintmax_t>(Size(1) - 7));
  const Found found = Read();
  EXPECT_THAT(found.streams, ElementsAre(0, 1));
  ASSERT_EQ(found.problems.size(), 1U);
  EXPECT_TRUE(found.problems[0].torn_tail);
  EXPECT_NEAR(static_cast<double>(found.problems[0].offset), static_cast<double>(2 * frame), 8.0);
  EXPECT_THAT(found.problems[0].Text(), HasSubstr("torn tail at byte"));
}

TEST_F(RecordShard, CutsATornTailAtEveryLengthAndGoesOn) {
  Write(0, 1);
  const std::int64_t whole = Size(1);
  Write(1, 2);
  const std::int64_t both = Size(1);
  for (std::int64_t length = whole + 1; length < both; length += 5) {
    fs::resize_file(Shard(1), static_cast<std::uintmax_t>(length));
    RecordShardWriter writer(folder_);
    ASSERT_TRUE(writer.recovered().has_value()) << length;
    EXPECT_EQ(writer.recovered()->offset, whole);
    EXPECT_EQ(writer.recovered()->bytes, length - whole);
    writer.Append(Numbered(1));
    writer.Sync();
    const Found found = Read();
    EXPECT_THAT(found.streams, ElementsAre(0, 1));
    EXPECT_THAT(found.problems, IsEmpty());
  }
}

TEST_F(RecordShard, TakesZerosAtTheEndForATornTail) {
  Write(0, 2);
  const std::int64_t whole = Size(1);
  fs::resize_file(Shard(1), static_cast<std::uintmax_t>(whole + 4096));
  const RecordShardWriter writer(folder_);
  ASSERT_TRUE(writer.recovered().has_value());
  EXPECT_EQ(Size(1), whole);
}

// Every byte of the second of three frames, header and payload: the others stay readable.
TEST_F(RecordShard, FindsAFlippedByteAnywhereAndReadsTheOtherRecords) {
  Write(0, 1);
  const std::int64_t begin = Size(1);
  Write(1, 2);
  const std::int64_t end = Size(1);
  Write(2, 3);
  for (std::int64_t offset = begin; offset < end; ++offset) {
    FlipByte(1, offset);
    const Found found = Read();
    FlipByte(1, offset);
    ASSERT_THAT(found.streams, ElementsAre(0, 2)) << offset;
    ASSERT_EQ(found.problems.size(), 1U) << offset;
    EXPECT_EQ(found.problems[0].file, Shard(1));
    EXPECT_EQ(found.problems[0].offset, begin);
    EXPECT_EQ(found.problems[0].bytes, end - begin);
    EXPECT_FALSE(found.problems[0].torn_tail);
  }
}

TEST_F(RecordShard, ReportsWhatTheReaderRefuses) {
  Write(0, 3);
  RecordShardReader reader(ListShards(folder_));
  while (const auto record = reader.Next()) {
    if (record->stream == 1) reader.Refuse("of no use");
  }
  ASSERT_EQ(reader.problems().size(), 1U);
  const ShardProblem& problem = reader.problems()[0];
  EXPECT_GT(problem.offset, 0);
  EXPECT_GT(problem.bytes, 20);
  EXPECT_LT(problem.offset + problem.bytes, Size(1));
  EXPECT_FALSE(problem.torn_tail);
  EXPECT_THAT(problem.Text(), HasSubstr("bytes not read: of no use"));
}

TEST_F(RecordShard, NeverCutsADamagedRecord) {
  Write(0, 2);
  const std::int64_t size = Size(1);
  FlipByte(1, size - 3);  // inside the last payload
  {
    RecordShardWriter writer(folder_);
    EXPECT_FALSE(writer.recovered().has_value());
    writer.Append(Numbered(2));
    writer.Sync();
  }
  EXPECT_EQ(Size(1), size);
  EXPECT_THAT(ListShards(folder_), ElementsAre(Shard(1), Shard(2)));
  EXPECT_THAT(Read().streams, ElementsAre(0, 2));
}

TEST_F(RecordShard, SaysThatAFileCannotBeRead) {
  RecordShardReader reader({folder_ / "games-000001.shard"});
  EXPECT_THROW(reader.Next(), WorldError);
}

TEST_F(RecordShard, SaysThatAFolderCannotBeMade) {
  std::ofstream(folder_.string()).put('x');  // a file is in the way
  EXPECT_THROW(RecordShardWriter{folder_}, WorldError);
}

// A limit on file sizes stands in for a full disk: writes fail half way in the same manner.
TEST_F(RecordShard, AFullDiskLosesNothingThatWasStored) {
  Write(0, 2);
  const std::int64_t size = Size(1);
  rlimit old_limit{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  auto* old_handler = std::signal(SIGXFSZ, SIG_IGN);
  RecordShardWriter writer(folder_);
  rlimit limit = old_limit;
  limit.rlim_cur = static_cast<rlim_t>(size + 50);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::string message;
  try {
    writer.Append(Numbered(2));
  } catch (const WorldError& error) {
    message = error.what();
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(message, HasSubstr("games-000001.shard: write of"));
  EXPECT_EQ(Size(1), size);
  writer.Append(Numbered(3));  // room again
  writer.Sync();
  const Found found = Read();
  EXPECT_THAT(found.streams, ElementsAre(0, 1, 3));
  EXPECT_THAT(found.problems, IsEmpty());
}

}  // namespace
}  // namespace tengen

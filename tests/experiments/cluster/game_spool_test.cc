#include "experiments/cluster/game_spool.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::IsEmpty;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

std::vector<std::uint64_t> StreamsIn(std::string_view frames) {
  std::vector<std::uint64_t> streams;
  while (!frames.empty()) {
    const RecordFrame frame = ParseRecordFrame(frames);
    streams.push_back(frame.Read().value().stream);
    frames.remove_prefix(frame.bytes());
  }
  return streams;
}

TEST(GameSpool, SendsEachGameOnceOnAConnectionAndAgainOnTheNext) {
  GameSpool spool(std::nullopt, {});
  spool.Connect(true);
  for (std::uint64_t stream = 1; stream <= 4; ++stream) spool.Add(Numbered(stream));
  EXPECT_THAT(StreamsIn(spool.TakeUnsent(3, 1 << 20).frames), ElementsAre(1, 2, 3));
  EXPECT_THAT(StreamsIn(spool.TakeUnsent(3, 1 << 20).frames), ElementsAre(4));
  EXPECT_THAT(StreamsIn(spool.TakeUnsent(3, 1 << 20).frames), IsEmpty());
  EXPECT_EQ(spool.in_flight(), 4U);
  spool.Stored(std::vector<std::uint64_t>{2, 99});
  EXPECT_EQ(spool.in_flight(), 3U);
  spool.Connect(false);
  spool.Connect(true);
  EXPECT_EQ(spool.in_flight(), 0U);
  EXPECT_THAT(StreamsIn(spool.TakeUnsent(9, 1 << 20).frames), ElementsAre(1, 3, 4));
  spool.Stored(std::vector<std::uint64_t>{1, 3, 4});
  EXPECT_EQ(spool.games(), 0U);
}

TEST(GameSpool, HoldsSelfPlayUpWhileTheLearnerIsThereAndSlow) {
  GameSpool spool(std::nullopt, {.games = 2, .bytes = 1 << 20});
  spool.Connect(true);
  spool.Add(Numbered(1));
  spool.Add(Numbered(2));
  EXPECT_EQ(spool.games(), 2U);
  std::thread player([&spool] { EXPECT_TRUE(spool.Add(Numbered(3))); });
  spool.Stored(std::vector<std::uint64_t>{1});
  player.join();
  EXPECT_EQ(spool.games(), 2U);
  std::thread stopped([&spool] { EXPECT_FALSE(spool.Add(Numbered(4))); });
  spool.Close();
  stopped.join();
}

TEST(GameSpool, DropsTheOldestWhileTheLearnerIsAway) {
  const std::size_t one = MakeRecordFrame(Numbered(1)).size();
  GameSpool spool(std::nullopt, {.games = 2, .bytes = 3 * one + one / 2});
  for (std::uint64_t stream = 1; stream <= 5; ++stream) EXPECT_TRUE(spool.Add(Numbered(stream)));
  EXPECT_EQ(spool.dropped(), 2U);
  EXPECT_THAT(StreamsIn(spool.TakeUnsent(9, 1 << 20).frames), ElementsAre(3, 4, 5));
}

TEST(GameSpool, SurvivesItsProcessInAFolder) {
  TempFolder temp;
  {
    GameSpool spool(temp.path(), {});
    for (std::uint64_t stream = 8; stream <= 10; ++stream) spool.Add(Numbered(stream));
    spool.Stored(std::vector<std::uint64_t>{9});
    EXPECT_EQ(spool.on_disk(), 2U);
  }
  std::ofstream(temp.path() / "11.game") << MakeRecordFrame(Numbered(11)).substr(0, 30);  // torn
  GameSpool spool(temp.path(), {});
  EXPECT_THAT(StreamsIn(spool.TakeUnsent(9, 1 << 20).frames), ElementsAre(8, 10));
  EXPECT_EQ(spool.dropped(), 1U);
  spool.Stored(std::vector<std::uint64_t>{8, 10});
  EXPECT_TRUE(fs::is_empty(temp.path()));
}

// A folder where a game's file is to be stands for a disk that is full for a while.
TEST(GameSpool, SaysWhenItsFolderCannotBeWrittenToAndWritesLater) {
  TempFolder temp;
  std::vector<std::string> news;
  {
    GameSpool spool(temp.path(), {}, [&news](const std::string& text) { news.push_back(text); });
    spool.Add(Numbered(8));
    fs::create_directories(temp / "9.game" / "in the way");
    fs::create_directories(temp / "10.game" / "in the way");
    spool.Add(Numbered(9));
    spool.Add(Numbered(10));
    EXPECT_EQ(spool.games(), 3U);
    EXPECT_EQ(spool.on_disk(), 1U);
    ASSERT_EQ(news.size(), 1U);  // once
    EXPECT_THAT(news[0], ::testing::HasSubstr("cannot write"));
    fs::remove_all(temp / "9.game");
    fs::remove_all(temp / "10.game");
    spool.Add(Numbered(11));
    ASSERT_EQ(news.size(), 2U);
    EXPECT_THAT(news[1], ::testing::HasSubstr("can be written to again"));
    EXPECT_EQ(spool.on_disk(), 4U);
  }
  GameSpool next(temp.path(), {});
  EXPECT_THAT(StreamsIn(next.TakeUnsent(9, 1 << 20).frames), ElementsAre(8, 9, 10, 11));
}

TEST(GameSpool, RefusesAFolderThatItCannotWriteTo) {
  TempFolder temp;
  fs::create_directories(temp / "probe" / "in the way");
  EXPECT_THAT([&] { GameSpool(temp.path(), {}); },
              ::testing::ThrowsMessage<WorldError>(::testing::HasSubstr("cannot write")));
}

}  // namespace
}  // namespace tengen

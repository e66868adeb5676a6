#include "experiments/cluster/folder_door.h"

#include <algorithm>
#include <fstream>
#include <sys/stat.h>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "experiments/cluster/folder_link.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/config/processor.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using Kind = WorkerEvent::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

class FolderDoorTest : public ::testing::Test {
 protected:
  FolderDoorTest() { std::ofstream(temp_.path() / "config.json") << "{\"name\": \"test\"}"; }

  std::unique_ptr<WorkerLink> Link(const std::string& instance = "w1",
                                   const std::string& name = "box") {
    HelloMessage hello;
    hello.instance = instance;
    hello.name = name;
    return MakeFolderLink(temp_.path(), hello, 100);
  }
  // Those that are there, once there are so many; soon, at most.
  static std::vector<ConnectedWorker> WorkersOf(FolderDoor& door, std::size_t count) {
    for (int i = 0; i < 100 && door.workers().size() != count; ++i) {
      std::this_thread::sleep_for(milliseconds(20));
    }
    return door.workers();
  }
  std::size_t FilesOf(const std::string& instance) const {
    std::size_t files = 0;
    for (const auto& entry : fs::directory_iterator(InboxOf(temp_.path()) / instance)) {
      files += entry.path().extension() == ".games";
    }
    return files;
  }

  TempFolder temp_;
};

TEST_F(FolderDoorTest, GamesComeInAndTheirFileGoesOnceAllAreStored) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  const auto welcome = link->Next(milliseconds(5000));
  ASSERT_TRUE(welcome && welcome->kind == Kind::kWelcome);
  EXPECT_EQ(welcome->welcome.config, "{\"name\": \"test\"}");
  EXPECT_EQ(welcome->welcome.lease, kLeaseGames);
  for (std::uint64_t stream = 1; stream <= 3; ++stream) {
    EXPECT_TRUE(link->sink().Add(Numbered(stream)));
  }
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 100 && games.size() < 3; ++i) {
    for (auto& game : door.Take(milliseconds(100))) games.push_back(std::move(game));
  }
  ASSERT_EQ(games.size(), 3U);
  EXPECT_EQ(games[2].record, Numbered(3));
  EXPECT_THAT(door.Take(milliseconds(0)), ::testing::IsEmpty());  // read once
  door.Stored(games[0].session, {1, 2});
  EXPECT_GE(FilesOf("w1"), 1U);
  door.Stored(games[0].session, {3});
  EXPECT_EQ(FilesOf("w1"), 0U);
  ASSERT_EQ(WorkersOf(door, 1).size(), 1U);
  EXPECT_EQ(door.workers()[0].hello.name, "box");
  EXPECT_EQ(door.workers()[0].games, 3U);
  const Leftover left = link->Finish(seconds(5));
  EXPECT_EQ(left.kept + left.lost, 0U);
  EXPECT_FALSE(fs::exists(InboxOf(temp_.path()) / "w1"));  // it has nothing left
  EXPECT_THAT(WorkersOf(door, 0), ::testing::IsEmpty());
}

// A status that is hours old, or from the future, by the learner's clock.
TEST_F(FolderDoorTest, WorkersWhoseClocksDifferAreThere) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  const fs::path status = InboxOf(temp_.path()) / "w1" / "status.json";
  for (int i = 0; i < 100 && !fs::exists(status); ++i)
    std::this_thread::sleep_for(milliseconds(20));
  ASSERT_TRUE(fs::exists(status));
  for (const int hours : {-5, 5}) {
    fs::last_write_time(status, fs::file_time_type::clock::now() + std::chrono::hours(hours));
    EXPECT_EQ(WorkersOf(door, 1).size(), 1U);
    EXPECT_LT(door.workers()[0].silent_s, 60.0);
    EXPECT_GE(door.workers()[0].silent_s, 0.0);
  }
}

// Killed with the learner, or before it: its folder says nothing about that.
TEST_F(FolderDoorTest, WhoDoesNotComeBackIsNotThere) {
  auto door = std::make_unique<FolderDoor>(temp_.path());
  const auto link = Link();
  EXPECT_EQ(WorkersOf(*door, 1).size(), 1U);
  const fs::path dead = InboxOf(temp_.path()) / "dead";
  fs::create_directory(dead);
  for (const char* file : {"hello.json", "status.json"}) {
    fs::copy_file(InboxOf(temp_.path()) / "w1" / file, dead / file);
  }
  door = std::make_unique<FolderDoor>(temp_.path());
  std::vector<ConnectedWorker> workers;
  for (int i = 0; i < 200 && workers.empty(); ++i) {  // w1 writes every 5 seconds
    workers = door->workers();
    std::this_thread::sleep_for(milliseconds(50));
  }
  ASSERT_EQ(workers.size(), 1U);
  EXPECT_EQ(workers[0].hello.instance, "w1");
  EXPECT_FALSE(workers[0].fresh);
  EXPECT_THAT(door->TakeNews(), ::testing::ElementsAre("worker w1 joined"));
}

TEST_F(FolderDoorTest, WorkersOfOtherFormatsOrUnreadableHellosAreRefused) {
  FolderDoor door(temp_.path());
  HelloMessage hello;
  hello.instance = "new";
  hello.formats = "records 2, encoders 1";
  const auto link = MakeFolderLink(temp_.path(), hello, 100);
  link->sink().Add(Numbered(5));
  EXPECT_THAT(door.Take(milliseconds(1500)), ::testing::IsEmpty());
  EXPECT_THAT(door.counts().last_refusal, HasSubstr("records 2, encoders 1"));
  fs::create_directory(InboxOf(temp_.path()) / "odd");
  std::ofstream(InboxOf(temp_.path()) / "odd" / "hello.json") << R"({"threads": -5})";
  EXPECT_THAT(door.Take(milliseconds(0)), ::testing::IsEmpty());
  EXPECT_THAT(door.counts().last_refusal, HasSubstr("threads -5"));
}

TEST_F(FolderDoorTest, AGameThatComesTwiceIsAnsweredInBothFiles) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  const fs::path inbox = InboxOf(temp_.path()) / "w1";
  std::ofstream(inbox / "00000008-2.games")
      << MakeRecordFrame(Numbered(5)) << MakeRecordFrame(Numbered(5));
  std::ofstream(inbox / "00000009-1.games") << MakeRecordFrame(Numbered(5));
  const auto games = door.Take(milliseconds(100));
  ASSERT_EQ(games.size(), 3U);
  door.Stored(games[0].session, {5});
  EXPECT_EQ(FilesOf("w1"), 0U);
}

// Whose copy is not on disk yet keeps its file.
TEST_F(FolderDoorTest, EachWorkerHasItsOwnAnswer) {
  FolderDoor door(temp_.path());
  const auto one = Link("w1");
  const auto other = Link("w2");
  for (const char* instance : {"w1", "w2"}) {
    std::ofstream(InboxOf(temp_.path()) / instance / "00000009-1.games")
        << MakeRecordFrame(Numbered(5));
  }
  const auto games = door.Take(milliseconds(100));
  ASSERT_EQ(games.size(), 2U);
  door.Stored(games[0].session, {5});
  EXPECT_EQ(FilesOf("w1") + FilesOf("w2"), 1U);
  door.Stored(games[1].session, {5});
  EXPECT_EQ(FilesOf("w1") + FilesOf("w2"), 0U);
}

// A folder in the way stands for a full disk.
TEST_F(FolderDoorTest, AnEndThatCannotBeToldIsNoError) {
  FolderDoor door(temp_.path());
  fs::create_directory(temp_ / "ended.tmp");
  door.End("that was all");
  EXPECT_THAT(door.TakeNews(),
              ::testing::ElementsAre(HasSubstr("do not hear that the run is over")));
}

TEST_F(FolderDoorTest, AnEmptyFileIsNoGame) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  std::ofstream(InboxOf(temp_.path()) / "w1" / "00000009-1.games").close();
  EXPECT_THAT(door.Take(milliseconds(0)), ::testing::IsEmpty());
  EXPECT_EQ(FilesOf("w1"), 0U);
  EXPECT_EQ(door.counts().refused, 0U);
}

// Its games may be looked at when it has long gone, and its folder with it.
TEST_F(FolderDoorTest, WhoseGamesAreWrongIsShutOutAlsoWhenItHasLeft) {
  FolderDoor door(temp_.path());
  auto liar = Link();
  liar->sink().Add(Numbered(5));
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 60 && games.empty(); ++i) games = door.Take(milliseconds(100));
  ASSERT_EQ(games.size(), 1U);
  liar.reset();
  fs::remove_all(InboxOf(temp_.path()) / "w1");
  EXPECT_THAT(WorkersOf(door, 0), ::testing::IsEmpty());
  door.Refuse(games[0].session, "its game 5 is invented");
  EXPECT_THAT(door.counts().last_refusal, HasSubstr("w1: its game 5 is invented"));
  const auto again = Link("w2");
  again->sink().Add(Numbered(6));
  EXPECT_THAT(door.Take(milliseconds(1500)), ::testing::IsEmpty());
  EXPECT_THAT(door.counts().last_refusal, HasSubstr("w2: games that 'box' sent"));
}

// A learner takes the folder of one that slept for an hour away.
TEST_F(FolderDoorTest, AWorkerMakesItsFolderAnew) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  fs::rename(InboxOf(temp_.path()) / "w1", temp_ / "aside");
  link->sink().Add(Numbered(7));
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 60 && games.empty(); ++i) games = door.Take(milliseconds(100));
  EXPECT_EQ(games.size(), 1U);
}

// As after a stop of the learner, by workers that are long gone: by age, and not all at once.
TEST_F(FolderDoorTest, WhatWaitsIsTakenByAgeAndInParts) {
  FolderDoor door(temp_.path());
  std::uint64_t stream = 0;
  std::vector<std::unique_ptr<WorkerLink>> links;
  const auto now = fs::file_time_type::clock::now();
  for (const std::string instance : {"c", "a", "b"}) {
    const fs::path folder = InboxOf(temp_.path()) / instance;
    links.push_back(Link(instance));
    for (const char* name : {"00000000-100.games", "00000001-100.games"}) {
      std::ofstream out(folder / name);
      for (int i = 0; i < 100; ++i) out << MakeRecordFrame(Numbered(stream++));
      out.close();
      fs::last_write_time(folder / name, now - seconds(1000 - stream));
    }
  }
  std::vector<std::uint64_t> streams;
  for (const std::size_t wanted : {300, 300, 0}) {
    const auto games = door.Take(milliseconds(0));
    EXPECT_EQ(games.size(), wanted);
    for (const ReceivedGame& game : games) streams.push_back(game.record.stream);
  }
  EXPECT_TRUE(std::ranges::is_sorted(streams));
}

// Before any games are taken. Whose processors the learner shares, it leaves to them.
TEST_F(FolderDoorTest, WorkersOfThisMachineAreToldFromOthers) {
  FolderDoor door(temp_.path());
  const auto here = Link("w1", MachineName());
  const auto there = Link("w2", "box");
  const auto workers = WorkersOf(door, 2);
  ASSERT_EQ(workers.size(), 2U);
  for (const ConnectedWorker& worker : workers) {
    EXPECT_EQ(worker.local, worker.hello.instance == "w1");
  }
}

// The learner was killed between storing and removing: the games come again, and their numbers
// tell.
TEST_F(FolderDoorTest, UnansweredGamesComeAgainToTheNextLearner) {
  auto first = std::make_unique<FolderDoor>(temp_.path());
  const auto link = Link();
  link->sink().Add(Numbered(5));
  link->Finish(seconds(0));
  ASSERT_EQ(first->Take(milliseconds(3000)).size(), 1U);
  first.reset();
  FolderDoor second(temp_.path());
  const auto games = second.Take(milliseconds(3000));
  ASSERT_EQ(games.size(), 1U);
  EXPECT_EQ(games[0].record.stream, 5U);
}

TEST_F(FolderDoorTest, DamagedFileShutsItsWorkerOutAndNobodyElse) {
  FolderDoor door(temp_.path());
  const auto good = Link("good");
  const auto bad = Link("bad");
  std::ofstream(InboxOf(temp_.path()) / "bad" / "00000000-1.games") << "junk";
  good->sink().Add(Numbered(5));
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 60 && games.empty(); ++i) games = door.Take(milliseconds(100));
  ASSERT_EQ(games.size(), 1U);
  EXPECT_EQ(door.counts().refused, 1U);
  EXPECT_THAT(door.counts().last_refusal, HasSubstr("a damaged game"));
  std::optional<WorkerEvent> event;
  do {
    event = bad->Next(milliseconds(5000));
  } while (event && event->kind == Kind::kWelcome);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::kRefused);
  EXPECT_TRUE(event->final);
}

TEST_F(FolderDoorTest, WhatIsNoFileIsLeftAlone) {
  const fs::path inbox = InboxOf(temp_.path());
  FolderDoor door(temp_.path());
  const auto good = Link("good");
  fs::create_directories(inbox / "good" / "0-1.games");
  ASSERT_EQ(::mkfifo((inbox / "good" / "0-2.games").c_str(), 0600), 0);
  fs::create_directories(inbox / "mute" / "hello.json");
  fs::create_directories(inbox / "odd");
  fs::copy_file(inbox / "good" / "hello.json", inbox / "odd" / "hello.json");
  ASSERT_EQ(::mkfifo((inbox / "odd" / "status.json").c_str(), 0600), 0);
  good->sink().Add(Numbered(5));
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 60 && games.empty(); ++i) games = door.Take(milliseconds(100));
  EXPECT_EQ(games.size(), 1U);
  EXPECT_EQ(WorkersOf(door, 1).size(), 1U);
  EXPECT_EQ(door.counts().refused, 0U);
}

// A folder where the answer is written first stands for a full disk.
TEST_F(FolderDoorTest, WhoCannotBeToldIsShutOutAllTheSame) {
  FolderDoor door(temp_.path());
  const auto liar = Link();
  fs::create_directories(InboxOf(temp_.path()) / "w1" / "refused.tmp");
  liar->sink().Add(Numbered(5));
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 60 && games.empty(); ++i) games = door.Take(milliseconds(100));
  ASSERT_EQ(games.size(), 1U);
  door.TakeNews();
  door.Refuse(games[0].session, "its game 5 is invented");
  EXPECT_THAT(door.TakeNews(), ::testing::ElementsAre("refused w1: its game 5 is invented",
                                                      HasSubstr("cannot write")));
  liar->sink().Add(Numbered(6));
  EXPECT_THAT(door.Take(milliseconds(1500)), ::testing::IsEmpty());
}

TEST_F(FolderDoorTest, WhoseGamesWereWrongStaysOutWhenItOrTheLearnerStartsAnew) {
  auto door = std::make_unique<FolderDoor>(temp_.path());
  const auto first_game = [&door](int tries) {
    std::vector<ReceivedGame> games;
    for (int i = 0; i < tries && games.empty(); ++i) games = door->Take(milliseconds(100));
    return games;
  };
  const auto liar = Link("w1");
  liar->sink().Add(Numbered(5));
  const auto lies = first_game(60);
  ASSERT_EQ(lies.size(), 1U);
  door->Refuse(lies[0].session, "its game 5 is invented");
  const auto again = Link("w2");
  again->sink().Add(Numbered(6));
  EXPECT_THAT(first_game(15), ::testing::IsEmpty());
  EXPECT_THAT(door->counts().last_refusal, HasSubstr("w2: games that 'box' sent"));
  door.reset();
  door = std::make_unique<FolderDoor>(temp_.path());
  const auto once_more = Link("w3");
  once_more->sink().Add(Numbered(7));
  EXPECT_THAT(first_game(15), ::testing::IsEmpty());
  EXPECT_TRUE(fs::exists(InboxOf(temp_.path()) / "w3" / "refused"));
  const auto honest = Link("w4", "another");
  honest->sink().Add(Numbered(8));
  const auto games = first_game(60);
  ASSERT_EQ(games.size(), 1U);
  EXPECT_EQ(games[0].record.stream, 8U);
}

// A file where the worker's folder should be stands for a disk that is full for a moment.
TEST_F(FolderDoorTest, AWorkerThatCouldNotWriteForAWhileGoesOn) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  const auto next_but = [&link](Kind kind) {
    std::optional<WorkerEvent> event;
    do {
      event = link->Next(milliseconds(5000));
    } while (event && event->kind == kind);
    return event ? std::optional(event->kind) : std::nullopt;
  };
  const fs::path folder = InboxOf(temp_.path()) / "w1";
  fs::rename(folder, temp_ / "aside");
  std::ofstream(folder) << "in the way";
  link->sink().Add(Numbered(7));
  EXPECT_EQ(next_but(Kind::kWelcome), Kind::kDisconnected);
  fs::remove(folder);
  fs::rename(temp_ / "aside", folder);
  EXPECT_EQ(next_but(Kind::kDisconnected), Kind::kWelcome);
  std::vector<ReceivedGame> games;
  for (int i = 0; i < 60 && games.empty(); ++i) games = door.Take(milliseconds(100));
  EXPECT_EQ(games.size(), 1U);
}

TEST_F(FolderDoorTest, AWorkerThatCannotWriteHearsOfTheEnd) {
  FolderDoor door(temp_.path());
  const auto link = Link();
  const fs::path folder = InboxOf(temp_.path()) / "w1";
  fs::rename(folder, temp_ / "aside");
  std::ofstream(folder) << "in the way";
  link->sink().Add(Numbered(7));
  door.End("that was all");
  std::optional<WorkerEvent> event;
  do {
    event = link->Next(milliseconds(5000));
  } while (event && event->kind != Kind::kEnded);
  EXPECT_TRUE(event);
}

TEST_F(FolderDoorTest, EndIsToldAndALearnerIsWanted) {
  EXPECT_THAT([&] { Link(); }, ::testing::ThrowsMessage<WorldError>(HasSubstr("has no inbox")));
  FolderDoor door(temp_.path());
  const auto link = Link();
  door.End("that was all");
  std::optional<WorkerEvent> event;
  do {
    event = link->Next(milliseconds(5000));
  } while (event && event->kind == Kind::kWelcome);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::kEnded);
  EXPECT_EQ(event->text, "that was all");
}

}  // namespace
}  // namespace tengen

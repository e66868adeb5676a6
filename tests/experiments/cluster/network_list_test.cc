#include "experiments/cluster/network_list.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

GameRecord PlayedWith(const std::string& hash, std::int64_t step) {
  GameRecord record;
  record.plies.resize(1);
  record.plies[0].visits = 8;
  record.nets = {{0, 0, step, hash}};
  return record;
}

void AddTo(const std::filesystem::path& file, std::int64_t begin, const std::string& hash,
           std::int64_t step) {
  NetworkList list(file, begin);
  list.Add(hash, step);
  EXPECT_TRUE(list.Write());
}

const std::string kOne(64, 'a');
const std::string kTwo(64, 'b');

TEST(NetworkList, KnowsWhatWasPublishedByEarlierLearnersToo) {
  TempFolder temp;
  AddTo(temp / "networks.jsonl", 0, kOne, 0);
  // Killed after it had published step 300, and begun anew from 200: then 300 comes again.
  AddTo(temp / "networks.jsonl", 0, kTwo, 300);
  NetworkList list(temp / "networks.jsonl", 200);
  EXPECT_TRUE(list.Check(PlayedWith(kOne, 0)));
  EXPECT_TRUE(list.Check(PlayedWith(kTwo, 300)));
  EXPECT_THAT(list.Check(PlayedWith(kTwo, 200)).error(), HasSubstr("wanted 300"));
  EXPECT_TRUE(list.Knows(kOne, 0));
  EXPECT_FALSE(list.Knows(std::string(64, 'c'), 100));
}

// Updates that change nothing, as skipped ones.
TEST(NetworkList, TheSameWeightsMayBeOfSeveralSteps) {
  TempFolder temp;
  AddTo(temp / "networks.jsonl", 0, kOne, 0);
  AddTo(temp / "networks.jsonl", 0, kOne, 100);
  const NetworkList list(temp / "networks.jsonl", 100);
  EXPECT_TRUE(list.Check(PlayedWith(kOne, 0)));
  EXPECT_TRUE(list.Check(PlayedWith(kOne, 100)));
  EXPECT_FALSE(list.Check(PlayedWith(kOne, 50)));
}

TEST(NetworkList, OfARunThatIsOlderTakesEarlierNetworks) {
  TempFolder temp;
  for (int learner = 0; learner < 2; ++learner) {
    NetworkList list(temp / "networks.jsonl", 200 + 100 * learner);
    list.Add(kOne, 200);
    EXPECT_TRUE(list.Write());
    EXPECT_TRUE(list.Knows(kTwo, 150));
    EXPECT_FALSE(list.Knows(kTwo, 250));
  }
}

TEST(NetworkList, GoesOnBehindATornLine) {
  TempFolder temp;
  AddTo(temp / "networks.jsonl", 0, kOne, 0);
  std::ofstream(temp / "networks.jsonl", std::ios::app) << "{\"hash\": \"bb";
  AddTo(temp / "networks.jsonl", 0, kTwo, 100);
  const NetworkList list(temp / "networks.jsonl", 100);
  EXPECT_TRUE(list.Knows(kOne, 0));
  EXPECT_TRUE(list.Knows(kTwo, 100));
}

// A folder in the way stands for a full disk.
TEST(NetworkList, WhatCouldNotBeWrittenIsWrittenLater) {
  TempFolder temp;
  NetworkList list(temp / "networks.jsonl", 0);
  std::filesystem::create_directory(temp / "networks.jsonl");
  list.Add(kOne, 0);
  EXPECT_THAT(list.Write().error(), HasSubstr("cannot write"));
  std::filesystem::remove(temp / "networks.jsonl");
  list.Add(kTwo, 100);
  EXPECT_TRUE(list.Write());
  const NetworkList next(temp / "networks.jsonl", 100);
  EXPECT_TRUE(next.Knows(kOne, 0));
  EXPECT_TRUE(next.Knows(kTwo, 100));
}

TEST(NetworkList, ThatCannotBeReadIsAnError) {
  TempFolder temp;
  std::filesystem::create_directory(temp / "networks.jsonl");
  EXPECT_THROW(NetworkList(temp / "networks.jsonl", 0), WorldError);
}

TEST(NetworkList, TheFirstSearchHasANetwork) {
  TempFolder temp;
  const NetworkList list(temp / "networks.jsonl", 0);
  GameRecord record = PlayedWith(kOne, 0);
  record.nets[0].first_ply = 1;
  EXPECT_THAT(list.Check(record).error(), HasSubstr("wanted one for its search of ply 0"));
}

TEST(NetworkList, GamesWithoutASearchNeedNoNetwork) {
  TempFolder temp;
  const NetworkList list(temp / "networks.jsonl", 0);
  GameRecord record = PlayedWith(kOne, 0);
  record.nets.clear();
  EXPECT_THAT(list.Check(record).error(), HasSubstr("names no network"));
  record.plies[0].visits = 0;
  EXPECT_TRUE(list.Check(record));
}

}  // namespace
}  // namespace tengen

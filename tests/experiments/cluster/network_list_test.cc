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

const std::string kOne(64, 'a');
const std::string kTwo(64, 'b');

TEST(NetworkList, KnowsWhatWasPublishedByEarlierLearnersToo) {
  TempFolder temp;
  NetworkList(temp / "networks.jsonl", 0).Add(kOne, 0);
  {
    // Killed after it had published step 300, and begun anew from 200: then 300 comes again.
    NetworkList list(temp / "networks.jsonl", 0);
    list.Add(kTwo, 300);
  }
  NetworkList list(temp / "networks.jsonl", 200);
  EXPECT_TRUE(list.Check(PlayedWith(kOne, 0)));
  EXPECT_TRUE(list.Check(PlayedWith(kTwo, 300)));
  EXPECT_THAT(list.Check(PlayedWith(kTwo, 200)).error(), HasSubstr("wanted 300"));
  EXPECT_THAT(list.Check(PlayedWith(std::string(64, 'c'), 100)).error(),
              HasSubstr("which this run never had"));
}

TEST(NetworkList, OfARunThatIsOlderTakesEarlierNetworks) {
  TempFolder temp;
  for (int learner = 0; learner < 2; ++learner) {
    NetworkList list(temp / "networks.jsonl", 200 + 100 * learner);
    list.Add(kOne, 200);
    EXPECT_TRUE(list.Check(PlayedWith(kTwo, 150)));
    EXPECT_FALSE(list.Check(PlayedWith(kTwo, 250)));
  }
}

TEST(NetworkList, GoesOnBehindATornLine) {
  TempFolder temp;
  NetworkList(temp / "networks.jsonl", 0).Add(kOne, 0);
  std::ofstream(temp / "networks.jsonl", std::ios::app) << "{\"hash\": \"bb";
  NetworkList(temp / "networks.jsonl", 0).Add(kTwo, 100);
  NetworkList list(temp / "networks.jsonl", 100);
  EXPECT_TRUE(list.Check(PlayedWith(kOne, 0)));
  EXPECT_TRUE(list.Check(PlayedWith(kTwo, 100)));
}

TEST(NetworkList, WhatCouldNotBeWrittenComesWithTheNext) {
  TempFolder temp;
  std::filesystem::create_directory(temp / "networks.jsonl");  // in the way, as a full disk is
  NetworkList list(temp / "networks.jsonl", 0);
  list.Add(kOne, 0);
  EXPECT_TRUE(list.Check(PlayedWith(kOne, 0)));
  std::filesystem::remove(temp / "networks.jsonl");
  list.Add(kTwo, 100);
  const NetworkList next(temp / "networks.jsonl", 100);
  EXPECT_TRUE(next.Check(PlayedWith(kOne, 0)));
  EXPECT_TRUE(next.Check(PlayedWith(kTwo, 100)));
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

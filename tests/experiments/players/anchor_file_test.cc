#include "experiments/players/anchor_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "nets/atomic_file.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kConnect4 = R"({"games": {
  "connect4": {"games": 40, "opening_plies": 3, "seed": 7, "matches": [
    {"a": "mcts:50", "b": "random", "pairs": [0, 0, 2, 3, 15]},
    {"a": "mcts:200", "b": "mcts:50", "pairs": [1, 1, 4, 6, 8]}]},
  "tictactoe": {"elo": {"random": 0, "mcts:50": 425.5}}}})";

TEST(AnchorFile, ReadsRecordsAndBareElo) {
  const AnchorFile file = *AnchorFile::Parse(kConnect4);
  EXPECT_THAT(file.games(), ElementsAre("connect4", "tictactoe"));
  const AnchorRecord* record = file.record("connect4");
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(record->games, 40);
  EXPECT_EQ(record->opening_plies, 3);
  EXPECT_EQ(record->seed, 7U);
  ASSERT_EQ(record->matches.size(), 2U);
  EXPECT_EQ(record->matches[1].a, "mcts:200");
  EXPECT_EQ(record->matches[1].b, "mcts:50");
  EXPECT_THAT(record->matches[1].pairs.counts, ElementsAre(1, 1, 4, 6, 8));
  EXPECT_TRUE(file.elo("connect4").empty());
  EXPECT_EQ(file.record("tictactoe"), nullptr);
  EXPECT_EQ(file.elo("tictactoe").at("mcts:50"), 425.5);
  EXPECT_EQ(file.record("go:size=5"), nullptr);
}

TEST(AnchorFile, WhatItWritesItReads) {
  AnchorFile file = *AnchorFile::Parse(kConnect4);
  AnchorRecord record{20, 2, 18446744073709551615U, {{"mcts:50", "random", {{1, 2, 3, 4, 0}}}}};
  file.Set("tictactoe", record);
  file.Set("go:size=5", {});
  const auto again = AnchorFile::Parse(file.Text());
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->Text(), file.Text());
  EXPECT_TRUE(again->elo("tictactoe").empty()) << "the record replaces it";
  EXPECT_EQ(again->record("tictactoe")->seed, record.seed);
  EXPECT_EQ(again->record("tictactoe")->matches[0].pairs.counts, record.matches[0].pairs.counts);
  EXPECT_EQ(again->record("connect4")->matches.size(), 2U);
  EXPECT_TRUE(again->record("go:size=5")->matches.empty());
}

TEST(AnchorFile, BadTextSaysWhatIsWrong) {
  EXPECT_THAT(AnchorFile::Parse("{").error(), HasSubstr("not a file of anchors"));
  EXPECT_THAT(AnchorFile::Parse("{}").error(), HasSubstr("'games' not found"));
  EXPECT_THAT(AnchorFile::Parse(R"({"games": {"x": {"games": "many"}}})").error(),
              HasSubstr("must be number"));
  const auto with = [](const std::string& games, const std::string& match) {
    return AnchorFile::Parse(R"({"games": {"x": {"games": )" + games +
                             R"(, "opening_plies": 2, "seed": 1, "matches": [)" + match + "]}}}");
  };
  EXPECT_TRUE(with("2", "").ok());
  EXPECT_THAT(with("0", "").error(), HasSubstr("anchors of x: games is 0, wanted at least 1"));
  EXPECT_THAT(with("2", R"({"a": "p", "b": "p", "pairs": [0, 0, 0, 0, 0]})").error(),
              HasSubstr("wanted two anchors"));
  EXPECT_THAT(with("2", R"({"a": "p", "b": "q", "pairs": [0, 0, -1, 0, 0]})").error(),
              HasSubstr("-1 pairs, wanted 0 or more"));
  EXPECT_THAT(with("2", R"({"a": "p", "b": "q", "pairs": [0, 0, 0]})").error(),
              HasSubstr("not a file of anchors"));
}

TEST(AnchorFile, AMissingFileIsEmptyAndABadOneIsNamed) {
  TempFolder temp;
  EXPECT_TRUE(AnchorFile::Read(temp / "none.json")->games().empty());
  WriteFileAtomically(temp / "bad.json", "[]");
  EXPECT_THAT(AnchorFile::Read(temp / "bad.json").error(), HasSubstr("bad.json: not a file of"));
  WriteFileAtomically(temp / "good.json", kConnect4);
  EXPECT_EQ(AnchorFile::Read(temp / "good.json")->games().size(), 2U);
}

TEST(ListOf, FitsTheMatchesAndSortsByElo) {
  AnchorRecord record;
  // mcts:50 lost to random here, which puts it below.
  record.matches = {{"random", "mcts:50", {{0, 0, 2, 3, 5}}},
                    {"mcts:200", "random", {{0, 0, 2, 3, 5}}}};
  const AnchorList list = ListOf(record, **MakeGame("connect4"), {}, nullptr);
  ASSERT_EQ(list.anchors.size(), 3U);
  EXPECT_EQ(list.anchors[0].name, "mcts:50");
  EXPECT_EQ(list.anchors[1].name, "random");
  EXPECT_EQ(list.anchors[1].elo, 0.0);
  EXPECT_EQ(list.anchors[2].name, "mcts:200");
  EXPECT_NEAR(list.anchors[0].elo, -list.anchors[2].elo, 1e-6);
  ASSERT_EQ(list.matches.size(), 2U);
  EXPECT_EQ(list.matches[0].a, 1);
  EXPECT_EQ(list.matches[0].b, 0);
  EXPECT_EQ(list.matches[1].a, 2);
  EXPECT_EQ(list.matches[1].b, 1);
  EXPECT_NEAR(list.Rate(0, {}).ratings()[2]->elo, list.anchors[2].elo, 1e-9);
}

TEST(ListOf, LeavesOutWhoIsUnknownOrNotLinked) {
  AnchorRecord record;
  record.matches = {{"mcts:50", "random", {{0, 0, 2, 3, 5}}},
                    {"mcts:800", "mcts:3200", {{1, 1, 1, 1, 1}}},
                    {"mcts:200", "random", {}},
                    {"somebody", "random", {{5, 0, 0, 0, 0}}}};
  const AnchorList list = ListOf(record, **MakeGame("connect4"), {}, nullptr);
  ASSERT_EQ(list.anchors.size(), 2U);
  EXPECT_EQ(list.anchors[1].name, "mcts:50");
  EXPECT_EQ(list.matches.size(), 1U);
  EXPECT_TRUE(ListOf(AnchorRecord(), **MakeGame("connect4"), {}, nullptr).anchors.empty());
}

// A program from outside that is not here still links those that are.
TEST(ListOf, KeepsThoseFromOutsideForTheirResults) {
  AnchorRecord record;
  record.matches = {{"gnugo:10", "random", {{0, 0, 0, 1, 19}}},
                    {"mcts:3200", "gnugo:10", {{1, 2, 4, 2, 1}}}};
  std::vector<std::string> missing;
  const AnchorList list = ListOf(record, **MakeGame("go:size=5"), {}, &missing);
  ASSERT_EQ(list.anchors.size(), 3U);
  for (const Anchor& anchor : list.anchors) EXPECT_EQ(anchor.here(), anchor.name != "gnugo:10");
  EXPECT_EQ(missing.size(), 1U);
}

}  // namespace
}  // namespace tengen

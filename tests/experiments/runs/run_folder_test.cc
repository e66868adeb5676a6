#include "experiments/runs/run_folder.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "nets/folder_swap.h"
#include "tests/support/full_disk.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

const nlohmann::json kConfig = {{"seed", 1}, {"net", {{"blocks", 4}}}};

// A run that has something.
void Begin(const std::filesystem::path& path, const nlohmann::json& config,
           const ConfigRules& rules = {}) {
  RunFolder(path, config, rules).AppendMetrics({{"games", 1}});
}

TEST(RunFolder, NewThenResumed) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", kConfig);
    EXPECT_FALSE(folder.resumes());
    folder.AppendMetrics({{"kind", "stored"}, {"games", 3}});
  }
  RunFolder folder(temp / "run", kConfig);
  EXPECT_TRUE(folder.resumes());
  ASSERT_EQ(folder.ReadMetrics().size(), 1U);
  EXPECT_EQ(folder.ReadMetrics()[0].at("games"), 3);
}

TEST(RunFolder, AnotherConfigIsWrongUseAndNamesTheDifference) {
  TempFolder temp;
  Begin(temp / "run", kConfig);
  nlohmann::json other = kConfig;
  other["net"]["blocks"] = 6;
  try {
    RunFolder folder(temp / "run", other);
    FAIL() << "opened a run of another config";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("net.blocks is 6, wanted 4"));
  }
}

// A first command with a wrong name must not hold the folder against the right one.
TEST(RunFolder, ARunThatHasNothingYetMayGetAnotherConfig) {
  TempFolder temp;
  { RunFolder folder(temp / "run", kConfig); }
  nlohmann::json other = kConfig;
  other["net"]["blocks"] = 6;
  EXPECT_FALSE(RunFolder(temp / "run", other).resumes());
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(temp / "run/config.json")), other);
}

TEST(RunFolder, ARunOfAnotherKindIsNamed) {
  TempFolder temp;
  Begin(temp / "run", {{"selfplay", {{"games", 1}}}});
  try {
    RunFolder folder(temp / "run", {{"task", "line"}});
    FAIL() << "opened a run of another kind";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("a run of another kind (self-play)"));
  }
}

TEST(RunFolder, AFolderInPlaceOfTheConfigIsAnError) {
  TempFolder temp;
  std::filesystem::create_directories(temp / "run/config.json");
  std::ofstream(temp / "run/metrics.jsonl") << "{}\n";
  EXPECT_THROW(RunFolder(temp / "run", kConfig), WorldError);
}

TEST(RunFolder, OneProcessAtATime) {
  TempFolder temp;
  RunFolder folder(temp / "run", kConfig);
  EXPECT_THROW(RunFolder(temp / "run", kConfig), WorldError);
}

TEST(RunFolder, TellsWhetherAProcessRunsInIt) {
  TempFolder temp;
  EXPECT_EQ(RunFolder::InUse(temp / "run"), false);
  {
    RunFolder folder(temp / "run", kConfig);
    EXPECT_TRUE(RunFolder::InUse(temp / "run").value_or(true));
  }
  EXPECT_FALSE(RunFolder::InUse(temp / "run").value_or(false));
}

TEST(RunFolder, TornLastMetricsLineIsCut) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", kConfig);
    folder.AppendMetrics({{"games", 1}});
  }
  std::ofstream(temp / "run/metrics.jsonl", std::ios::app) << "{\"games\": ";
  RunFolder folder(temp / "run", kConfig);
  folder.AppendMetrics({{"games", 2}});
  const auto lines = folder.ReadMetrics();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].at("games"), 2);
}

TEST(RunFolder, AFileInItsPlaceIsWrongUse) {
  TempFolder temp;
  std::ofstream(temp / "run") << "not a folder";
  EXPECT_THROW(RunFolder(temp / "run", kConfig), UsageError);
}

TEST(RunFolder, AFolderOfSomethingElseIsWrongUse) {
  TempFolder temp;
  std::filesystem::create_directory(temp / "run");
  std::ofstream(temp / "run/thesis.tex") << "years of work";
  EXPECT_THROW(RunFolder(temp / "run", kConfig), UsageError);
}

// What an older version left of a first second that failed, and what this one leaves.
TEST(RunFolder, AFirstSecondThatFailedLocksNobodyOut) {
  TempFolder temp;
  for (const char* name : {"checkpoints", "games"}) {
    std::filesystem::create_directories(temp / "run" / name);
  }
  std::ofstream(temp / "run/lock").flush();
  std::ofstream(temp / "run/config.json.tmp") << "{\"se";
  RunFolder folder(temp / "run", kConfig);
  EXPECT_FALSE(folder.resumes());
  EXPECT_TRUE(std::filesystem::exists(temp / "run/config.json"));
  EXPECT_FALSE(std::filesystem::exists(temp / "run/config.json.tmp"));
}

TEST(RunFolder, AFullDiskInTheFirstSecondIsOneErrorAndThenForgotten) {
  TempFolder temp;
  std::string error;
  {
    const FullDisk full;
    try {
      RunFolder folder(temp / "run", kConfig);
    } catch (const WorldError& met) {
      error = met.what();
    }
  }
  EXPECT_THAT(error, HasSubstr("run/config.json: File too large"));
  RunFolder folder(temp / "run", kConfig);
  EXPECT_FALSE(folder.resumes());
}

TEST(RunFolder, GamesWithoutAConfigAreNotTakenForLeftovers) {
  TempFolder temp;
  std::filesystem::create_directories(temp / "run/games");
  std::ofstream(temp / "run/games/000000.rec") << "somebody's games";
  try {
    RunFolder folder(temp / "run", kConfig);
    FAIL() << "took the folder";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("holds \"games\" but no config.json"));
  }
}

// A program whose version has a setting more than the one that made the folder.
ConfigRules RulesOfANewerVersion() {
  ConfigRules rules;
  rules.complete = [](const nlohmann::json& stored) -> Result<nlohmann::json> {
    if (stored.contains("old_knob")) return Error{"unknown config key 'old_knob'"};
    nlohmann::json complete = {{"seed", 0}, {"net", {{"blocks", 0}, {"gates", false}}}};
    complete.merge_patch(stored);
    return complete;
  };
  return rules;
}

nlohmann::json NewerConfig(bool gates) {
  nlohmann::json config = kConfig;
  config["net"]["gates"] = gates;
  return config;
}

TEST(RunFolder, AnOlderFolderResumesWithTheDefaultOfWhatIsNew) {
  TempFolder temp;
  Begin(temp / "run", kConfig);
  EXPECT_TRUE(RunFolder(temp / "run", NewerConfig(false), RulesOfANewerVersion()).resumes());
  try {
    RunFolder folder(temp / "run", NewerConfig(true), RulesOfANewerVersion());
    FAIL() << "opened a run of another config";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("net.gates is true, wanted false"));
  }
}

TEST(RunFolder, ASettingThatWentAwayIsAnErrorThatNamesItAndTheFile) {
  TempFolder temp;
  nlohmann::json old = kConfig;
  old["old_knob"] = 3;
  Begin(temp / "run", old);
  try {
    RunFolder folder(temp / "run", NewerConfig(false), RulesOfANewerVersion());
    FAIL() << "opened a run of another config";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("config.json"));
    EXPECT_THAT(error.what(), HasSubstr("'old_knob'"));
  }
}

TEST(RunFolder, WhatMayChangeIsNotComparedAndKeepsItsFirstValue) {
  TempFolder temp;
  ConfigRules rules;
  rules.may_change = {"note"};
  nlohmann::json config = kConfig;
  Begin(temp / "run", config, rules);  // a folder that lacks it
  config["note"] = "first";
  EXPECT_TRUE(RunFolder(temp / "run", config, rules).resumes());
  const auto stored = nlohmann::json::parse(std::ifstream(temp / "run/config.json"));
  EXPECT_EQ(stored, kConfig);
}

TEST(RunFolder, WhatMayGrowGrowsAndIsWrittenDown) {
  TempFolder temp;
  ConfigRules rules;
  rules.may_grow = {"seed"};
  Begin(temp / "run", kConfig, rules);
  nlohmann::json more = kConfig;
  more["seed"] = 5;
  EXPECT_TRUE(RunFolder(temp / "run", more, rules).resumes());
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(temp / "run/config.json")), more);
  try {
    RunFolder folder(temp / "run", kConfig, rules);
    FAIL() << "shrank";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("seed is 1, wanted 5 or more"));
  }
}

TEST(RunFolder, SyncedMetricsAreThere) {
  TempFolder temp;
  RunFolder folder(temp / "run", kConfig);
  folder.AppendMetrics({{"games", 1}});
  EXPECT_NO_THROW(folder.SyncMetrics());
  EXPECT_EQ(folder.ReadMetrics().size(), 1U);
}

TEST(RunFolder, AFullDiskWhileAppendingIsAnErrorAndLeavesWholeLines) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", kConfig);
    folder.AppendMetrics({{"games", 1}});
    bool failed = false;
    {
      const FullDisk full;
      try {
        folder.AppendMetrics({{"games", 2}});
      } catch (const WorldError&) {
        failed = true;
      }
    }
    EXPECT_TRUE(failed);
  }
  RunFolder folder(temp / "run", kConfig);
  folder.AppendMetrics({{"games", 3}});
  ASSERT_EQ(folder.ReadMetrics().size(), 2U);
  EXPECT_EQ(folder.ReadMetrics()[1].at("games"), 3);
}

TEST(RunFolder, ACheckpointThatStandsAsideCounts) {
  TempFolder temp;
  RunFolder folder(temp / "run", kConfig);
  std::filesystem::create_directory(folder.checkpoint(0));
  std::filesystem::create_directory(FolderAside(folder.checkpoint(500)));
  std::filesystem::create_directory(folder.checkpoint(700));
  std::filesystem::create_directory(FolderAside(folder.checkpoint(700)));
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run"), (std::vector<std::int64_t>{0, 500, 700}));
}

TEST(RunFolder, CheckpointsComeInOrder) {
  TempFolder temp;
  RunFolder folder(temp / "run", kConfig);
  for (const int step : {500, 0, 1000}) std::filesystem::create_directory(folder.checkpoint(step));
  std::filesystem::create_directory(temp / "run/checkpoints/00000700.tmp");
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run"), (std::vector<std::int64_t>{0, 500, 1000}));
}

}  // namespace
}  // namespace tengen

#include "experiments/runs/run_contents.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/config/rl_config.h"
#include "experiments/config/train_config.h"
#include "experiments/runs/run_folder.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

nlohmann::json RlConfigOf(int seeds) {
  RlConfig config = RlPreset("ppo", "cartpole").value();
  config.seeds = seeds;
  return RlConfigToJson(config);
}

TEST(ReadRun, BeganWhenItsFirstSessionSaysSo) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", TrainConfigToJson(LoadTrainConfig("tictactoe").value()));
    folder.AppendMetrics({{"kind", "session"}, {"unix_s", 1700000000}, {"commit", "abc"}});
    folder.AppendMetrics({{"kind", "session"}, {"unix_s", 1700009999}});
  }
  const RunContents run = ReadRun(temp / "run").value();
  EXPECT_EQ(run.started_s, 1700000000.0) << "copies of a folder have newer files";
  EXPECT_THAT(run.sessions, SizeIs(2));
  EXPECT_EQ(run.SessionText("commit"), "abc") << "the newest that has one";
  EXPECT_EQ(run.SessionText("none"), "");
}

TEST(ReadRun, OlderFoldersBeganWhenTheirConfigWasWritten) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", RlConfigOf(1));
    folder.AppendMetrics({{"kind", "session"}});
  }
  EXPECT_GT(ReadRun(temp / "run").value().started_s, 1.7e9);
}

// A run that was extended has two ends of a seed.
TEST(ReadRun, TheNewestEndOfASeedCounts) {
  TempFolder temp;
  {
    RunFolder folder(temp / "run", RlConfigOf(2));
    for (const int steps : {1000, 2000}) {
      const double result = steps / 10.0;
      folder.AppendMetrics({{"kind", "evaluation"}, {"seed", 1}, {"env_steps", steps}});
      folder.AppendMetrics(
          {{"kind", "final"}, {"seed", 1}, {"env_steps", steps}, {"return", result}});
    }
    folder.AppendMetrics({{"kind", "evaluation"}, {"seed", "x"}});
  }
  std::ofstream(temp / "run/ladder.json")
      << R"({"rows": [{"name": "a", "elo": 12.5}, 7, {"elo": "x"}]})";
  const RunContents run = ReadRun(temp / "run").value();
  ASSERT_THAT(run.rl, SizeIs(1));
  EXPECT_EQ(run.rl.at(1).final_line.at("return"), 200.0);
  EXPECT_THAT(run.rl.at(1).evaluations, SizeIs(2));
  ASSERT_THAT(run.ladder, SizeIs(2));
  EXPECT_EQ(run.ladder[0].elo, 12.5);
  EXPECT_FALSE(run.running);
}

TEST(ReadRun, WhatIsNoRunFolderIsASentence) {
  TempFolder temp;
  EXPECT_THAT(ReadRun(temp / "none").error(), HasSubstr("is not there, wanted the run folder"));
  std::ofstream(temp / "file") << "x";
  EXPECT_THAT(ReadRun(temp / "file").error(), HasSubstr("is a file, wanted the run folder"));
  EXPECT_THAT(ReadRun(temp.path()).error(), HasSubstr("holds no config.json"));
  std::ofstream(temp / "config.json") << R"({"a": 1})";
  EXPECT_THAT(ReadRun(temp.path()).error(), HasSubstr("is not the config of a run"));
}

TEST(Fields, FallBackWhereTheyAreMissingOrOfAnotherType) {
  const nlohmann::json line = {{"text", "x"}, {"number", 2.9}, {"large", 1e300}};
  EXPECT_EQ(TextField(line, "text"), "x");
  EXPECT_EQ(TextField(line, "number", "none"), "none");
  EXPECT_EQ(NumberField(line, "number", 0.0), 2.9);
  EXPECT_EQ(NumberField(line, "text", -1.0), -1.0);
  EXPECT_EQ(WholeField(line, "number", 0), 2);
  EXPECT_EQ(WholeField(line, "large", 5), 5);
}

}  // namespace
}  // namespace tengen

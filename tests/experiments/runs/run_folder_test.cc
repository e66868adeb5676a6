#include "experiments/runs/run_folder.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/train/run_status.h"
#include "experiments/train/run_text.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

const nlohmann::json kConfig = {{"seed", 1}, {"net", {{"blocks", 4}}}};

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
  { RunFolder folder(temp / "run", kConfig); }
  nlohmann::json other = kConfig;
  other["net"]["blocks"] = 6;
  try {
    RunFolder folder(temp / "run", other);
    FAIL() << "opened a run of another config";
  } catch (const UsageError& error) {
    EXPECT_THAT(error.what(), HasSubstr("net.blocks is 6, wanted 4"));
  }
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

TEST(RunFolder, CheckpointsComeInOrder) {
  TempFolder temp;
  RunFolder folder(temp / "run", kConfig);
  for (const int step : {500, 0, 1000}) std::filesystem::create_directory(folder.checkpoint(step));
  std::filesystem::create_directory(temp / "run/checkpoints/00000700.tmp");
  EXPECT_EQ(RunFolder::Checkpoints(temp / "run"), (std::vector<std::int64_t>{0, 500, 1000}));
}

TEST(StatusMetrics, MeansAreThoseSinceTheLastLine) {
  RunStatus status;
  status.selfplay.games = 100;
  status.selfplay.game_plies = 1000;
  SelfPlayStats earlier;
  earlier.games = 98;
  earlier.game_plies = 950;
  SelfPlayStats since = status.selfplay;
  since -= earlier;
  const nlohmann::json line = StatusMetrics(status, since, 0, {});
  EXPECT_EQ(line.at("mean_plies"), 25.0);
  EXPECT_FALSE(line.contains("policy_entropy"));  // no position was recorded meanwhile
}

TEST(WhyIdle, NamesWhatTheLearnerWaitsFor) {
  RunStatus status;
  status.first_positions = 1000;
  status.positions = 120;
  EXPECT_EQ(WhyIdle(status), "learner waits for positions: 120 of 1000");
  status.positions = 5000;
  status.steps = 10;
  status.seconds_since_step = 1.0;
  EXPECT_EQ(WhyIdle(status), "");
  status.seconds_since_step = 20.0;
  status.seconds_since_game = 20.0;
  EXPECT_EQ(WhyIdle(status), "learner waits for games; the last one came 20 s ago");
  status.steps_due = 30;
  status.queued_games = status.queue_capacity = 64;
  EXPECT_EQ(WhyIdle(status), "self-play waits for the learner: 30 steps due");
}

TEST(StatusLine, TellsCountsRatesLossesAndElo) {
  RunStatus status;
  status.seconds = 150;
  status.budget_used = 0.25;
  status.games = 812;
  status.positions = 12345;
  status.steps = 40;
  status.evaluations_per_s = 18200;
  status.batch_fill = 0.97;
  status.losses = {{"total", 2.5}, {"policy", 1.75}};
  status.elo = Interval{310, 220, 400};
  EXPECT_EQ(StatusLine(status),
            " 25% 3 min, 8 min left | games 812, positions 12.3k, steps 40 | 18.2k evals/s, batch "
            "fill 97% | loss total 2.500 policy 1.750 | Elo 310 (220 to 400)");
}

}  // namespace
}  // namespace tengen

#include "experiments/alphago/alphago_page.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_shard.h"
#include "experiments/alphago/combination_table.h"
#include "tests/experiments/alphago/small_stages.h"
#include "tests/support/markup_check.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AlphaGoReportPage : public ::testing::Test {
 protected:
  AlphaGoReportPage() {
    std::ofstream(run() / "config.json") << R"({"task": "alphago", "name": "a <b> & c"})";
    StageList list;
    StageList::Entry& rl = list.At(PipelineStage::kRl);
    rl.done = true;
    rl.seconds = 60.0;
    rl.rows = {{"score against its start", 81.5, "%"},
               {"score against its start low", 79.0, "%"},
               {"score against its start high", 84.0, "%"}};
    StageList::Entry& value = list.At(PipelineStage::kValue);
    value.done = true;
    value.rows = {{"test MSE", 0.5, ""}};
    for (const char* name : {"the value network", "100 uniform rollouts"}) {
      const std::string row = StrCat("test MSE of ", name);
      value.rows.push_back({row, 0.6251, ""});
      value.rows.push_back({row + " low", 0.57, ""});
      value.rows.push_back({row + " high", 0.68, ""});
      for (int i = 1; i <= 3; ++i) {
        value.rows.push_back({StrCat(row, " in stretch ", i), 0.9 - 0.1 * i, ""});
      }
      value.rows.push_back({row + " in stretch 4", 0.0, ""});  // no position there
    }
    list.Write(run());
  }
  const std::filesystem::path& run() const { return temp_.path(); }
  std::string Page() const {
    const auto report = ReadAlphaGoRun(run(), 8);
    EXPECT_TRUE(report.ok()) << report.error();
    return AlphaGoPage(*report, "today");
  }

  TempFolder temp_;
};

TEST_F(AlphaGoReportPage, ShowsStagesBesideThePaperAndSaysWhatIsMissing) {
  EXPECT_TRUE(IsAlphaGoRun(run()));
  const std::string page = Page();
  EXPECT_EQ(MarkupProblem(page), "");
  EXPECT_THAT(page, HasSubstr("81.5 (79 to 84) %"));
  EXPECT_THAT(page, HasSubstr("more than 80 %"));
  EXPECT_THAT(page, HasSubstr("0.234"));
  EXPECT_THAT(page, HasSubstr("data-label=\"100 uniform rollouts\""));
  EXPECT_THAT(page, HasSubstr("<td>100 uniform rollouts</td><td>0.625 (0.570 to 0.680)</td>"
                              "<td>0.800</td><td>0.700</td><td>0.600</td><td>-</td>"));
  EXPECT_THAT(page, Not(HasSubstr("in stretch")));
  EXPECT_THAT(page, HasSubstr("Not begun."));
  EXPECT_THAT(page, HasSubstr("tengen combinations RUN plays all"));
  EXPECT_THAT(page, HasSubstr("No game of self-play was finished yet."));
  EXPECT_THAT(page, HasSubstr("a &lt;b&gt; &amp; c"));
  EXPECT_THAT(page, Not(HasSubstr("http:")));
  EXPECT_THAT(page, Not(HasSubstr("https:")));
}

TEST_F(AlphaGoReportPage, ShowsTablesAndGames) {
  std::ofstream(PartsFile(run())) << R"({"rows": [
    {"name": "policy+value+rollouts", "elo": 900.4, "half_width": 50.2},
    {"name": "rollouts", "elo": 0.0, "half_width": 0.0}, {"name": 3}]})";
  std::ofstream(LambdaFile(run())) << R"({"rows": [
    {"name": "lambda 1", "elo": -20, "half_width": 30}, {"name": "lambda 0", "elo": 0,
     "half_width": 0}]})";
  {
    RecordShardWriter writer(run() / "value/games");
    for (const GameRecord& record : UniformValueGames(2)) writer.Append(record);
  }
  const std::string page = Page();
  EXPECT_EQ(MarkupProblem(page), "");
  EXPECT_THAT(page, HasSubstr("900 +- 50"));
  EXPECT_THAT(page, HasSubstr("<td>1433</td>"));  // the paper's 2890 - 1457
  EXPECT_THAT(page, HasSubstr("Elo over lambda 0"));
  EXPECT_THAT(page, HasSubstr("id=\"game-data\""));
}

TEST_F(AlphaGoReportPage, SaysWhichFileIsDamaged) {
  std::ofstream(LambdaFile(run())) << "[";
  EXPECT_THAT(ReadAlphaGoRun(run(), 8).error(), HasSubstr("combinations-lambda.json"));
  EXPECT_FALSE(IsAlphaGoRun(run() / "value"));
}

}  // namespace
}  // namespace tengen

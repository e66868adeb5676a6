#include "experiments/alphago/alphago_run.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "nets/tensor_ops.h"
#include "tests/experiments/alphago/small_stages.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class AlphaGo : public ::testing::Test {
 protected:
  AlphaGoConfig SmallConfig() const {
    AlphaGoConfig config;
    config.game = "go:size=5";
    config.budget = "4s";
    config.teacher = "run:" + (temp_ / "teacher").string();
    config.blocks = 1;
    config.channels = 8;
    config.reinforce_games = 4;
    return config;
  }
  void Go(const AlphaGoConfig& config, const std::string& stage) const {
    const std::atomic<bool> on = false;
    AlphaGoRun(config, temp_ / "run", "cpu", 1).Go(PipelineStageByName(stage).value(), on);
  }

  TempFolder temp_;
};

TEST_F(AlphaGo, FinishedStagesAreNotRepeatedAndOthersWantTheirs) {
  WriteSmallNetwork(temp_ / "teacher", 1);
  EXPECT_THAT([&] { Go(SmallConfig(), "rl"); },
              ThrowsMessage<UsageError>(HasSubstr("stage rl needs stage games")));
  Go(SmallConfig(), "games");
  EXPECT_THAT([&] { Go(SmallConfig(), "rl"); },
              ThrowsMessage<UsageError>(HasSubstr("stage rl needs stage sl")));
  Go(SmallConfig(), "rollouts");
  const auto written = std::filesystem::last_write_time(temp_ / "run/rollouts/metrics.jsonl");
  // The teacher may be gone, and another budget is for what has not begun.
  std::filesystem::remove_all(temp_ / "teacher");
  AlphaGoConfig config = SmallConfig();
  config.budget = "5s";
  Go(config, "games");
  Go(config, "rollouts");
  EXPECT_EQ(std::filesystem::last_write_time(temp_ / "run/rollouts/metrics.jsonl"), written);
  Go(config, "rollouts-rl");
  const StageList list = StageList::Read(temp_ / "run").value();
  EXPECT_TRUE(list.done(PipelineStage::kRolloutsRl));
  EXPECT_FALSE(list.done(PipelineStage::kSl));
  EXPECT_EQ(list.Find(PipelineStage::kRolloutsRl)->rows[0].name, "score against its start");
  config.channels = 16;
  EXPECT_THAT([&] { Go(config, "sl"); }, ThrowsMessage<UsageError>(HasSubstr("channels is 16")));
}

TEST_F(AlphaGo, GoesOnWhereSettingsAreYoungerThanTheRun) {
  WriteSmallNetwork(temp_ / "teacher", 1);
  Go(SmallConfig(), "games");
  const std::filesystem::path file = temp_ / "run/config.json";
  nlohmann::json config = nlohmann::json::parse(std::ifstream(file));
  EXPECT_EQ(config.erase("value_baseline"), 1U);
  std::ofstream(file) << config;
  Go(SmallConfig(), "rollouts");
  EXPECT_TRUE(StageList::Read(temp_ / "run").value().done(PipelineStage::kRollouts));
}

// 64 games are a moment of the 40 s that the stage of games may take of 400; the time of an earlier
// session, here killed after 100 s, is not lost.
TEST_F(AlphaGo, SecondsAreThoseOfAllSessionsAndWhatIsLeftIsForOthers) {
  WriteSmallNetwork(temp_ / "teacher", 1);
  AlphaGoConfig config = SmallConfig();
  config.budget = "400s";
  config.teacher_games = 64;
  Go(config, "games");
  StageList list = StageList::Read(temp_ / "run").value();
  const StageList::Entry games = *list.Find(PipelineStage::kGames);
  EXPECT_GT(games.seconds, 0.0);
  EXPECT_LT(games.seconds, 0.5 * games.budget_s);
  list.At(PipelineStage::kRollouts).seconds = 100.0;
  list.Write(temp_ / "run");
  Go(config, "rollouts");
  list = StageList::Read(temp_ / "run").value();
  EXPECT_GT(list.Find(PipelineStage::kRollouts)->seconds, 100.0);
  EXPECT_LT(list.Find(PipelineStage::kRollouts)->seconds, 140.0);
}

// Killed behind its time, before the first batch was there.
TEST_F(AlphaGo, AStageOfGamesWithoutAnyGoesOn) {
  WriteSmallNetwork(temp_ / "teacher", 1);
  Go(SmallConfig(), "games");
  std::filesystem::remove_all(temp_ / "run/teacher");
  StageList list;
  list.At(PipelineStage::kGames).budget_s = 1.0;
  list.At(PipelineStage::kGames).seconds = 100.0;
  list.Write(temp_ / "run");
  Go(SmallConfig(), "games");
  EXPECT_TRUE(StageList::Read(temp_ / "run").value().done(PipelineStage::kGames));
}

// The second pass: its REINFORCE has the value network of another run.
TEST_F(AlphaGo, TakesTheValueNetworkOfAnotherRunAsBaseline) {
  WriteSmallNetwork(temp_ / "teacher", 1);
  AlphaGoConfig config = SmallConfig();
  config.value_baseline = (temp_ / "first").string();
  EXPECT_THAT([&] { Go(config, "games"); }, ThrowsMessage<UsageError>(HasSubstr("no network in")))
      << "before anything is done";
  WriteSmallNetwork(temp_ / "first/value", 2);
  Go(config, "games");
  WriteSmallNetwork(temp_ / "run/sl", 1);
  StageList list = StageList::Read(temp_ / "run").value();
  list.At(PipelineStage::kSl).done = true;
  list.Write(temp_ / "run");
  Go(config, "rl");
  const nlohmann::json stored = nlohmann::json::parse(std::ifstream(temp_ / "run/rl/config.json"));
  EXPECT_EQ(stored.at("baseline"), "value");
  EXPECT_EQ(stored.at("value"), config.value_baseline);
}

TEST_F(AlphaGo, SaysWhatIsWrongWithItsGames) {
  WriteSmallGames(temp_ / "games.sgf", 5, 3);
  AlphaGoConfig config = SmallConfig();
  config.sgf = (temp_ / "games.sgf").string();
  EXPECT_THAT([&] { Go(config, "games"); },
              ThrowsMessage<UsageError>(HasSubstr("3 games of 5x5 in ")));
  TempFolder other;
  config.game = "go:size=9";
  const std::atomic<bool> on = false;
  EXPECT_THAT([&] { AlphaGoRun(config, other / "run", "cpu", 1).Go({}, on); },
              ThrowsMessage<WorldError>(HasSubstr("another board size, 3 times")));
}

TEST_F(AlphaGo, SaysWhatIsWrongWithItsTeacher) {
  for (const auto& [teacher, words] :
       {std::pair{"mcts:100", "wanted a network whose policy can play"},
        {"run:/nowhere", "no network in"},
        {"teacher", "wanted random"}}) {
    AlphaGoConfig config = SmallConfig();
    config.teacher = teacher;
    TempFolder other;
    const std::atomic<bool> on = false;
    EXPECT_THAT([&] { AlphaGoRun(config, other / "run", "cpu", 1).Go({}, on); },
                ThrowsMessage<UsageError>(HasSubstr(words)))
        << teacher;
  }
}

TEST_F(AlphaGo, LeavesStagesOfAnotherVersionAlone) {
  WriteSmallNetwork(temp_ / "teacher", 1);
  Go(SmallConfig(), "games");
  std::ofstream(temp_ / "run/stages.json") << R"({"version": 2, "stages": {}})";
  EXPECT_THAT([&] { Go(SmallConfig(), "rollouts"); },
              ThrowsMessage<UsageError>(HasSubstr("is of version 2, wanted 1")));
  std::ofstream(temp_ / "run/stages.json") << "{";
  EXPECT_THAT([&] { Go(SmallConfig(), "rollouts"); },
              ThrowsMessage<UsageError>(HasSubstr("is damaged")));
}

TEST(AlphaGoConfigCheck, NamesWhatIsWrong) {
  EXPECT_TRUE(CheckAlphaGoConfig(AlphaGoPreset("alphago9")).ok());
  EXPECT_TRUE(CheckAlphaGoConfig(AlphaGoPreset("alphago9-gpu")).ok());
  AlphaGoConfig config;
  config.budget = "500steps";
  EXPECT_THAT(CheckAlphaGoConfig(config).error(), HasSubstr("wanted a time"));
  config = {};
  config.game = "connect4";
  EXPECT_THAT(CheckAlphaGoConfig(config).error(), HasSubstr("wanted go on a square board"));
  config = {};
  config.shares.rl = 0.0;
  EXPECT_THAT(CheckAlphaGoConfig(config).error(), HasSubstr("wanted more than 0"));
  EXPECT_THAT(AlphaGoConfigFromJson({{"blcks", 3}}, config).error(), HasSubstr("blocks"));
  EXPECT_THAT(PipelineStageByName("rolouts").error(), HasSubstr("did you mean 'rollouts'?"));
}

}  // namespace
}  // namespace tengen

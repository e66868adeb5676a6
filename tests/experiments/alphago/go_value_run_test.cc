#include "experiments/alphago/go_value_run.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/alphago/linear_policy.h"
#include "agents/records/record_shard.h"
#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "nets/tensor_ops.h"
#include "tests/experiments/alphago/small_stages.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<GameRecord> GamesIn(const std::filesystem::path& folder) {
  RecordShardReader reader(ListShards(folder));
  std::vector<GameRecord> games;
  while (auto record = reader.Next()) games.push_back(std::move(*record));
  return games;
}

// -1 without such a row.
double ValueOf(const std::vector<LearnRow>& rows, const std::string& name) {
  for (const LearnRow& row : rows) {
    if (row.name == name) return row.value;
  }
  return -1.0;
}

class GoValue : public ::testing::Test {
 protected:
  GoValue() {
    WriteSmallNetwork(temp_ / "stages/sl", 1);
    WriteSmallNetwork(temp_ / "stages/rl", 2);
  }

  static GoValueConfig SmallConfig(const std::string& budget) {
    GoValueConfig config = GoValueConfig::Preset("3x32").value();
    config.learn.train.net = {
        .channels = 8, .blocks = 1, .pool_every = 0, .head_channels = 8, .head_hidden = 8};
    config.learn.train.learner.batch_size = 16;
    config.learn.train.checkpoint_steps = 4;
    config.learn.train.deterministic = true;
    config.learn.train.budget = budget;
    config.play.batch_games = 8;
    config.play.games = 30;
    config.rollouts.rollouts = 5;
    return config;
  }
  GoValueConfig SelfPlayConfig(const std::string& budget) const {
    GoValueConfig config = SmallConfig(budget);
    config.play.from = (temp_ / "stages").string();
    config.play.game = "go:size=5";
    return config;
  }
  std::string Hash(const std::string& run, std::int64_t step) const {
    return WeightsHash(LoadNetwork(RunFolder::Checkpoint(temp_ / run, step)).value().snapshot);
  }

  const std::atomic<bool> on_ = false;
  TempFolder temp_;
};

TEST_F(GoValue, LearnsFromOnePositionOfEachGameAndGoesOnByteForByte) {
  GoValueConfig config = SelfPlayConfig("10steps");
  config.learn.train.learner.trainer.optimizer.total_steps = 10;
  GoValueRun whole(config, temp_ / "whole");
  whole.Go(on_);
  const std::vector<GameRecord> train = GamesIn(temp_ / "whole/games");
  const std::vector<GameRecord> test = GamesIn(temp_ / "whole/held_out");
  EXPECT_GE(train.size() + test.size(), 30U);
  EXPECT_GE(test.size(), 2U);
  std::set<std::uint64_t> numbers;
  for (const auto* games : {&train, &test}) {
    for (const GameRecord& record : *games) {
      EXPECT_EQ(record.sample_count(), 1);
      EXPECT_TRUE(CheckRecord(record).ok());
      EXPECT_TRUE(numbers.insert(record.stream).second);
    }
  }
  const std::vector<LearnRow> rows = whole.Measure();
  EXPECT_EQ(rows.front().name, "test MSE");
  EXPECT_GT(rows.front().value, 0.2);
  EXPECT_LT(rows.front().value, 2.0);
  // At all held-out positions, which are fewer than are asked for.
  EXPECT_DOUBLE_EQ(ValueOf(rows, "test MSE of the value network"), rows.front().value);
  EXPECT_EQ(ValueOf(rows, "positions of the rollouts"), ValueOf(rows, "held-out positions"));

  // Stopped after 5 steps, behind the checkpoint of step 4.
  config.learn.train.budget = "5steps";
  GoValueRun(config, temp_ / "parts").Go(on_);
  config.learn.train.budget = "10steps";
  config.play.from = "";
  GoValueRun parts(config, temp_ / "parts");
  parts.Go(on_);
  EXPECT_EQ(Hash("parts", 10), Hash("whole", 10));
}

TEST_F(GoValue, KeepsNoGameTwiceAfterAKill) {
  const GoValueConfig config = SelfPlayConfig("10steps");
  ValueSelfPlay(config.play, temp_ / "whole", Device::kCpu, 1).Go(1e9, on_);
  {
    // The first batch was kept, but not that it was.
    ValueSelfPlayConfig little = config.play;
    little.games = 1;
    ValueSelfPlay(little, temp_ / "parts", Device::kCpu, 1).Go(1e9, on_);
    std::filesystem::remove(temp_ / "parts/playing.json");
  }
  ValueSelfPlay(config.play, temp_ / "parts", Device::kCpu, 1).Go(1e9, on_);
  EXPECT_EQ(GamesIn(temp_ / "parts/games"), GamesIn(temp_ / "whole/games"));
  EXPECT_EQ(GamesIn(temp_ / "parts/held_out"), GamesIn(temp_ / "whole/held_out"));
}

// Black wins all of them: 1 for who has Black, -1 for White, which the komi tells apart.
TEST_F(GoValue, LearnsFromAllPositionsOfRecords) {
  WriteSmallGames(temp_ / "games.sgf", 5, 20);
  GoValueConfig config = SmallConfig("250steps");
  config.learn.sgf = (temp_ / "games.sgf").string();
  config.learn.train.learner.trainer.optimizer.lr = 1e-2;
  config.learn.train.learner.trainer.optimizer.warmup_steps = 10;
  GoValueRun run(config, temp_ / "run");
  EXPECT_THAT(run.Outlook(), HasSubstr("18 games with"));
  run.Go(on_);
  const std::vector<LearnRow> rows = run.Measure();
  ASSERT_EQ(rows[0].name, "test MSE");
  ASSERT_EQ(rows[3].name, "training MSE");
  ASSERT_EQ(rows[6].name, "test MSE - training MSE");
  EXPECT_LT(rows[0].value, 0.5);
  EXPECT_LT(rows[3].value, 0.5);
  EXPECT_DOUBLE_EQ(rows[6].value, rows[0].value - rows[3].value);
}

// Beside the network: uniform rollouts, and those of each policy that the run has.
TEST_F(GoValue, MeasuresRolloutsOfEachPolicy) {
  GoValueConfig config = SelfPlayConfig("2steps");
  config.learn.train.learner.trainer.optimizer.total_steps = 2;
  config.rollouts.policies = (temp_ / "stages").string();
  config.rollouts.positions = 2;
  std::filesystem::create_directories(temp_ / "stages/rollouts");
  WriteLinearPolicy(temp_ / "stages/rollouts" / kLinearPolicyFile,
                    LinearPolicy(std::make_shared<const LinearFeatures>(LinearWords())));
  GoValueRun run(config, temp_ / "run");
  run.Go(on_);
  const std::vector<LearnRow> rows = run.Measure();
  for (const char* name : {"the value network", "5 uniform rollouts", "5 linear rollouts",
                           "5 sl rollouts", "5 rl rollouts"}) {
    const std::string row = std::string("test MSE of ") + name;
    const double mean = ValueOf(rows, row);
    EXPECT_GT(mean, 0.0) << name;
    EXPECT_LE(mean, 4.0) << name;
    EXPECT_LE(ValueOf(rows, row + " low"), mean) << name;
    EXPECT_GE(ValueOf(rows, row + " high"), mean) << name;
  }
  EXPECT_GE(ValueOf(rows, "positions of the rollouts"), 2.0);
  EXPECT_LT(ValueOf(rows, "positions of the rollouts"), 6.0);
}

TEST_F(GoValue, RefusesCheckpointsWithoutTheirState) {
  WriteSmallGames(temp_ / "games.sgf", 5, 20);
  GoValueConfig of_records = SmallConfig("5steps");
  of_records.learn.sgf = (temp_ / "games.sgf").string();
  for (const GoValueConfig& config : {of_records, SelfPlayConfig("5steps")}) {
    const std::filesystem::path run = temp_ / (config.play.from.empty() ? "records" : "played");
    GoValueRun(config, run).Go(on_);
    std::filesystem::remove_all(run / "resume");
    EXPECT_THAT([&] { GoValueRun(config, run); },
                ThrowsMessage<WorldError>(
                    HasSubstr("is not there, but the run has a checkpoint of step 5")));
  }
}

TEST_F(GoValue, SaysWhatIsMissing) {
  GoValueConfig config = SelfPlayConfig("4steps");
  config.play.from = (temp_ / "nothing").string();
  EXPECT_THAT([&] { GoValueRun(config, temp_ / "a").Go(on_); },
              ThrowsMessage<UsageError>(HasSubstr("no network in")));
  config = SelfPlayConfig("4steps");
  std::filesystem::remove_all(temp_ / "stages/rl");
  EXPECT_THAT([&] { GoValueRun(config, temp_ / "b").Go(on_); },
              ThrowsMessage<UsageError>(HasSubstr("rl")));
  RolloutErrorsConfig rollouts;
  CheckRolloutPolicies(rollouts);
  rollouts.policies = (temp_ / "stages").string();  // its sl/
  CheckRolloutPolicies(rollouts);
  rollouts.policies = (temp_ / "nothing").string();
  EXPECT_THAT([&] { CheckRolloutPolicies(rollouts); },
              ThrowsMessage<UsageError>(HasSubstr("rollout-policy")));
}

}  // namespace
}  // namespace tengen

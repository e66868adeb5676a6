#include "experiments/alphago/go_reinforce_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "nets/tensor_ops.h"
#include "tests/experiments/alphago/small_stages.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::ThrowsMessage;

class GoReinforce : public ::testing::Test {
 protected:
  GoReinforce() { WriteSmallNetwork(temp_ / "stages/sl", 1); }

  GoReinforceConfig SmallConfig() const {
    GoReinforceConfig config;
    config.from = (temp_ / "stages").string();
    config.game = "go:size=5";
    config.policy.games = 2;
    config.policy.pool_every = 2;
    return config;
  }
  GoReinforceRun Open(const GoReinforceConfig& config, const std::string& name) const {
    return {config, temp_ / name, Device::kCpu, 1};
  }

  const std::atomic<bool> on_ = false;
  TempFolder temp_;
};

TEST_F(GoReinforce, GoesOnWithItsPoolAndLeavesARunThatPlays) {
  GoReinforceRun whole = Open(SmallConfig(), "whole");
  whole.Go(*Budget::Parse("5steps"), on_);
  EXPECT_THAT(RunFolder::Checkpoints(temp_ / "whole"), ElementsAre(0, 2, 4, 5));
  const nlohmann::json config = nlohmann::json::parse(std::ifstream(temp_ / "whole/config.json"));
  EXPECT_EQ(config.at("task"), "go-reinforce");
  EXPECT_THAT(config.at("selfplay").at("games"), SizeIs(1));
  {
    GoReinforceRun first = Open(SmallConfig(), "parts");
    first.Go(*Budget::Parse("6games"), on_);  // three batches
    EXPECT_THAT(RunFolder::Checkpoints(temp_ / "parts"), ElementsAre(0, 2, 3));
  }
  // As a process leaves it that was killed before its state stood. What it begins with may be gone.
  WriteSmallNetwork(RunFolder::Checkpoint(temp_ / "parts", 4), 7);
  std::filesystem::remove_all(temp_ / "stages");
  GoReinforceConfig again = SmallConfig();
  again.from = "";
  GoReinforceRun resumed = Open(again, "parts");
  EXPECT_THAT(resumed.Outlook(), HasSubstr("goes on in"));
  EXPECT_THAT(RunFolder::Checkpoints(temp_ / "parts"), ElementsAre(0, 2, 3));
  resumed.Go(*Budget::Parse("5steps"), on_);
  EXPECT_THAT(RunFolder::Checkpoints(temp_ / "parts"), ElementsAre(0, 2, 4, 5));
  for (const std::int64_t step : {0, 2, 4, 5}) {
    const auto a = LoadNetwork(RunFolder::Checkpoint(temp_ / "whole", step)).value();
    const auto b = LoadNetwork(RunFolder::Checkpoint(temp_ / "parts", step)).value();
    EXPECT_EQ(WeightsHash(a.snapshot), WeightsHash(b.snapshot)) << step;
  }
  const Interval score = resumed.MeasureAgainstStart(10);
  EXPECT_LE(score.low, score.value);
  EXPECT_GE(score.high, score.value);
}

// The second pass: results are measured from what a value network says, also after a stop, when the
// network may be told no more.
TEST_F(GoReinforce, LearnsFromTheValueNetworkAsBaseline) {
  WriteSmallNetwork(temp_ / "stages/value", 3);
  GoReinforceConfig config = SmallConfig();
  Open(config, "mean").Go(*Budget::Parse("2steps"), on_);
  config.value = (temp_ / "stages").string();
  config.policy.baseline = ReinforceBaseline::kValue;
  Open(config, "whole").Go(*Budget::Parse("3steps"), on_);
  Open(config, "parts").Go(*Budget::Parse("2steps"), on_);
  config.value = "";
  Open(config, "parts").Go(*Budget::Parse("3steps"), on_);
  const auto hash = [this](const char* run, std::int64_t step) {
    return WeightsHash(LoadNetwork(RunFolder::Checkpoint(temp_ / run, step)).value().snapshot);
  };
  EXPECT_EQ(hash("parts", 3), hash("whole", 3));
  EXPECT_NE(hash("mean", 2), hash("whole", 2));
  const nlohmann::json stored = nlohmann::json::parse(std::ifstream(temp_ / "whole/config.json"));
  EXPECT_EQ(stored.at("baseline"), "value");
}

TEST_F(GoReinforce, RefusesCheckpointsWithoutTheirState) {
  Open(SmallConfig(), "run").Go(*Budget::Parse("3steps"), on_);
  const std::filesystem::path state = temp_ / "run/resume/reinforce.safetensors";
  std::filesystem::remove(state);
  EXPECT_THAT([&] { Open(SmallConfig(), "run"); },
              ThrowsMessage<WorldError>(HasSubstr(
                  "reinforce.safetensors\" is not there, but the run has a checkpoint of step 3")));
  EXPECT_THAT(RunFolder::Checkpoints(temp_ / "run"), ElementsAre(0, 2, 3));
}

TEST_F(GoReinforce, SaysWhatIsWrong) {
  GoReinforceConfig config = SmallConfig();
  config.from = "";
  EXPECT_THAT([&] { Open(config, "a"); }, ThrowsMessage<UsageError>(HasSubstr("wanted --from")));
  config.from = (temp_ / "nothing").string();
  EXPECT_THAT([&] { Open(config, "a"); }, ThrowsMessage<UsageError>(HasSubstr("no network in")));
  config = SmallConfig();
  config.game = "connect4";
  EXPECT_THAT([&] { Open(config, "a"); }, ThrowsMessage<UsageError>(HasSubstr("wanted go")));
  config = SmallConfig();
  config.policy.baseline = ReinforceBaseline::kValue;
  EXPECT_THAT([&] { Open(config, "a"); }, ThrowsMessage<UsageError>(HasSubstr("without --value")));
  config.value = (temp_ / "nothing").string();
  EXPECT_THAT([&] { Open(config, "a"); }, ThrowsMessage<UsageError>(HasSubstr("no network in")));
  config.policy.baseline = ReinforceBaseline::kNone;
  EXPECT_THAT([&] { Open(config, "a"); },
              ThrowsMessage<UsageError>(HasSubstr("wanted --baseline value")));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "a"));
  Open(SmallConfig(), "b");
  config = SmallConfig();
  config.policy.games = 3;
  EXPECT_THAT([&] { Open(config, "b"); }, ThrowsMessage<UsageError>(HasSubstr("games is 3")));
}

}  // namespace
}  // namespace tengen

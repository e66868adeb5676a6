#include "experiments/commands/train_options.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/runs/run_folder.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

class TrainOptionsTest : public ::testing::Test {
 protected:
  TrainOptionsTest() {
    options_.preset = (temp_ / "both.json").string();
    options_.run_dir = (temp_ / "run").string();
    std::ofstream(options_.preset) << R"({"net": {"channels": 64, "blocks": 6},
                                          "float32_net": {"channels": 16, "blocks": 2},
                                          "selfplay": {"games": ["tictactoe"]}})";
  }

  int ChannelsWith(const char* assignment) {
    options_.set = {assignment};
    return ResolveTrainConfig(options_).net.channels;
  }

  TempFolder temp_;
  TrainOptions options_;
};

TEST_F(TrainOptionsTest, ThePrecisionChoosesTheNetwork) {
  EXPECT_EQ(ChannelsWith("precision=fp32"), 16);
  EXPECT_EQ(ChannelsWith("precision=bf16"), 64);
  EXPECT_EQ(ChannelsWith("seed=3"), CpuHasBfloat16() ? 64 : 16);
}

TEST_F(TrainOptionsTest, WhatIsAskedForWins) {
  options_.set = {"precision=fp32", "net.channels=20"};
  const TrainConfig config = ResolveTrainConfig(options_);
  EXPECT_EQ(config.net.channels, 20);
  EXPECT_EQ(config.net.blocks, 2);
}

TEST_F(TrainOptionsTest, WrongUseNamesWhatWasMetAndWanted) {
  const auto expect = [this](const std::string& assignment, const char* part) {
    TrainOptions options = options_;
    options.set = {assignment};
    EXPECT_THAT([&] { ResolveTrainConfig(options); }, ThrowsMessage<UsageError>(HasSubstr(part)));
  };
  expect("learner.batch_size=big", "wanted a whole number");
  expect("selfplay.games=[\"go:size=0\"]", "2 to 19");
  expect("selfplay.games=[\"go:size=26\"]", "2 to 19");
  expect("learner.trainer.optimizer.lr=1e38", "lr is 1e+38, wanted");
  TrainOptions options = options_;
  options.budget = "ten";
  EXPECT_THAT([&] { ResolveTrainConfig(options); },
              ThrowsMessage<UsageError>(HasSubstr("budget 'ten'")));
  for (const char* device : {"tpu", "caf\xe9"}) {
    options = options_;
    options.device = device;
    EXPECT_THAT([&] { ResolveTrainConfig(options); },
                ThrowsMessage<UsageError>(HasSubstr("wanted cpu or cuda")));
  }
}

TEST_F(TrainOptionsTest, ARunGoesOnWithItsNetworkOnAnyMachine) {
  for (const char* first : {"precision=fp32", "precision=bf16"}) {
    SCOPED_TRACE(first);
    TempFolder runs;
    options_.run_dir = (runs / "run").string();
    options_.set = {first};
    const TrainConfig begun = ResolveTrainConfig(options_);
    RunFolder(options_.run_dir, TrainConfigToJson(begun));
    EXPECT_EQ(ChannelsWith("precision=fp32"), begun.net.channels);
    EXPECT_EQ(ChannelsWith("precision=bf16"), begun.net.channels);
  }
}

}  // namespace
}  // namespace tengen

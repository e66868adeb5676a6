#include "experiments/train/start_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/runs/run_folder.h"
#include "experiments/train/zero_run.h"
#include "nets/checkpoint.h"
#include "nets/tensor_ops.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

class StartNetwork : public ::testing::Test {
 protected:
  StartNetwork() {
    config_ = LoadTrainConfig("tictactoe").value();
    config_.threads = 1;
    config_.deterministic = true;
    ModelConfig model = ModelConfigFor(MakeGame("tictactoe").value()->spec(), 12, 3);
    network_ = Model(model, 77).Snapshot(5);
    SaveNetwork(RunFolder::Checkpoint(temp_ / "learnt", 5), {network_, {}});
    config_.start = "run:" + (temp_ / "learnt").string();
  }

  TempFolder temp_;
  TrainConfig config_;
  ModelSnapshot network_;
};

TEST_F(StartNetwork, GivesARunItsSizeAndItsFirstWeights) {
  const Status taken = TakeStartNetworkSize(temp_ / "run", config_);
  ASSERT_TRUE(taken.ok()) << taken.error();
  EXPECT_EQ(config_.net.channels, 12);
  EXPECT_EQ(config_.net.blocks, 3);
  { ZeroRun run(config_, temp_ / "run"); }
  const auto first = LoadNetwork(RunFolder::Checkpoint(temp_ / "run", 0));
  ASSERT_TRUE(first.ok()) << first.error();
  EXPECT_EQ(WeightsHash(first->snapshot), WeightsHash(network_));
  // A run that goes on needs it no more.
  std::filesystem::remove_all(temp_ / "learnt");
  config_.net = NetConfig();
  ASSERT_TRUE(TakeStartNetworkSize(temp_ / "run", config_).ok());
  EXPECT_EQ(config_.net.blocks, 3);
  EXPECT_NO_THROW(ZeroRun(config_, temp_ / "run"));
}

// Heads that training alone reads begin anew where the network has none.
TEST_F(StartNetwork, MayLackTheRunsAuxiliaryHeads) {
  config_.learner.loss.soft_policy_weight = 8.0;
  const Status taken = TakeStartNetworkSize(temp_ / "run", config_);
  ASSERT_TRUE(taken.ok()) << taken.error();
  { ZeroRun run(config_, temp_ / "run"); }
  const auto first = LoadNetwork(RunFolder::Checkpoint(temp_ / "run", 0));
  ASSERT_TRUE(first.ok()) << first.error();
  EXPECT_TRUE(first->snapshot.config.auxiliary.soft_policy);
  for (const auto& [name, tensor] : network_.weights) {
    EXPECT_TRUE(at::equal(tensor, first->snapshot.weights.at(name))) << name;
  }
}

TEST_F(StartNetwork, MustFitTheGames) {
  TrainConfig cartpole = LoadTrainConfig("cartpole").value();
  cartpole.start = config_.start;
  EXPECT_THAT(TakeStartNetworkSize(temp_ / "run", cartpole).error(),
              HasSubstr("does not fit the games of cartpole"));
}

TEST_F(StartNetwork, MustBeThere) {
  EXPECT_THAT(LoadStartNetwork("mcts:100").error(), HasSubstr("wanted run:FOLDER"));
  EXPECT_THAT(LoadStartNetwork("run:" + (temp_ / "none").string()).error(), HasSubstr("none"));
  EXPECT_FALSE(LoadStartNetwork(config_.start + "@6").ok());
}

}  // namespace
}  // namespace tengen

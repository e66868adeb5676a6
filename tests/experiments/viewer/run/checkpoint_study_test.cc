#include "experiments/viewer/run/checkpoint_study.h"

#include <algorithm>
#include <chrono>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A run folder with networks of random weights, as after so many steps.
class CheckpointStudies : public ::testing::Test {
 protected:
  void Save(std::int64_t step) {
    NetworkFile network;
    const Model model(ModelConfigFor(game_->spec(), 8, 1), static_cast<std::uint64_t>(step) + 1);
    network.snapshot = model.Snapshot(step);
    SaveNetwork(RunFolder::Checkpoint(temp_.path(), step), network);
  }

  // Waits until everything asked for is answered.
  static StudyView Answered(const CheckpointStudy& study) {
    StudyView view = study.view();
    for (int i = 0; view.busy && i < 3000; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      view = study.view();
    }
    EXPECT_FALSE(view.busy);
    return view;
  }

  TempFolder temp_;
  std::shared_ptr<const Game> game_ = MakeGame("go:size=5,komi=0.5").value();
};

TEST(SpreadOrder, CoversTheRowEvenly) {
  EXPECT_THAT(SpreadOrder({0, 1, 2, 3, 4, 5, 6, 7}), ElementsAre(7, 0, 4, 2, 6, 1, 3, 5));
  EXPECT_THAT(SpreadOrder({5}), ElementsAre(5));
  EXPECT_THAT(SpreadOrder({}), IsEmpty());
  std::vector<std::int64_t> steps(101);
  std::iota(steps.begin(), steps.end(), 0);
  std::vector<std::int64_t> order = SpreadOrder(steps);
  std::sort(order.begin(), order.end());
  EXPECT_EQ(order, steps);
}

TEST_F(CheckpointStudies, AsksEveryCheckpointAndSearchesWithTheChosenOne) {
  for (const std::int64_t step : {0, 100, 200}) Save(step);
  CheckpointStudy study(temp_.path(), Device::kCpu);
  study.Ask({game_, {12}}, {0, 100, 200}, 100, 32);
  const StudyView view = Answered(study);
  ASSERT_EQ(view.networks.size(), 3U);
  for (const auto& [step, network] : view.networks) {
    EXPECT_EQ(network->problem, "");
    EXPECT_EQ(network->step, step);
    EXPECT_EQ(network->legal.size(), 25U);  // 24 points and the pass
    EXPECT_NEAR(std::accumulate(network->policy.begin(), network->policy.end(), 0.0), 1.0, 1e-3);
    EXPECT_EQ(network->Policy(12), 0.0F);  // occupied
    EXPECT_EQ(network->ownership.size(), 25U);
    EXPECT_TRUE(network->score.has_value());
  }
  EXPECT_NE(view.networks.at(0)->value, view.networks.at(200)->value);
  ASSERT_NE(view.search, nullptr);
  EXPECT_EQ(view.search->problem, "");
  EXPECT_EQ(view.search->analysis.visits, 33);
  EXPECT_FALSE(view.search->analysis.moves.front().line.empty());
}

// The same board seen by the same network: who is to move decides whose value it gives, not us.
TEST_F(CheckpointStudies, TakesTheFirstPlayersPointOfView) {
  Save(0);
  CheckpointStudy study(temp_.path(), Device::kCpu);
  study.Ask({game_, {12}}, {0}, 0, 16);  // White to move
  const StudyView view = Answered(study);
  ASSERT_NE(view.search, nullptr);
  // The search speaks for the player to move.
  EXPECT_FLOAT_EQ(view.networks.at(0)->value, -view.search->analysis.raw_value);
  EXPECT_FLOAT_EQ(*view.networks.at(0)->score, -view.search->analysis.raw_score);
}

TEST_F(CheckpointStudies, KeepsAnswersOfACheckpointThatVanishes) {
  for (const std::int64_t step : {0, 100}) Save(step);
  CheckpointStudy study(temp_.path(), Device::kCpu);
  study.Ask({game_, {}}, {0, 100}, 100, 0);
  EXPECT_EQ(Answered(study).networks.at(0)->problem, "");
  std::filesystem::remove_all(RunFolder::Checkpoint(temp_.path(), 0));
  // Known already.
  study.Ask({game_, {}}, {100}, 0, 0);
  EXPECT_EQ(Answered(study).networks.at(0)->problem, "");
  // Its search, and another position, would need the network; 100 is the one in memory.
  study.Ask({game_, {}}, {100}, 100, 16);
  Answered(study);
  study.Ask({game_, {}}, {100}, 0, 16);
  StudyView view = Answered(study);
  EXPECT_EQ(view.networks.at(0)->problem, "");
  EXPECT_EQ(view.search->problem, "The checkpoint of step 0 is gone.");
  study.Ask({game_, {3}}, {100}, 0, 0);
  view = Answered(study);
  EXPECT_EQ(view.networks.at(0)->problem, "The checkpoint of step 0 is gone.");
  EXPECT_EQ(view.networks.at(100)->problem, "");
  // It comes back, and is asked anew once it is chosen again.
  Save(0);
  study.Ask({game_, {3}}, {0, 100}, 100, 0);
  study.Ask({game_, {3}}, {0, 100}, 0, 0);
  EXPECT_EQ(Answered(study).networks.at(0)->problem, "");
}

TEST_F(CheckpointStudies, TellsADamagedCheckpoint) {
  Save(0);
  std::filesystem::resize_file(RunFolder::Checkpoint(temp_.path(), 0) / "model.safetensors", 99);
  CheckpointStudy study(temp_.path(), Device::kCpu);
  study.Ask({game_, {}}, {0}, 0, 16);
  const StudyView view = Answered(study);
  EXPECT_THAT(view.networks.at(0)->problem, HasSubstr("step 0 cannot be used"));
  EXPECT_EQ(view.search, nullptr);
}

}  // namespace
}  // namespace tengen

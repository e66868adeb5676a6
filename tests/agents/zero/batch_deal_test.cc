#include "agents/zero/batch_deal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/zero/zero_learner.h"
#include "envs/registry/game_registry.h"
#include "nets/tensor_ops.h"
#include "tests/support/random_record.h"
#include "tests/support/rank_threads.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;

// 3 of 4 weights in the first half: 2 * 2 / 3 and 2 * 1 / 3.
TEST(BatchDeal, SharesMakeMeansOfMeansTheMean) {
  const std::vector<float> weights = {1, 1, 0, 1};
  EXPECT_THAT(WeightShares(weights, 2), ElementsAre(FloatEq(4.0F / 3), FloatEq(2.0F / 3)));
  EXPECT_THAT(WeightShares(std::vector<float>{0, 0, 1, 1}, 2), ElementsAre(0.0F, 2.0F));
  EXPECT_THAT(WeightShares(std::vector<float>(4, 0.0F), 2), ElementsAre(1.0F, 1.0F));
}

TEST(BatchDeal, EachRankGetsItsRowsInTheirShape) {
  if (!RankTeam::Available()) GTEST_SKIP() << "this LibTorch has no Gloo, or its headers miss";
  RunRanks(2, [](const std::shared_ptr<RankTeam>& team) {
    Batch batch;
    if (team->leads()) {
      batch = {at::arange(4 * 2 * 3, at::kFloat).view({4, 2, 3}), at::arange(4, at::kFloat),
               at::empty({4, 0})};
    }
    const Batch own = DealBatch(*team, batch);
    ASSERT_EQ(own.size(), 3U);
    const float first = team->leads() ? 0.0F : 12.0F;
    EXPECT_TRUE(at::equal(own[0], at::arange(12, at::kFloat).view({2, 2, 3}) + first));
    EXPECT_TRUE(at::equal(own[1], at::arange(2, at::kFloat) + (team->leads() ? 0.0F : 2.0F)));
    EXPECT_EQ(own[2].sizes(), (at::IntArrayRef{2, 0}));
  });
}

// Games of Go, most of which were agreed on and so count for no area. The learning rate follows the
// run, of which rank 0 alone is told: equal weights show that the others learn at its rate.
TEST(BatchDeal, ALearnerOfTwoRanksKeepsOneNetworkAndLearns) {
  if (!RankTeam::Available()) GTEST_SKIP() << "this LibTorch has no Gloo, or its headers miss";
  ModelConfig model = ModelConfigFor(MakeGame("go:size=5").value()->spec(), 8, 1);
  model.head_channels = model.head_hidden = 8;
  ZeroLearnerConfig config;
  config.batch_size = 16;
  config.first_positions = 1;
  config.norm_batches = 2;
  config.trainer.optimizer.lr = 1e-2;
  config.trainer.optimizer.schedule = Schedule::kLinear;
  config.trainer.optimizer.final_fraction = 0.5;
  std::vector<NamedTensors> weights(2);
  std::vector<StepMetrics> metrics;
  RunRanks(2, [&](const std::shared_ptr<RankTeam>& team) {
    ZeroLearner learner(config, model, team->leads() ? 1 : 2, "cpu", Precision::kFloat32, nullptr,
                        team);
    if (team->leads()) {
      for (std::uint64_t stream = 0; stream < 4; ++stream) {
        GameRecord record = RandomRecord("go:size=5", stream);
        if (stream > 0) {
          record.end = GameEnd::kAdjudicated;
          record.return_first = 1.0F;
          record.score_first = 0.0F;
          record.owner.clear();
        }
        ASSERT_TRUE(learner.Add(std::move(record)).ok());
      }
      for (int i = 0; i < 30; ++i) {
        if (i == 10) learner.KeepRanks();
        learner.FollowRun(i / 40.0);
        metrics.push_back(learner.Step());
      }
      learner.EndRanks();
    } else {
      learner.Follow();
      EXPECT_EQ(learner.step(), 30);
    }
    weights[static_cast<std::size_t>(team->place().rank)] = learner.Publish().weights;
  });
  EXPECT_LT(metrics.back().loss, 0.9 * metrics.front().loss);
  EXPECT_NEAR(metrics.back().lr, 1e-2 * (1.0 - 0.5 * 29 / 40), 1e-8);
  for (const auto& [name, tensor] : weights[0]) {
    if (name.find("running_") != std::string::npos || name.find("tracked") != std::string::npos) {
      continue;  // rank 0 measures them anew for what it publishes
    }
    EXPECT_TRUE(at::equal(tensor, weights[1].at(name))) << name;
  }
}

}  // namespace
}  // namespace tengen

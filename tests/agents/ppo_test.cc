// The update of PPO against numbers worked out by hand.

#include "agents/ppo.h"

#include <array>
#include <cmath>
#include <vector>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/vec_env.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

MATCHER_P(NearTo, tolerance, "") {
  return std::abs(static_cast<double>(std::get<0>(arg)) - static_cast<double>(std::get<1>(arg))) <
         tolerance;
}

// One environment, three steps; gamma 0.5, lambda 0.5, so that gamma * lambda = 0.25.
std::vector<float> Advantages(std::vector<float> next_values, std::vector<std::uint8_t> ended) {
  const std::vector<float> rewards = {1.0F, 2.0F, 3.0F};
  const std::vector<float> values = {10.0F, 20.0F, 30.0F};
  std::vector<float> advantages(3);
  GeneralizedAdvantages(rewards, values, next_values, ended, 1, 0.5, 0.5, advantages);
  return advantages;
}

TEST(GeneralizedAdvantagesTest, SumsTheDiscountedErrorsOfOneEpisode) {
  // delta_2 = 3 + 0.5 * 40 - 30 = -7, delta_1 = 2 + 0.5 * 30 - 20 = -3, delta_0 = 1 + 10 - 10 = 1.
  // A_2 = -7, A_1 = -3 - 7 / 4 = -4.75, A_0 = 1 - 4.75 / 4 = -0.1875.
  EXPECT_THAT(Advantages({20.0F, 30.0F, 40.0F}, {0, 0, 0}), ElementsAre(-0.1875F, -4.75F, -7.0F));
}

TEST(GeneralizedAdvantagesTest, NothingFlowsBackOverTheEndOfAnEpisode) {
  // Step 1 terminates: delta_1 = 2 + 0 - 20 = -18 = A_1; A_0 = 1 - 18 / 4 = -3.5.
  EXPECT_THAT(Advantages({20.0F, 0.0F, 40.0F}, {0, 1, 0}), ElementsAre(-3.5F, -18.0F, -7.0F));
  // Step 1 is cut off where the value is 6: delta_1 = 2 + 3 - 20 = -15 = A_1; A_0 = 1 - 3.75.
  EXPECT_THAT(Advantages({20.0F, 6.0F, 40.0F}, {0, 1, 0}), ElementsAre(-2.75F, -15.0F, -7.0F));
}

TEST(GeneralizedAdvantagesTest, EnvironmentsDoNotMix) {
  // Two environments, two steps, in rows of two; gamma = lambda = 1.
  const std::vector<float> rewards = {1.0F, 100.0F, 2.0F, 200.0F};
  const std::vector<float> values(4, 0.0F);
  const std::vector<float> next_values = {0.0F, 0.0F, 5.0F, 500.0F};
  const std::vector<std::uint8_t> ended(4, 0);
  std::vector<float> advantages(4);
  GeneralizedAdvantages(rewards, values, next_values, ended, 2, 1.0, 1.0, advantages);
  EXPECT_THAT(advantages, ElementsAre(8.0F, 800.0F, 7.0F, 700.0F));
}

TEST(NextValuesTest, BootstrapsThroughTruncationsAndNotThroughTerminations) {
  // Two environments, three steps. Environment 0 terminates at step 0 and goes on; environment 1 is
  // cut off at step 1 where the value is 9, and terminates with the last step.
  const std::vector<float> values = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
  const std::vector<float> after = {7.0F, 8.0F};
  const std::vector<std::uint8_t> terminated = {1, 0, 0, 0, 0, 1};
  const std::vector<std::uint8_t> truncated = {0, 0, 0, 1, 0, 0};
  const std::vector<float> final_values = {-1.0F, -1.0F, -1.0F, 9.0F, -1.0F, -1.0F};
  std::vector<float> next(6);
  NextValues(values, after, terminated, truncated, final_values, next);
  EXPECT_THAT(next, ElementsAre(0.0F, 4.0F, 5.0F, 9.0F, 7.0F, 0.0F));
}

// Two samples: ratios 1.5 and 0.5, advantages 1 and -2.
PpoBatch ExampleBatch() {
  PpoBatch batch;
  batch.log_probs = at::log(at::tensor({0.3F, 0.2F}));
  batch.old_log_probs = at::log(at::tensor({0.2F, 0.4F}));
  batch.entropies = at::tensor({0.5F, 0.7F});
  batch.values = at::tensor({1.0F, 2.0F});
  batch.old_values = at::tensor({0.0F, 2.1F});
  batch.advantages = at::tensor({1.0F, -2.0F});
  batch.returns = at::tensor({3.0F, 2.5F});
  return batch;
}

TEST(PpoLossTest, TakesTheWorseOfTheClippedAndTheFreeObjective) {
  PpoConfig config;
  config.clip = 0.2;
  config.value_weight = 0.5;
  config.entropy_weight = 0.01;
  const PpoLoss loss = ComputePpoLoss(ExampleBatch(), config);
  // min(1 * 1.5, 1 * 1.2) = 1.2; min(-2 * 0.5, -2 * 0.8) = -1.6; -(1.2 - 1.6) / 2 = 0.2.
  EXPECT_NEAR(loss.policy.item<double>(), 0.2, 1e-6);
  // Free errors (1 - 3)^2 = 4 and 0.5^2 = 0.25. Clipped values 0.2 and 2.0: 2.8^2 = 7.84 and 0.25.
  // Half the mean of the larger ones: (7.84 + 0.25) / 4.
  EXPECT_NEAR(loss.value.item<double>(), 2.0225, 1e-6);
  EXPECT_NEAR(loss.entropy.item<double>(), 0.6, 1e-6);
  EXPECT_NEAR(loss.total.item<double>(), 0.2 + 0.5 * 2.0225 - 0.01 * 0.6, 1e-6);
  config.clip_value_loss = false;
  EXPECT_NEAR(ComputePpoLoss(ExampleBatch(), config).value.item<double>(), 4.25 / 4.0, 1e-6);
}

TEST(PpoLossTest, RaisesTheProbabilityOfGoodActionsAndNotBeyondTheClip) {
  PpoConfig config;
  PpoBatch batch = ExampleBatch();
  // Ratios 1 and 1: descending the loss raises the first log probability and lowers the second.
  batch.log_probs = batch.old_log_probs.clone().requires_grad_();
  ComputePpoLoss(batch, config).policy.backward();
  EXPECT_NEAR(batch.log_probs.grad()[0].item<double>(), -0.5, 1e-6);  // -A ratio / 2
  EXPECT_NEAR(batch.log_probs.grad()[1].item<double>(), 1.0, 1e-6);
  // Both beyond the clip in their direction: no gradient.
  batch.log_probs = (batch.old_log_probs + at::log(at::tensor({1.5F, 0.5F}))).requires_grad_();
  ComputePpoLoss(batch, config).policy.backward();
  EXPECT_EQ(batch.log_probs.grad().abs().max().item<double>(), 0.0);
}

TEST(PpoLossTest, PullsValuesTowardsReturnsAndSpreadsThePolicy) {
  PpoConfig config;
  config.clip_value_loss = false;
  PpoBatch batch = ExampleBatch();
  batch.values.requires_grad_();
  batch.entropies.requires_grad_();
  ComputePpoLoss(batch, config).total.backward();
  EXPECT_NEAR(batch.values.grad()[0].item<double>(), 0.5 * (1.0 - 3.0) / 2.0, 1e-6);
  EXPECT_NEAR(batch.values.grad()[1].item<double>(), 0.5 * (2.0 - 2.5) / 2.0, 1e-6);
  EXPECT_NEAR(batch.entropies.grad()[0].item<double>(), -0.005, 1e-8);
}

TEST(PpoConfigTest, NamesWhatIsWrong) {
  EXPECT_TRUE(CheckPpoConfig({}).ok());
  PpoConfig config;
  config.minibatches = 1000;
  EXPECT_THAT(CheckPpoConfig(config).error(), HasSubstr("minibatches is 1000"));
  config = {};
  config.gamma = 1.5;
  EXPECT_THAT(CheckPpoConfig(config).error(), HasSubstr("gamma"));
}

PpoConfig SmallConfig() {
  PpoConfig config;
  config.rollout_steps = 32;
  config.hidden = {16};
  config.total_steps = 4 * 32 * 10;
  return config;
}

class PpoLearner : public testing::TestWithParam<const char*> {};

TEST_P(PpoLearner, EqualSeedsGiveEqualWeightsAndASavedLearnerGoesOn) {
  const auto first = MakePpo(SmallConfig(), GetParam(), 3);
  const auto again = MakePpo(SmallConfig(), GetParam(), 3);
  const auto resumed = MakePpo(SmallConfig(), GetParam(), 77);
  for (int i = 0; i < 3; ++i) {
    first->Iterate();
    again->Iterate();
  }
  EXPECT_EQ(first->env_steps(), 3 * 4 * 32);
  EXPECT_EQ(first->updates(), 3 * 4 * 4);
  ASSERT_TRUE(resumed->LoadState(again->SaveState()).ok());
  for (int i = 0; i < 3; ++i) {
    first->Iterate();
    resumed->Iterate();
  }
  EXPECT_EQ(resumed->env_steps(), first->env_steps());
  const NamedTensors wanted = first->SaveState();
  const NamedTensors met = resumed->SaveState();
  ASSERT_EQ(met.size(), wanted.size());
  for (const auto& [name, tensor] : wanted) EXPECT_TRUE(met.at(name).equal(tensor)) << name;
  NamedTensors broken = wanted;
  broken.erase("policy.0.weight");
  EXPECT_THAT(resumed->LoadState(broken).error(), HasSubstr("policy.0.weight"));
}

INSTANTIATE_TEST_SUITE_P(Tasks, PpoLearner, testing::Values("cartpole:limit=9", "pendulum:limit=9"),
                         [](const auto& test) { return std::string(test.param).substr(0, 8); });

TEST(PpoLearnerTest, CartPoleGetsBetterWithinSixteenThousandSteps) {
  PpoConfig config;
  config.total_steps = 16384;
  config.lr = 1e-3;
  const auto learner = MakePpo(config, "cartpole", 1);
  double early = 0.0;
  double late = 0.0;
  while (learner->env_steps() < config.total_steps) {
    learner->Iterate();
    const auto returns = learner->TakeReturns();
    for (const double value : returns) {
      (early == 0.0 ? early : late) = value;
    }
  }
  // Random play lasts 22 steps.
  EXPECT_GT(late, 60.0) << "first episode " << early;
}

}  // namespace
}  // namespace tengen

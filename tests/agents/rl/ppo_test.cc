// The update of PPO against numbers worked out by hand.

#include "agents/rl/ppo.h"

#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/vec_env.h"
#include "nets/tensor_ops.h"

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

TEST(NormalizedAdvantagesTest, HaveMeanZeroAndDeviationOne) {
  // Mean 3; the squares 4, 1 and 9 of the deviations make a variance of 14 / (4 - 1).
  const at::Tensor normal = NormalizedAdvantages(at::tensor({1.0F, 2.0F, 3.0F, 6.0F}));
  const std::array<double, 4> deviations = {-2.0, -1.0, 0.0, 3.0};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(normal[static_cast<std::int64_t>(i)].item<double>(),
                deviations.at(i) / std::sqrt(14.0 / 3.0), 1e-6);
  }
}

// A learner on CartPole whose networks are linear with zero weights: the policy is even, the value
// 4, plus slope * x. gamma and lambda are 0.5, a learning rate 0.1: the first step of Adam moves
// each weight that has a gradient by 0.1.
class PpoUpdate : public testing::Test {
 protected:
  PpoUpdate() {
    config_.gamma = config_.gae_lambda = 0.5;
    config_.lr = 0.1;
    config_.hidden = {};
    config_.num_envs = config_.epochs = config_.minibatches = 1;
    config_.rollout_steps = 2;
    config_.total_steps = 8;
    config_.normalize_advantages = false;
  }

  // states: x, x_dot, theta, theta_dot, steps taken, of each environment.
  void Start(const char* env, const std::vector<double>& states, float slope = 0.0F) {
    learner_ = MakePpo(config_, env, 1);
    NamedTensors in = learner_->SaveState();
    in["policy.0.weight"] = at::zeros({2, 4});
    in["policy.0.bias"] = at::zeros({2});
    in["value.0.weight"] = at::tensor({slope, 0.0F, 0.0F, 0.0F}).view({1, 4});
    in["value.0.bias"] = at::tensor({4.0F});
    in["env.states"] = at::tensor(states, at::kDouble);
    ASSERT_TRUE(learner_->LoadState(in).ok());
    learner_->Iterate();
  }
  double Metric(const std::string& wanted) const {
    for (const auto& [name, value] : learner_->Metrics()) {
      if (name == wanted) return value;
    }
    ADD_FAILURE() << "no metric " << wanted;
    return 0.0;
  }
  // With an even policy that has not changed yet, the loss is minus the mean advantage, and the
  // value loss half the mean square of the advantages.
  void ExpectAdvantages(double a, double b) const {
    EXPECT_NEAR(Metric("policy_loss"), -(a + b) / 2.0, 1e-5);
    EXPECT_NEAR(Metric("value_loss"), (a * a + b * b) / 4.0, 1e-4);
  }

  PpoConfig config_;
  std::unique_ptr<RlLearner> learner_;
};

TEST_F(PpoUpdate, LearnsFromTheAdvantagesOfItsOwnRollout) {
  Start("cartpole", {0.0, 0.0, 0.0, 0.0, 0.0});
  // delta = 1 + 0.5 * 4 - 4 = -1 twice; A_1 = -1, A_0 = -1 - 0.25.
  ExpectAdvantages(-1.25, -1.0);
  EXPECT_NEAR(Metric("entropy"), std::log(2.0), 1e-4);
  EXPECT_NEAR(Metric("approx_kl"), 0.0, 1e-6);
  // Returns below the value: it falls.
  EXPECT_NEAR(learner_->Policy()["value.0.bias"][0].item<double>(), 3.9, 1e-4);
  // One of four rollouts is over.
  EXPECT_NEAR(Metric("lr"), 0.075, 1e-9);
}

TEST_F(PpoUpdate, NormalizesAdvantagesWithinAMinibatch) {
  config_.normalize_advantages = true;
  Start("cartpole", {0.0, 0.0, 0.0, 0.0, 0.0});
  EXPECT_NEAR(Metric("policy_loss"), 0.0, 1e-5);
  EXPECT_NEAR(Metric("value_loss"), (1.25 * 1.25 + 1.0) / 4.0, 1e-5);  // returns are left alone
}

TEST_F(PpoUpdate, TerminatedCountsNothingAndCutOffTheLastObservation) {
  config_.num_envs = 2;
  config_.rollout_steps = 1;
  // Both episodes last one step: the first cart leaves the track, the second one rests at x = 2;
  // new episodes start near 0. Values there: 4 + 3 * 2.3 = 10.9 and 4 + 3 * 2 = 10.
  const std::vector<double> states = {2.3, 100.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 0.0};
  Start("cartpole:limit=1", states, 3.0F);
  ExpectAdvantages(1.0 - 10.9, 1.0 + 0.5 * 10.0 - 10.0);
  config_.bootstrap_truncated = false;
  Start("cartpole:limit=1", states, 3.0F);
  ExpectAdvantages(1.0 - 10.9, 1.0 - 10.0);
}

TEST(PpoLearnerTest, AContinuousPolicyKnowsTheDensityOfItsActions) {
  PpoConfig config;
  config.num_envs = config.epochs = config.minibatches = 1;
  config.rollout_steps = 256;  // some of the actions lie beyond the bounds
  const auto learner = MakePpo(config, "pendulum", 1);
  NamedTensors in = learner->SaveState();
  in["policy.log_std"].fill_(std::log(0.8F));
  ASSERT_TRUE(learner->LoadState(in).ok());
  learner->Iterate();
  for (const auto& [name, value] : learner->Metrics()) {
    if (name == "approx_kl") {  // before the first update all ratios are 1
      EXPECT_NEAR(value, 0.0, 1e-6);
    } else if (name == "entropy") {  // of a Gaussian: (1 + log 2 pi) / 2 + log deviation
      EXPECT_NEAR(value, 1.418939 + std::log(0.8), 1e-5);
    }
  }
  in = learner->SaveState();
  in["policy.0.weight"].zero_();
  in["policy.1.weight"].zero_();
  in["policy.2.weight"].zero_();
  in["policy.2.bias"].fill_(30.0F);
  ASSERT_TRUE(learner->LoadState(in).ok());
  ActionRows actions(ActionSpace{.kind = ActionKind::kContinuous, .low = {-2.0F}, .high = {2.0F}},
                     1);
  learner->ActGreedily(std::array{1.0F, 0.0F, 0.0F}, actions);
  EXPECT_THAT(actions.values, ElementsAre(2.0F));
}

TEST(PpoConfigTest, NamesWhatIsWrong) {
  EXPECT_TRUE(CheckPpoConfig({}).ok());
  PpoConfig config;
  config.minibatches = 1000;
  EXPECT_THAT(CheckPpoConfig(config).error(), HasSubstr("minibatches is 1000"));
  config = {};
  config.gamma = 1.5;
  EXPECT_THAT(CheckPpoConfig(config).error(), HasSubstr("gamma"));
  for (const int num_envs : {-1, 0, 2000000000}) {
    config = {};
    config.num_envs = num_envs;
    EXPECT_EQ(CheckPpoConfig(config).error(),
              StrCat("ppo num_envs is ", num_envs, ", wanted 1 to 100000"));
  }
  config = {};
  config.lr = 1e38;
  EXPECT_EQ(CheckPpoConfig(config).error(), "ppo lr is 1e+38, wanted more than 0 and at most 1e30");
  config = {};
  config.adam_eps = 0.0;
  EXPECT_EQ(CheckPpoConfig(config).error(), "ppo adam_eps is 0, wanted more than 0");
  config = {};
  config.clip = 1e39;
  EXPECT_EQ(CheckPpoConfig(config).error(),
            "ppo clip is 1e+39, wanted more than 0 and at most 1000");
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

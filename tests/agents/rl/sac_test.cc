// The update of SAC against numbers worked out by hand.

#include "agents/rl/sac.h"

#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/tensor_ops.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

at::Tensor Row(std::initializer_list<float> values) {
  return at::tensor(at::ArrayRef<float>(values.begin(), values.size()));
}

TEST(SoftTargetsTest, TakesTheSmallerQAndTheEntropyAndStopsAtATermination) {
  const at::Tensor targets = SoftTargets(Row({1.0F, 2.0F}), Row({0.5F, 0.0F}), Row({4.0F, 90.0F}),
                                         Row({6.0F, 80.0F}), Row({-2.0F, -3.0F}), 0.25);
  // 1 + 0.5 * (4 + 0.25 * 2) and 2.
  EXPECT_FLOAT_EQ(targets[0].item<float>(), 3.25F);
  EXPECT_FLOAT_EQ(targets[1].item<float>(), 2.0F);
}

TEST(SoftPolicyLossTest, RaisesTheSmallerQAndTheEntropy) {
  const at::Tensor log_prob = Row({-1.0F, 2.0F}).requires_grad_();
  const at::Tensor q1 = Row({3.0F, 5.0F}).requires_grad_();
  const at::Tensor q2 = Row({4.0F, 1.0F}).requires_grad_();
  const at::Tensor loss = SoftPolicyLoss(log_prob, q1, q2, 0.5);
  EXPECT_FLOAT_EQ(loss.item<float>(), ((-0.5F - 3.0F) + (1.0F - 1.0F)) / 2.0F);
  loss.backward();
  EXPECT_FLOAT_EQ(log_prob.grad()[0].item<float>(), 0.25F);
  EXPECT_FLOAT_EQ(q1.grad()[0].item<float>(), -0.5F);
  EXPECT_FLOAT_EQ(q1.grad()[1].item<float>(), 0.0F);
  EXPECT_FLOAT_EQ(q2.grad()[1].item<float>(), -0.5F);
}

TEST(TemperatureLossTest, RisesWhereTheEntropyIsTooSmall) {
  const at::Tensor log_alpha = Row({std::log(2.0F)}).requires_grad_();
  // Entropy 0.5 is above the wanted -1: the temperature falls, so the gradient is positive.
  const at::Tensor loss = TemperatureLoss(log_alpha, Row({-0.5F}), -1.0);
  EXPECT_FLOAT_EQ(loss.item<float>(), 3.0F);  // -2 * (-0.5 - 1)
  loss.backward();
  EXPECT_FLOAT_EQ(log_alpha.grad()[0].item<float>(), 3.0F);
  // Entropy -3 is below: it rises.
  EXPECT_LT(TemperatureLoss(log_alpha, Row({3.0F}), -1.0).item<float>(), 0.0F);
}

TEST(SampleSquashedTest, DensityIsThatOfTheSquashedGaussian) {
  const at::Tensor mean = Row({0.3F, -0.2F}).view({1, 2});
  const at::Tensor log_std = at::log(Row({0.5F, 2.0F})).view({1, 2});
  const at::Tensor noise = Row({1.0F, -0.5F}).view({1, 2});
  const SquashedSample sample = SampleSquashed(mean, log_std, noise);
  double wanted = 0.0;
  for (const auto& [m, s, e] : {std::array{0.3, 0.5, 1.0}, std::array{-0.2, 2.0, -0.5}}) {
    const double u = m + s * e;
    const double gaussian = std::exp(-0.5 * e * e) / (s * std::sqrt(2.0 * std::numbers::pi));
    wanted += std::log(gaussian) - std::log(1.0 - std::tanh(u) * std::tanh(u));
  }
  EXPECT_NEAR(sample.log_prob[0].item<double>(), wanted, 1e-5);
  EXPECT_NEAR(sample.actions[0][0].item<double>(), std::tanh(0.8), 1e-6);
  EXPECT_NEAR(sample.actions[0][1].item<double>(), std::tanh(-1.2), 1e-6);
  // Far out the density is still a number: log(1 - tanh(50)^2) = 2 log 2 - 100.
  const SquashedSample far =
      SampleSquashed(at::full({1, 1}, 50.0), at::zeros({1, 1}), at::zeros({1, 1}));
  EXPECT_NEAR(far.log_prob[0].item<double>(),
              -0.5 * std::log(2.0 * std::numbers::pi) - 2.0 * std::numbers::ln2 + 100.0, 1e-3);
}

// A learner whose networks are linear with zero weights: Q is 1 and 2, the targets 10 and 8, plus
// slopes, whatever the observation. gamma is 0.5, a learning rate 0.1: the first step of Adam moves
// each weight that has a gradient by 0.1. There is one transition, of a random action, drawn 64
// times.
class SacUpdate : public testing::Test {
 protected:
  SacUpdate() {
    config_.gamma = 0.5;
    config_.lr = 0.1;
    config_.hidden = {};
    config_.batch_size = 64;
    config_.learning_starts = 1;
    config_.target_share = 0.25;
    config_.learn_temperature = false;
    config_.temperature = 1e-12;
    config_.total_steps = 10;
  }

  struct Slopes {
    float target_position = 0.0F;
    float target_action = 0.0F;
    float action = 0.0F;
    float policy_position = 0.0F;
    float raw_log_std = 0.0F;  // a bias of the policy; 0 is a log standard deviation of -1.5
  };
  // One round on the mountain car from a state.
  void Update(const char* env, double position, double velocity, const Slopes& slopes) {
    learner_ = MakeSac(config_, env, 1);
    NamedTensors in = learner_->SaveState();
    in["policy.0.weight"].zero_();
    in["policy.0.weight"][0][0] = slopes.policy_position;
    in["policy.0.bias"] = Row({0.0F, slopes.raw_log_std});
    const std::array<std::pair<const char*, float>, 4> values = {
        {{"q1", 1.0F}, {"q2", 2.0F}, {"target1", 10.0F}, {"target2", 8.0F}}};
    for (const auto& [name, value] : values) {
      const bool target = value > 2.0F;
      in[name + std::string(".0.weight")] = Row({target ? slopes.target_position : 0.0F, 0.0F,
                                                 target ? slopes.target_action : slopes.action})
                                                .view({1, 3});
      in[name + std::string(".0.bias")] = Row({value});
    }
    in["env.states"] = at::tensor({position, velocity, 0.0}, at::kDouble);
    ASSERT_TRUE(learner_->LoadState(in).ok());
    learner_->Iterate();
    after_ = learner_->SaveState();
    reward_ = after_.at("buffer.rewards")[0].item<double>();
  }
  // Of both networks towards one target.
  void ExpectQLoss(double target) const {
    const double wanted = (1.0 - target) * (1.0 - target) + (2.0 - target) * (2.0 - target);
    EXPECT_NEAR(learner_->Metrics()[0].second, wanted, 1e-4 * wanted);
  }
  float After(const char* name, int i = 0) const { return after_.at(name)[i].item<float>(); }

  SacConfig config_;
  std::unique_ptr<RlLearner> learner_;
  NamedTensors after_;
  double reward_ = 0.0;
};

TEST_F(SacUpdate, MovesBothQTowardsTheSmallerTargetAndTheTargetsAfterThem) {
  Update("mountain_car_continuous", -1.0, 0.07, {});
  const double action = after_.at("buffer.actions")[0][0].item<double>();
  EXPECT_NEAR(reward_, -0.1 * action * action, 1e-6);
  ExpectQLoss(reward_ + 0.5 * 8.0);
  EXPECT_NEAR(After("q1.0.bias"), 1.1, 1e-5);
  EXPECT_NEAR(After("q2.0.bias"), 2.1, 1e-5);
  EXPECT_NEAR(After("target1.0.bias"), 10.0 + 0.25 * (1.1 - 10.0), 1e-5);
  EXPECT_NEAR(After("target2.0.bias"), 8.0 + 0.25 * (2.1 - 8.0), 1e-5);
}

TEST_F(SacUpdate, NothingFollowsATermination) {
  Update("mountain_car_continuous", 0.5, 0.07, {});
  EXPECT_GT(reward_, 99.0);
  ExpectQLoss(reward_);
}

TEST_F(SacUpdate, AnEpisodeThatWasCutOffIsWorthTheValueOfItsLastObservation) {
  // At full speed the car gets from -1 to -0.93, and a new episode would start near -0.5.
  Update("mountain_car_continuous:limit=1", -1.0, 0.07, {.target_position = 3.0F});
  ExpectQLoss(reward_ + 0.5 * (8.0 - 3.0 * 0.93));
}

TEST_F(SacUpdate, TheNextActionIsThePolicysInTheNextState) {
  // The car rolls from -0.03 to 0.03 and more, where the policy goes full speed to the right.
  Update("mountain_car_continuous", -0.03, 0.07, {.target_action = 1.0F, .policy_position = 1e4F});
  ExpectQLoss(reward_ + 0.5 * (8.0 + 1.0));
}

TEST_F(SacUpdate, ThePolicyClimbsQAndWidensWhereTheTemperatureIsHigh) {
  for (const float slope : {-5.0F, 5.0F}) {
    Update("mountain_car_continuous", -1.0, 0.07, {.action = slope});
    EXPECT_NEAR(After("policy.0.bias", 0), slope > 0.0F ? 0.1 : -0.1, 1e-5);
  }
  config_.temperature = 1e6;
  Update("mountain_car_continuous", -1.0, 0.07, {});
  EXPECT_NEAR(After("policy.0.bias", 1), 0.1, 1e-5);
}

TEST_F(SacUpdate, TheTemperatureBringsTheEntropyToMinusTheNumberOfComponents) {
  config_.learn_temperature = true;
  config_.temperature = 1.0;
  // Entropy of a Gaussian: 1.42 + log deviation, -0.08 and -3.58; wanted is -1.
  Update("mountain_car_continuous", -1.0, 0.07, {.raw_log_std = 0.0F});
  EXPECT_NEAR(After("log_alpha"), -0.1, 1e-5);
  Update("mountain_car_continuous", -1.0, 0.07, {.raw_log_std = -10.0F});
  EXPECT_NEAR(After("log_alpha"), 0.1, 1e-5);
}

TEST(SacLearner, StretchesActionsToTheirBounds) {
  SacConfig config;
  config.hidden = {};
  config.total_steps = 10;
  const auto learner = MakeSac(config, "pendulum", 1);
  NamedTensors in = learner->SaveState();
  in["policy.0.weight"].zero_();
  in["policy.0.bias"] = Row({std::atanh(0.5F), 0.0F});
  in["env.states"] = at::zeros({3}, at::kDouble);
  ASSERT_TRUE(learner->LoadState(in).ok());
  ActionRows actions(ActionSpace{.kind = ActionKind::kContinuous, .low = {-2.0F}, .high = {2.0F}},
                     1);
  learner->ActGreedily(std::array{1.0F, 0.0F, 0.0F}, actions);
  EXPECT_NEAR(actions.values[0], 1.0, 1e-6);
  // At rest upright the reward is -0.001 times the square of the torque; Q learns of (-1, 1).
  learner->Iterate();
  const NamedTensors after = learner->SaveState();
  const double unit = after.at("buffer.actions")[0][0].item<double>();
  EXPECT_NEAR(after.at("buffer.rewards")[0].item<double>(), -0.001 * 4.0 * unit * unit, 1e-7);
}

TEST(SacConfigTest, NamesWhatIsWrong) {
  EXPECT_TRUE(CheckSacConfig({}).ok());
  SacConfig config;
  config.temperature = 0.0;
  EXPECT_THAT(CheckSacConfig(config).error(), HasSubstr("temperature is 0"));
  config = {};
  config.batch_size = -1;
  EXPECT_THAT(CheckSacConfig(config).error(), HasSubstr("batch_size is -1, wanted 1 to"));
  config = {};
  config.lr = 1e38;
  EXPECT_EQ(CheckSacConfig(config).error(), "sac lr is 1e+38, wanted more than 0 and at most 1e30");
  config = {};
  config.adam_eps = 0.0;
  EXPECT_EQ(CheckSacConfig(config).error(), "sac adam_eps is 0, wanted more than 0");
}

SacConfig SmallConfig() {
  SacConfig config;
  config.hidden = {8};
  config.batch_size = 8;
  config.learning_starts = 25;
  config.hold_steps = 10;
  config.total_steps = 100;
  return config;
}

TEST(SacLearner, EqualSeedsGiveEqualWeightsAndASavedLearnerGoesOn) {
  for (const int before : {15, 40}) {  // in the middle of a held action, and of learning
    const auto first = MakeSac(SmallConfig(), "pendulum:limit=30", 3);
    const auto again = MakeSac(SmallConfig(), "pendulum:limit=30", 3);
    const auto resumed = MakeSac(SmallConfig(), "pendulum:limit=30", 77);
    for (int i = 0; i < before; ++i) {
      first->Iterate();
      again->Iterate();
    }
    ASSERT_TRUE(resumed->LoadState(again->SaveState()).ok());
    for (int i = 0; i < 30; ++i) {
      first->Iterate();
      resumed->Iterate();
    }
    EXPECT_EQ(first->env_steps(), before + 30);
    EXPECT_EQ(first->updates(), before + 30 - 24);
    const NamedTensors wanted = first->SaveState();
    const NamedTensors met = resumed->SaveState();
    ASSERT_EQ(met.size(), wanted.size());
    for (const auto& [name, tensor] : wanted) EXPECT_TRUE(met.at(name).equal(tensor)) << name;
    NamedTensors broken = wanted;
    broken.erase("log_alpha");
    EXPECT_THAT(resumed->LoadState(broken).error(), HasSubstr("log_alpha"));
  }
}

}  // namespace
}  // namespace tengen

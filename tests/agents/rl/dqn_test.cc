// The update of DQN against numbers worked out by hand.

#include "agents/rl/dqn.h"

#include <array>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/tensor_ops.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

at::Tensor Row(std::initializer_list<float> values) {
  return at::tensor(at::ArrayRef<float>(values.begin(), values.size()));
}

TEST(QTargetsTest, BootstrapsWhereTheDiscountSaysSo) {
  const at::Tensor rewards = Row({1.0F, 2.0F});
  const at::Tensor discounts = Row({0.5F, 0.0F});  // the second terminated
  const at::Tensor next_target = Row({3.0F, 7.0F, 100.0F, 200.0F}).view({2, 2});
  const at::Tensor single = QTargets(rewards, discounts, next_target, {});
  EXPECT_EQ(single[0].item<float>(), 1.0F + 0.5F * 7.0F);
  EXPECT_EQ(single[1].item<float>(), 2.0F);
  // Double: the online network chooses action 0, the target network values it.
  const at::Tensor online = Row({9.0F, 8.0F, 0.0F, 0.0F}).view({2, 2});
  const at::Tensor twice = QTargets(rewards, discounts, next_target, online);
  EXPECT_EQ(twice[0].item<float>(), 1.0F + 0.5F * 3.0F);
  EXPECT_EQ(twice[1].item<float>(), 2.0F);
  const at::Tensor learning = next_target.clone().requires_grad_();
  EXPECT_FALSE(QTargets(rewards, discounts, learning, {}).requires_grad());
}

TEST(QLossTest, IsTheWeightedMeanOfSquaresOrHuber) {
  const at::Tensor q = Row({1.0F, 5.0F}).requires_grad_();
  const at::Tensor targets = Row({1.5F, 2.0F});
  const at::Tensor weights = Row({1.0F, 0.5F});
  const at::Tensor squares = QLoss(q, targets, weights, false);
  EXPECT_FLOAT_EQ(squares.item<float>(), (0.25F + 0.5F * 9.0F) / 2.0F);
  squares.backward();
  // Descending pulls each q towards its target.
  EXPECT_FLOAT_EQ(q.grad()[0].item<float>(), 2.0F * -0.5F / 2.0F);
  EXPECT_FLOAT_EQ(q.grad()[1].item<float>(), 0.5F * 2.0F * 3.0F / 2.0F);
  // 0.5 * 0.5^2 = 0.125 and 3 - 0.5 = 2.5.
  EXPECT_FLOAT_EQ(QLoss(q, targets, weights, true).item<float>(), (0.125F + 0.5F * 2.5F) / 2.0F);
}

TEST(DuelingQTest, AddsTheValueToCentredAdvantages) {
  const at::Tensor q = DuelingQ(Row({10.0F, 1.0F, 2.0F, 6.0F}).view({1, 4}));
  EXPECT_TRUE(at::allclose(q, Row({8.0F, 9.0F, 13.0F}).view({1, 3})));
}

TEST(ExplorationEpsilonTest, FallsLinearlyAndStays) {
  DqnConfig config;
  config.total_steps = 1000;
  config.epsilon_start = 1.0;
  config.epsilon_end = 0.2;
  config.epsilon_share = 0.5;
  EXPECT_DOUBLE_EQ(ExplorationEpsilon(config, 0), 1.0);
  EXPECT_DOUBLE_EQ(ExplorationEpsilon(config, 250), 0.6);
  EXPECT_DOUBLE_EQ(ExplorationEpsilon(config, 500), 0.2);
  EXPECT_DOUBLE_EQ(ExplorationEpsilon(config, 900), 0.2);
}

TEST(DqnConfigTest, NamesWhatIsWrong) {
  EXPECT_TRUE(CheckDqnConfig({}).ok());
  DqnConfig config;
  config.n_step = 0;
  EXPECT_THAT(CheckDqnConfig(config).error(), HasSubstr("n_step is 0"));
  config = {};
  config.epsilon_end = 1.5;
  EXPECT_THAT(CheckDqnConfig(config).error(), HasSubstr("epsilon is 1.5"));
  config = {};
  config.batch_size = 2000000000;
  EXPECT_THAT(CheckDqnConfig(config).error(), HasSubstr("batch_size is 2000000000, wanted 1 to"));
  config = {};
  config.lr = 1e38;
  EXPECT_EQ(CheckDqnConfig(config).error(), "dqn lr is 1e+38, wanted more than 0 and at most 1e30");
  config = {};
  config.adam_eps = 0.0;
  EXPECT_EQ(CheckDqnConfig(config).error(), "dqn adam_eps is 0, wanted more than 0");
}

// A learner on CartPole whose networks are linear with zero weights, so that Q is a bias whatever
// the observation: every number of an update can be worked out by hand. gamma is 0.5, a learning
// rate 0.1: the first step of Adam moves each weight that has a gradient by 0.1.
class DqnUpdate : public testing::Test {
 protected:
  DqnUpdate() {
    config_.gamma = 0.5;
    config_.lr = 0.1;
    config_.hidden = {};
    config_.buffer_size = 10;
    config_.learning_starts = config_.batch_size = config_.train_every = 1;
    config_.target_every = 1000;
    config_.epsilon_start = config_.epsilon_end = 0.0;
  }

  // Starts from a state of CartPole with Q (1, 2) and target Q (10, 4), plus slope * x.
  void Start(const char* env, std::array<double, 4> state, float target_slope = 0.0F) {
    learner_ = MakeDqn(config_, env, 1);
    NamedTensors in = learner_->SaveState();
    in["q.0.weight"] = at::zeros({2, 4});
    in["q.0.bias"] = Row({1.0F, 2.0F});
    in["target.0.weight"] = at::zeros({2, 4});
    in["target.0.weight"].select(1, 0).fill_(target_slope);
    in["target.0.bias"] = Row({10.0F, 4.0F});
    in["env.states"] = at::tensor({state[0], state[1], state[2], state[3], 0.0}, at::kDouble);
    ASSERT_TRUE(learner_->LoadState(in).ok());
  }
  // Mean loss of the updates of one round.
  double LossOfRound() {
    learner_->Iterate();
    return learner_->Metrics()[0].second;
  }
  float Saved(const char* name, int i) { return learner_->SaveState()[name][i].item<float>(); }

  DqnConfig config_;
  std::unique_ptr<RlLearner> learner_;
};

constexpr std::array<double, 4> kUpright = {0.0, 0.0, 0.0, 0.0};
constexpr std::array<double, 4> kLeavesTheTrack = {2.3, 100.0, 0.0, 0.0};

TEST_F(DqnUpdate, MovesTheQOfTheActionTakenTowardsItsTarget) {
  Start("cartpole", kUpright);
  // Action 1 is the better one; its target is 1 + 0.5 * 10.
  EXPECT_NEAR(LossOfRound(), (2.0 - 6.0) * (2.0 - 6.0), 1e-5);
  EXPECT_FLOAT_EQ(Saved("q.0.bias", 0), 1.0F);
  EXPECT_NEAR(Saved("q.0.bias", 1), 2.1, 1e-5);
  EXPECT_EQ(Saved("target.0.bias", 1), 4.0F);
}

TEST_F(DqnUpdate, DoubleQTakesTheActionOfTheOnlineNetworkAndTheValueOfTheOther) {
  config_.double_q = true;
  Start("cartpole", kUpright);
  EXPECT_NEAR(LossOfRound(), (2.0 - 3.0) * (2.0 - 3.0), 1e-5);  // 1 + 0.5 * 4
}

TEST_F(DqnUpdate, NothingFollowsATermination) {
  Start("cartpole", kLeavesTheTrack);
  EXPECT_NEAR(LossOfRound(), 1.0, 1e-5);  // (2 - 1)^2
  Start("cartpole:limit=1", kLeavesTheTrack);
  EXPECT_NEAR(LossOfRound(), 1.0, 1e-5);
}

TEST_F(DqnUpdate, AnEpisodeThatWasCutOffIsWorthTheValueOfItsLastObservation) {
  // At rest at x = 2 the cart is there after one step too, and the next episode starts near 0.
  Start("cartpole:limit=1", {2.0, 0.0, 0.0, 0.0}, /*target_slope=*/3.0F);
  EXPECT_NEAR(LossOfRound(), (2.0 - 9.0) * (2.0 - 9.0), 1e-4);  // 1 + 0.5 * (10 + 3 * 2)
}

TEST_F(DqnUpdate, ThreeStepsAreSummedBeforeTheValue) {
  config_.n_step = 3;
  config_.learning_starts = 3;
  Start("cartpole", kUpright);
  EXPECT_EQ(LossOfRound(), 0.0);
  EXPECT_EQ(LossOfRound(), 0.0);
  // 1 + 1/2 + 1/4 + 10/8 = 3.
  EXPECT_NEAR(LossOfRound(), 1.0, 1e-5);
}

TEST_F(DqnUpdate, TheTargetNetworkFollowsByItsShareWhenItsTimeComes) {
  config_.target_every = 2;
  config_.target_share = 0.25;
  Start("cartpole", kUpright);
  learner_->Iterate();
  EXPECT_EQ(Saved("target.0.bias", 0), 10.0F);
  learner_->Iterate();
  EXPECT_NEAR(Saved("target.0.bias", 0), 10.0 + 0.25 * (1.0 - 10.0), 1e-5);
  EXPECT_NEAR(Saved("target.0.bias", 1), 4.0 + 0.25 * (2.1 - 4.0), 1e-5);
}

TEST_F(DqnUpdate, LearningThatRanAwayIsAnErrorAndNoBug) {
  config_.lr = 1e30;
  Start("cartpole", kUpright);
  try {
    for (int i = 0; i < 5; ++i) learner_->Iterate();
    ADD_FAILURE() << "went on";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("wanted a finite one; a smaller lr may help"));
  }
}

TEST_F(DqnUpdate, TheLearningRateFallsToNothingAtTheEnd) {
  config_.anneal_lr = true;
  config_.learning_starts = 3;
  config_.train_every = 2;
  config_.gradient_steps = 3;
  config_.total_steps = 10;  // updates after 4, 6, 8 and 10 steps
  Start("cartpole", kUpright);
  while (learner_->env_steps() < 4) learner_->Iterate();
  EXPECT_NEAR(learner_->Metrics().back().second, 0.1 * (1.0 - 3.0 / 12.0), 1e-9);
  while (learner_->env_steps() < 10) learner_->Iterate();
  EXPECT_NEAR(learner_->Metrics().back().second, 0.0, 1e-9);
}

DqnConfig SmallConfig() {
  DqnConfig config;
  config.hidden = {16};
  config.learning_starts = 50;
  config.buffer_size = 200;
  config.batch_size = 16;
  config.target_every = 40;
  config.total_steps = 400;
  return config;
}

class DqnLearner : public testing::TestWithParam<bool> {
 protected:
  static DqnConfig Config() {
    DqnConfig config = SmallConfig();
    if (!GetParam()) return config;
    config.double_q = config.dueling = true;
    config.n_step = 3;
    config.priority_alpha = 0.6;
    return config;
  }
};

TEST_P(DqnLearner, EqualSeedsGiveEqualWeightsAndASavedLearnerGoesOn) {
  const auto first = MakeDqn(Config(), "cartpole", 3);
  const auto again = MakeDqn(Config(), "cartpole", 3);
  const auto resumed = MakeDqn(Config(), "cartpole", 77);
  for (int i = 0; i < 15; ++i) {
    first->Iterate();
    again->Iterate();
  }
  EXPECT_EQ(first->env_steps(), 150);
  EXPECT_EQ(first->updates(), 11);  // after 50, 60, ..., 150 steps
  ASSERT_TRUE(resumed->LoadState(again->SaveState()).ok());
  for (int i = 0; i < 15; ++i) {
    first->Iterate();
    resumed->Iterate();
  }
  const NamedTensors wanted = first->SaveState();
  const NamedTensors met = resumed->SaveState();
  ASSERT_EQ(met.size(), wanted.size());
  for (const auto& [name, tensor] : wanted) EXPECT_TRUE(met.at(name).equal(tensor)) << name;
}

INSTANTIATE_TEST_SUITE_P(Switches, DqnLearner, testing::Bool(), [](const auto& test) {
  return test.param ? std::string("AllOn") : std::string("Plain");
});

TEST(DqnLearnerTest, LearnsThatCartPolePaysOneAStep) {
  DqnConfig config = SmallConfig();
  config.lr = 1e-3;
  config.hidden = {32};
  config.train_every = 1;
  config.buffer_size = config.total_steps = 3000;
  config.batch_size = 64;
  config.learning_starts = 200;
  config.target_every = 100;
  const auto learner = MakeDqn(config, "cartpole", 1);
  double last = 0.0;
  while (learner->env_steps() < config.total_steps) {
    learner->Iterate();
    for (const double value : learner->TakeReturns()) last = value;
  }
  // Random play lasts 22 steps; q is what is still to come, discounted.
  EXPECT_GT(learner->Metrics()[1].second, 5.0);
  EXPECT_GT(last, 40.0);
}

}  // namespace
}  // namespace tengen

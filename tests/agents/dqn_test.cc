// The update of DQN against numbers worked out by hand.

#include "agents/dqn.h"

#include <string>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

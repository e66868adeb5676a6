// The update of SAC against numbers worked out by hand.

#include "agents/sac.h"

#include <array>
#include <cmath>
#include <numbers>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(SacConfigTest, NamesWhatIsWrong) {
  EXPECT_TRUE(CheckSacConfig({}).ok());
  SacConfig config;
  config.temperature = 0.0;
  EXPECT_THAT(CheckSacConfig(config).error(), HasSubstr("temperature is 0"));
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

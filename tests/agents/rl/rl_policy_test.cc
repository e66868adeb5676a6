// Trained policies read back without their learners: the action, and what they say of it.

#include "agents/rl/rl_policy.h"

#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/rl/dqn.h"
#include "agents/rl/ppo.h"
#include "agents/rl/sac.h"
#include "envs/registry/env_registry.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;

EnvSpec SpecOf(const char* id) { return MakeEnv(id).value()->spec(); }

// A network without hidden layers: [outputs, inputs] weights that only look at the first input.
void AddLinear(NamedTensors& out, const std::string& prefix, int inputs,
               const std::vector<float>& weights, const std::vector<float>& biases) {
  const auto outputs = static_cast<std::int64_t>(weights.size());
  at::Tensor weight = at::zeros({outputs, inputs});
  at::Tensor bias = at::zeros({outputs});
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weight[static_cast<std::int64_t>(i)][0] = weights[i];
    bias[static_cast<std::int64_t>(i)] = biases[i];
  }
  out[prefix + "0.weight"] = weight;
  out[prefix + "0.bias"] = bias;
}

TEST(RlPolicyTest, DqnTellsTheValueOfEachAction) {
  DqnConfig config;
  config.hidden = {};
  NamedTensors tensors;
  AddLinear(tensors, "q.", 4, {2.0F, -1.0F}, {0.5F, 3.0F});
  const auto policy = LoadDqnPolicy(config, SpecOf("cartpole"), tensors).value();
  const PolicyOutput left = policy->Evaluate(std::array{1.0F, 9.0F, 9.0F, 9.0F});
  EXPECT_THAT(left.q, ElementsAre(2.5F, 2.0F));
  EXPECT_EQ(left.index, 0);
  EXPECT_EQ(left.value, 2.5F);
  EXPECT_EQ(policy->Evaluate(std::array{0.0F, 9.0F, 9.0F, 9.0F}).index, 1);
  // Duelling: the first column is the value, the others differ from it by what is above their mean.
  config.dueling = true;
  AddLinear(tensors, "q.", 4, {0.0F, 0.0F, 0.0F}, {10.0F, 1.0F, 3.0F});
  const auto dueling = LoadDqnPolicy(config, SpecOf("cartpole"), tensors).value();
  EXPECT_THAT(dueling->Evaluate(std::array{0.0F, 0.0F, 0.0F, 0.0F}).q, ElementsAre(9.0F, 11.0F));
}

TEST(RlPolicyTest, PpoTellsProbabilitiesAndValue) {
  PpoConfig config;
  config.hidden = {};
  NamedTensors tensors;
  AddLinear(tensors, "policy.", 4, {std::log(3.0F), 0.0F}, {0.0F, 0.0F});
  AddLinear(tensors, "value.", 4, {5.0F}, {1.0F});
  const auto policy = LoadPpoPolicy(config, SpecOf("cartpole"), tensors).value();
  const PolicyOutput out = policy->Evaluate(std::array{1.0F, 0.0F, 0.0F, 0.0F});
  EXPECT_THAT(out.probabilities, ElementsAre(FloatNear(0.75F, 1e-6F), FloatNear(0.25F, 1e-6F)));
  EXPECT_EQ(out.index, 0);
  EXPECT_EQ(out.value, 6.0F);
}

TEST(RlPolicyTest, PpoTellsItsGaussianAndActsWithinTheBounds) {
  PpoConfig config;
  config.hidden = {};
  NamedTensors tensors;
  AddLinear(tensors, "policy.", 3, {3.0F}, {0.0F});
  AddLinear(tensors, "value.", 3, {0.0F}, {-7.0F});
  tensors["policy.log_std"] = at::full({1}, std::log(0.5F));
  const auto policy = LoadPpoPolicy(config, SpecOf("pendulum"), tensors).value();
  const PolicyOutput out = policy->Evaluate(std::array{1.0F, 0.0F, 0.0F});
  ASSERT_EQ(out.spread.size(), 1U);
  EXPECT_FLOAT_EQ(out.spread[0].mean, 3.0F);
  EXPECT_FLOAT_EQ(out.spread[0].low, 2.5F);
  EXPECT_FLOAT_EQ(out.spread[0].high, 3.5F);
  EXPECT_THAT(out.values, ElementsAre(2.0F)) << "the bounds are -2 and 2";
  EXPECT_EQ(out.value, -7.0F);
  tensors.erase("policy.log_std");
  EXPECT_THAT(LoadPpoPolicy(config, SpecOf("pendulum"), tensors).error(), HasSubstr("log_std"));
}

TEST(RlPolicyTest, SacTellsItsSquashedGaussian) {
  SacConfig config;
  config.hidden = {};
  NamedTensors tensors;
  // The deviation's head is 0, which stands for exp(-5 + 3.5) = 0.22313.
  AddLinear(tensors, "policy.", 3, {0.5F, 0.0F}, {0.0F, 0.0F});
  const auto policy = LoadSacPolicy(config, SpecOf("pendulum"), tensors).value();
  const PolicyOutput out = policy->Evaluate(std::array{1.0F, 0.0F, 0.0F});
  ASSERT_EQ(out.spread.size(), 1U);
  EXPECT_NEAR(out.spread[0].mean, 2.0 * std::tanh(0.5), 1e-5);
  EXPECT_NEAR(out.spread[0].low, 2.0 * std::tanh(0.5 - 0.2231302), 1e-5);
  EXPECT_NEAR(out.spread[0].high, 2.0 * std::tanh(0.5 + 0.2231302), 1e-5);
  EXPECT_EQ(out.values[0], out.spread[0].mean);
  EXPECT_FALSE(out.value.has_value());
}

// Of learners with hidden layers after a few updates: the same actions as the learner's own.
void ExpectSameActions(const RlLearner& learner, const RlPolicy& policy, const EnvSpec& spec) {
  Rng rng(1, RngRole::kTest);
  std::vector<float> observation(static_cast<std::size_t>(spec.observation_size()));
  ActionRows actions(spec.action, 1);
  for (int i = 0; i < 100; ++i) {
    for (float& x : observation) x = static_cast<float>(rng.Normal());
    learner.ActGreedily(observation, actions);
    const PolicyOutput out = policy.Evaluate(observation);
    if (spec.action.discrete()) {
      EXPECT_EQ(out.index, actions.indices[0]);
    } else {
      EXPECT_EQ(out.values, actions.values);
    }
  }
}

TEST(RlPolicyTest, ActsAsItsLearner) {
  DqnConfig dqn;
  dqn.dueling = true;
  dqn.learning_starts = 50;
  const auto dqn_learner = MakeDqn(dqn, "acrobot", 3);
  PpoConfig ppo;
  ppo.rollout_steps = 32;
  const auto ppo_learner = MakePpo(ppo, "cartpole", 3);
  const auto continuous_learner = MakePpo(ppo, "pendulum", 3);
  SacConfig sac;
  sac.learning_starts = 20;
  const auto sac_learner = MakeSac(sac, "mountain_car_continuous", 3);
  for (RlLearner* learner :
       {dqn_learner.get(), ppo_learner.get(), continuous_learner.get(), sac_learner.get()}) {
    while (learner->updates() < 4) learner->Iterate();
  }
  const EnvSpec acrobot = SpecOf("acrobot");
  ExpectSameActions(*dqn_learner, *LoadDqnPolicy(dqn, acrobot, dqn_learner->Policy()).value(),
                    acrobot);
  const EnvSpec cartpole = SpecOf("cartpole");
  ExpectSameActions(*ppo_learner, *LoadPpoPolicy(ppo, cartpole, ppo_learner->Policy()).value(),
                    cartpole);
  const EnvSpec pendulum = SpecOf("pendulum");
  ExpectSameActions(*continuous_learner,
                    *LoadPpoPolicy(ppo, pendulum, continuous_learner->Policy()).value(), pendulum);
  const EnvSpec car = SpecOf("mountain_car_continuous");
  ExpectSameActions(*sac_learner, *LoadSacPolicy(sac, car, sac_learner->Policy()).value(), car);
}

TEST(RlPolicyTest, NamesTheTensorThatDoesNotFit) {
  DqnConfig config;
  const NamedTensors tensors = MakeDqn(config, "cartpole", 1)->Policy();
  const auto other = LoadDqnPolicy(config, SpecOf("acrobot"), tensors);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error(), HasSubstr("q.0.weight has the shape"));
  EXPECT_THAT(LoadDqnPolicy(config, SpecOf("cartpole"), {}).error(), HasSubstr("q.0.weight"));
}

}  // namespace
}  // namespace tengen

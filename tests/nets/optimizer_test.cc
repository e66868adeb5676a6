#include "nets/optimizer.h"

#include <cmath>
#include <fstream>
#include <limits>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/optim.h>

#include "nets/torch_compat.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

at::Tensor Parameter(const at::Tensor& value) { return value.clone().set_requires_grad(true); }

void StepWith(Optimizer& optimizer, at::Tensor& parameter, const at::Tensor& gradient) {
  optimizer.ZeroGrad();
  (parameter * gradient).sum().backward();
  optimizer.Step(optimizer.GradNorm());
}

TEST(Adam, FirstTwoUpdatesAsComputedByHand) {
  OptimizerConfig config;
  config.kind = OptimizerKind::kAdam;
  config.lr = 0.1;
  config.beta1 = 0.5;
  config.beta2 = 0.75;
  config.eps = 1.0;
  config.weight_decay = 0.0;
  at::Tensor w = Parameter(at::tensor({1.0F}));
  Optimizer optimizer({w}, config);
  // m = 1, v = 1; m / (1 - 1/2) = 2, v / (1 - 3/4) = 4: w = 1 - 0.1 * 2 / (2 + 1).
  StepWith(optimizer, w, at::tensor({2.0F}));
  EXPECT_NEAR(w.item<double>(), 1.0 - 0.2 / 3.0, 1e-6);
  // m = 1/2, v = 3/4; m / (3/4) = 2/3, v / (7/16) = 12/7.
  StepWith(optimizer, w, at::tensor({0.0F}));
  EXPECT_NEAR(w.item<double>(), 1.0 - 0.2 / 3.0 - 0.1 * (2.0 / 3.0) / (std::sqrt(12.0 / 7.0) + 1.0),
              1e-6);
}

TEST(AdamW, DecaysMatricesButNotVectors) {
  OptimizerConfig config;
  config.lr = 0.5;
  config.weight_decay = 0.1;
  at::Tensor matrix = Parameter(at::full({1, 1}, 2.0));
  at::Tensor vector = Parameter(at::full({1}, 2.0));
  Optimizer optimizer({matrix, vector}, config);
  optimizer.ZeroGrad();
  optimizer.Step(0.0);
  EXPECT_NEAR(matrix.item<double>(), 2.0 * (1.0 - 0.5 * 0.1), 1e-6);
  EXPECT_EQ(vector.item<double>(), 2.0);
}

// LibTorch's own optimizers are the oracle.
template <typename Reference, typename Options>
void ExpectSameAs(OptimizerKind kind) {
  OptimizerConfig config;
  config.kind = kind;
  config.lr = 0.01;
  config.weight_decay = 0.05;
  at::manual_seed(3);
  const at::Tensor start = at::randn({3, 4});
  at::Tensor ours = Parameter(start);
  at::Tensor theirs = Parameter(start);
  Optimizer optimizer({ours}, config);
  Reference reference({theirs}, Options(config.lr).weight_decay(config.weight_decay));
  for (int i = 0; i < 20; ++i) {
    const at::Tensor gradient = at::randn({3, 4});
    StepWith(optimizer, ours, gradient);
    reference.zero_grad();
    (theirs * gradient).sum().backward();
    reference.step();
  }
  EXPECT_LT((ours - theirs).abs().max().item<double>(), 1e-6);
  EXPECT_GT((ours - start).abs().min().item<double>(), 1e-4);
}

TEST(Adam, EqualsLibTorch) {
  ExpectSameAs<torch::optim::Adam, torch::optim::AdamOptions>(OptimizerKind::kAdam);
}
TEST(AdamW, EqualsLibTorch) {
  ExpectSameAs<torch::optim::AdamW, torch::optim::AdamWOptions>(OptimizerKind::kAdamW);
}

// Configs behind the rows of tests/golden/nets/optimizers.json.
OptimizerConfig ConfigOfRow(const std::string& row) {
  OptimizerConfig config;
  config.kind = row == "nesterov" ? OptimizerKind::kMomentum
                                  : ValueByName("optimizer", row, OptimizerNames()).value();
  config.nesterov = row == "nesterov";
  const std::map<std::string, double> rates = {
      {"gradient-descent", 0.05}, {"sgd", 0.1},      {"momentum", 0.05}, {"nesterov", 0.05},
      {"adagrad", 0.3},           {"rmsprop", 0.05}, {"adam", 0.1},      {"adamw", 0.1}};
  config.lr = rates.at(row);
  config.weight_decay = row == "adamw" ? 0.1 : row == "sgd" || row == "nesterov" ? 0.0 : 0.01;
  return config;
}

TEST(Optimizer, FirstFiveStepsOfEachMethodAreThoseOfPyTorch) {
  std::ifstream in(Golden("nets/optimizers.json"));
  const auto golden = nlohmann::json::parse(in);
  const auto rows = golden.at("x").get<std::vector<std::vector<double>>>();
  std::vector<at::Tensor> x_rows;
  for (const auto& row : rows) x_rows.push_back(at::tensor(row, at::kDouble));
  const at::Tensor x = at::stack(x_rows);
  const at::Tensor t = at::tensor(golden.at("t").get<std::vector<double>>(), at::kDouble);
  ASSERT_EQ(golden.at("steps").size(), OptimizerNames().size() + 1);
  for (const auto& [name, steps] : golden.at("steps").items()) {
    for (const auto type : {at::kDouble, at::kFloat}) {
      const auto start = golden.at("w").get<std::vector<double>>();
      at::Tensor w = Parameter(at::tensor(start, at::kDouble).to(type).unsqueeze(1));
      Optimizer optimizer({w}, ConfigOfRow(name));
      for (const auto& wanted : steps) {
        optimizer.ZeroGrad();
        (at::matmul(x.to(type), w).squeeze(1) - t.to(type)).square().mean().backward();
        optimizer.Step(optimizer.GradNorm());
        for (int i = 0; i < 3; ++i) {
          EXPECT_NEAR(w[i].item<double>(), wanted.at(static_cast<std::size_t>(i)).get<double>(),
                      type == at::kDouble ? 1e-12 : 1e-6)
              << name << " weight " << i;
        }
      }
    }
  }
}

TEST(Optimizer, UnknownNamesGiveTheNearest) {
  EXPECT_THAT(ValueByName("optimizer", "adamm", OptimizerNames()).error(),
              HasSubstr("unknown optimizer 'adamm'; did you mean 'adam"));
}

TEST(Optimizer, RulesScaleRateAndDecayOfParametersByName) {
  OptimizerConfig config;
  config.kind = OptimizerKind::kSgd;
  config.lr = 0.5;
  config.weight_decay = 0.1;
  const std::vector<ParameterRule> rules = {
      {[](std::string_view name) { return name == "embedding"; }, 1.0, 0.0},
      {[](std::string_view name) { return name.starts_with("head"); }, 0.5, 2.0}};
  at::Tensor plain = Parameter(at::ones({1, 1}));
  at::Tensor embedding = Parameter(at::ones({1, 1}));
  at::Tensor head = Parameter(at::ones({1}));
  Optimizer optimizer(std::vector<OptimizedTensor>{ApplyRules("body", plain, rules),
                                                   ApplyRules("embedding", embedding, rules),
                                                   ApplyRules("head.weight", head, rules)},
                      config);
  optimizer.ZeroGrad();
  (plain.sum() + embedding.sum() + head.sum()).backward();
  optimizer.Step(optimizer.GradNorm());
  EXPECT_NEAR(plain.item<double>(), 1.0 - 0.5 * (1.0 + 0.1), 1e-6);
  EXPECT_NEAR(embedding.item<double>(), 1.0 - 0.5, 1e-6);
  EXPECT_NEAR(head.item<double>(), 1.0 - 0.5 * 0.5 * (1.0 + 2.0 * 0.1), 1e-6);
}

// The path that a GPU takes, on the CPU.
TEST(Optimizer, StepsDecidedOnTheDeviceEqualThoseOfTheHost) {
  for (const auto& choice : OptimizerNames()) {
    OptimizerConfig config;
    config.kind = choice.value;
    config.clip_norm = 0.5;
    at::Tensor a = Parameter(at::ones({2, 2}));
    at::Tensor b = Parameter(at::ones({2, 2}));
    Optimizer host({a}, config);
    Optimizer device({b}, config);
    for (int i = 0; i < 4; ++i) {
      const at::Tensor gradient = at::arange(4, at::kFloat).view({2, 2}) - i;
      StepWith(host, a, gradient);
      for (const bool good : {false, true}) {  // what is not good is as if it had not been
        device.ZeroGrad();
        (b * (good ? gradient : gradient / 0.0)).sum().backward();
        device.StepWhere(at::full({}, good, at::kBool), device.GradNormTensor());
        if (!good) device.Forget(1);
      }
      EXPECT_EQ(device.step(), host.step());
      EXPECT_LT((a - b).abs().max().item<double>(), 1e-6) << choice.name;
    }
  }
}

TEST(Optimizer, StatesOfChannelsLastWeightsAreThoseOfPlainOnes) {
  OptimizerConfig config;
  const at::Tensor start = at::arange(24, at::kFloat).view({2, 3, 2, 2});
  at::Tensor plain = Parameter(start);
  at::Tensor last = Parameter(start.contiguous(at::MemoryFormat::ChannelsLast));
  Optimizer a({plain}, config);
  Optimizer b({last}, config);
  EXPECT_TRUE(last.is_contiguous(at::MemoryFormat::ChannelsLast));
  for (int i = 0; i < 2; ++i) {
    StepWith(a, plain, start);
    StepWith(b, last, start);
  }
  EXPECT_TRUE(at::equal(plain, last));
  EXPECT_TRUE(at::equal(a.State().at("moment2"), b.State().at("moment2")));
  ASSERT_TRUE(b.Load(a.State()).ok());
  StepWith(a, plain, start);
  StepWith(b, last, start);
  EXPECT_TRUE(at::equal(plain, last));
}

TEST(Optimizer, ClipsLongGradientsToTheNorm) {
  OptimizerConfig config;
  config.clip_norm = 1.0;
  config.beta1 = 0.0;
  at::Tensor w = Parameter(at::zeros({2}));
  Optimizer optimizer({w}, config);
  optimizer.ZeroGrad();
  (w * at::tensor({3.0F, 4.0F})).sum().backward();
  EXPECT_NEAR(optimizer.GradNorm(), 5.0, 1e-6);
  optimizer.Step(optimizer.GradNorm());
  const at::Tensor moment = optimizer.State().at("moment1");
  EXPECT_NEAR(moment[0].item<double>(), 0.6, 1e-6);
  EXPECT_NEAR(moment[1].item<double>(), 0.8, 1e-6);
}

TEST(Optimizer, RefusesGradientsThatAreNotFinite) {
  at::Tensor w = Parameter(at::zeros({2}));
  Optimizer optimizer({w}, {});
  EXPECT_THROW(optimizer.Step(std::numeric_limits<double>::quiet_NaN()), BugError);
}

TEST(Optimizer, LoadedStateGoesOnWithTheSameNumbers) {
  at::Tensor a = Parameter(at::ones({5}));
  Optimizer first({a}, {});
  for (int i = 0; i < 3; ++i) StepWith(first, a, at::arange(5, at::kFloat));
  at::Tensor b = Parameter(a.detach());
  Optimizer second({b}, {});
  ASSERT_TRUE(second.Load(first.State()).ok());
  EXPECT_EQ(second.step(), 3);
  StepWith(first, a, at::ones({5}));
  StepWith(second, b, at::ones({5}));
  EXPECT_TRUE(at::equal(a, b));
}

TEST(Optimizer, LoadSaysWhatIsMissing) {
  at::Tensor w = Parameter(at::ones({5}));
  Optimizer optimizer({w}, {});
  NamedTensors state = optimizer.State();
  state["moment2"] = at::zeros({4});
  EXPECT_THAT(optimizer.Load(state).error(), HasSubstr("moment2 has 4 numbers, wanted 5"));
  state.erase("moment2");
  EXPECT_THAT(optimizer.Load(state).error(), HasSubstr("no moment2"));
}

TEST(LearningRate, RisesLinearlyDuringWarmup) {
  OptimizerConfig config;
  config.lr = 8.0;
  config.warmup_steps = 4;
  EXPECT_DOUBLE_EQ(LearningRate(config, 0), 2.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 2), 6.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 4), 8.0);
}

TEST(LearningRate, LinearFallsToItsFinalFraction) {
  OptimizerConfig config;
  config.lr = 2.0;
  config.schedule = Schedule::kLinear;
  config.total_steps = 10;
  config.final_fraction = 0.5;
  EXPECT_DOUBLE_EQ(LearningRate(config, 0), 2.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 4), 1.6);  // 2 * (1 - 0.5 * 0.4)
  EXPECT_DOUBLE_EQ(LearningRate(config, 10), 1.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 99), 1.0);
  config.total_steps = -1;
  EXPECT_FALSE(CheckOptimizerConfig(config).ok());
}

TEST(LearningRate, FollowsTheRunWithoutAnEndOfItsOwn) {
  OptimizerConfig config;
  config.kind = OptimizerKind::kSgd;
  config.weight_decay = 0.0;
  config.lr = 2.0;
  config.schedule = Schedule::kLinear;
  config.final_fraction = 0.5;
  EXPECT_TRUE(FollowsRun(config));
  EXPECT_DOUBLE_EQ(LearningRate(config, 1000), 2.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 0, 0.4), 1.6);  // 2 * (1 - 0.5 * 0.4)
  EXPECT_DOUBLE_EQ(LearningRate(config, 0, 7.0), 1.0);
  config.warmup_steps = 4;
  EXPECT_DOUBLE_EQ(LearningRate(config, 1, 0.4), 0.8);
  config.warmup_steps = 0;

  at::Tensor parameter = Parameter(at::zeros({1}));
  Optimizer optimizer({parameter}, config);
  optimizer.FollowRun(0.4);
  EXPECT_DOUBLE_EQ(optimizer.lr(), 1.6);
  StepWith(optimizer, parameter, at::ones({1}));
  EXPECT_FLOAT_EQ(parameter.item<float>(), -1.6F);

  config.total_steps = 10;
  EXPECT_FALSE(FollowsRun(config));
  EXPECT_DOUBLE_EQ(LearningRate(config, 4, 0.9), 1.6);
  config = {};
  EXPECT_FALSE(FollowsRun(config));
}

TEST(LearningRate, CosineFallsToItsFinalFraction) {
  OptimizerConfig config;
  config.lr = 2.0;
  config.schedule = Schedule::kCosine;
  config.total_steps = 100;
  config.final_fraction = 0.1;
  EXPECT_DOUBLE_EQ(LearningRate(config, 0), 2.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 50), 1.1);
  EXPECT_NEAR(LearningRate(config, 25), 0.2 + 1.8 * 0.5 * (1.0 + std::sqrt(0.5)), 1e-12);
  EXPECT_DOUBLE_EQ(LearningRate(config, 1000), 0.2);
}

TEST(LearningRate, StepsDown) {
  OptimizerConfig config;
  config.lr = 1.0;
  config.schedule = Schedule::kStep;
  config.decay_steps = 10;
  config.decay_factor = 0.5;
  EXPECT_DOUBLE_EQ(LearningRate(config, 9), 1.0);
  EXPECT_DOUBLE_EQ(LearningRate(config, 10), 0.5);
  EXPECT_DOUBLE_EQ(LearningRate(config, 35), 0.125);
}

TEST(OptimizerConfig, ErrorsNameTheFieldAndTheWantedRange) {
  OptimizerConfig config;
  config.beta2 = 1.0;
  EXPECT_THAT(CheckOptimizerConfig(config).error(), HasSubstr("beta2 is 1, wanted"));
  config = {};
  config.total_steps = -3;
  EXPECT_EQ(CheckOptimizerConfig(config).error(), "total_steps is -3, wanted at least 0");
  config = {};
  config.final_fraction = 1e39;
  EXPECT_EQ(CheckOptimizerConfig(config).error(), "final_fraction is 1e+39, wanted 0 to 1");
  config = {};
  config.decay_factor = -0.5;
  EXPECT_EQ(CheckOptimizerConfig(config).error(), "decay_factor is -0.5, wanted 0 to 1");
}

TEST(OptimizerConfig, LearningRatesStayWithinFloat32) {
  OptimizerConfig config;
  for (const double lr : {0.0, -1.0, 1e38, std::numeric_limits<double>::quiet_NaN()}) {
    config.lr = lr;
    EXPECT_THAT(CheckOptimizerConfig(config).error(), HasSubstr("more than 0 and at most 1e30"));
  }
  config.lr = kMaxLearningRate;
  ASSERT_TRUE(CheckOptimizerConfig(config).ok());
  at::Tensor parameter = Parameter(at::ones({1}));
  Optimizer optimizer({parameter}, config);
  EXPECT_NO_THROW(StepWith(optimizer, parameter, at::ones({1})));
}

}  // namespace
}  // namespace tengen

#include "nets/trainer.h"

#include <limits>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn.h>

#include "nets/linear_net.h"
#include "nets/mlp_net.h"
#include "nets/recurrent_net.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;
using ::testing::HasSubstr;

// y = norm(w x) with one channel; the loss is the mean of (y - t)^2.
struct TinyImpl : nn::Module {
  TinyImpl()
      : conv(register_module("conv", nn::Conv2d(nn::Conv2dOptions(1, 1, 1).bias(false)))),
        norm(register_module("norm", nn::BatchNorm2d(1))) {
    const at::NoGradGuard no_grad;
    conv->weight.fill_(2.0);
  }
  at::Tensor forward(const at::Tensor& x) { return norm(conv(x)); }
  nn::Conv2d conv;
  nn::BatchNorm2d norm;
};
TORCH_MODULE(Tiny);

LossFunction SquaredError(Tiny tiny) {
  return [tiny](const Batch& batch) mutable {
    const at::Tensor loss = (tiny(batch[0]) - batch[1]).square().mean();
    return Loss{loss, {{"error", loss}}};
  };
}

Batch BatchOf(std::uint64_t seed) {
  at::manual_seed(seed);
  const at::Tensor x = at::randn({8, 1, 2, 2});
  return {x, 3.0 * x + 1.0};
}

Batch BrokenBatch() {
  Batch batch = BatchOf(1);
  batch[0].fill_(std::numeric_limits<float>::quiet_NaN());
  return batch;
}

TEST(Trainer, LowersTheLoss) {
  Tiny tiny;
  TrainerConfig config;
  config.optimizer.lr = 0.05;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), config);
  const StepMetrics first = trainer.Step(BatchOf(1));
  for (int i = 0; i < 100; ++i) trainer.Step(BatchOf(1));
  const StepMetrics last = trainer.Step(BatchOf(1));
  EXPECT_EQ(first.step, 1);
  EXPECT_EQ(last.step, 102);
  EXPECT_GT(first.loss, 1.0);
  EXPECT_LT(last.loss, 0.1 * first.loss);
  EXPECT_EQ(first.parts.front().first, "error");
  EXPECT_DOUBLE_EQ(first.parts.front().second, first.loss);
}

TEST(Trainer, AverageFollowsTheFormula) {
  Tiny tiny;
  TrainerConfig config;
  config.ema_decay = 0.15;
  config.optimizer.lr = 0.1;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), config);
  const double w0 = tiny->norm->weight.item<double>();
  trainer.Step(BatchOf(1));
  const double w1 = tiny->norm->weight.item<double>();
  trainer.Step(BatchOf(2));
  const double w2 = tiny->norm->weight.item<double>();
  // d = min(0.15, 1/10), then min(0.15, 2/11).
  const double after1 = 0.1 * w0 + 0.9 * w1;
  const double after2 = 0.15 * after1 + 0.85 * w2;
  EXPECT_NEAR(trainer.AveragedWeights({}).at("norm.weight").item<double>(), after2, 1e-6);
  EXPECT_NEAR(tiny->norm->weight.item<double>(), w2, 0.0);
}

TEST(Trainer, ReestimatesNormStatisticsForTheAverage) {
  Tiny tiny;
  TrainerConfig config;
  config.optimizer.lr = 0.1;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), config);
  for (int i = 0; i < 5; ++i) trainer.Step(BatchOf(1));
  const NamedTensors running = trainer.State();
  const std::vector<Batch> batches = {BatchOf(11), BatchOf(12), BatchOf(13)};
  const NamedTensors averaged = trainer.AveragedWeights(batches);
  const at::Tensor w = averaged.at("conv.weight");
  double mean = 0.0;
  double variance = 0.0;
  for (const Batch& batch : batches) {
    const at::Tensor y = batch[0] * w.item<double>();
    mean += y.mean().item<double>() / 3.0;
    variance += y.var(/*unbiased=*/true).item<double>() / 3.0;
  }
  EXPECT_NEAR(averaged.at("norm.running_mean").item<double>(), mean, 1e-6);
  EXPECT_NEAR(averaged.at("norm.running_var").item<double>(), variance, 1e-5);
  // The weights in training keep their own statistics, and go on collecting with their own
  // momentum.
  for (const auto& [name, tensor] : trainer.State()) {
    EXPECT_TRUE(at::equal(tensor, running.at(name))) << name;
  }
  EXPECT_TRUE(tiny->norm->options.momentum().has_value());
}

TEST(Trainer, SkipsBatchesThatAreNotFiniteAndChangesNothing) {
  Tiny tiny;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), {});
  trainer.Step(BatchOf(1));
  const NamedTensors before = trainer.State();
  const StepMetrics metrics = trainer.Step(BrokenBatch());
  EXPECT_TRUE(metrics.skipped);
  EXPECT_EQ(metrics.step, 1);
  for (const auto& [name, tensor] : trainer.State()) {
    EXPECT_TRUE(at::equal(tensor, before.at(name))) << name;
  }
}

TEST(Trainer, GivesUpAfterTooManySkipsInARow) {
  Tiny tiny;
  TrainerConfig config;
  config.max_skips = 2;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), config);
  trainer.Step(BrokenBatch());
  trainer.Step(BatchOf(1));
  trainer.Step(BrokenBatch());
  EXPECT_THROW(trainer.Step(BrokenBatch()), WorldError);
}

TEST(Trainer, LoadedStateGoesOnWithTheSameNumbers) {
  Tiny a;
  Trainer first(a.ptr(), SquaredError(a), {});
  for (std::uint64_t i = 0; i < 4; ++i) first.Step(BatchOf(i));
  const NamedTensors saved = first.State();
  Tiny b;
  Trainer second(b.ptr(), SquaredError(b), {});
  ASSERT_TRUE(second.Load(saved).ok());
  for (std::uint64_t i = 4; i < 7; ++i) {
    first.Step(BatchOf(i));
    second.Step(BatchOf(i));
  }
  const NamedTensors expected = first.State();
  for (const auto& [name, tensor] : second.State()) {
    EXPECT_TRUE(at::equal(tensor, expected.at(name))) << name;
  }
}

// The path that a GPU takes, on the CPU: numbers are read every third update, the device decides.
TEST(Trainer, ReadingSeveralUpdatesAtOnceTrainsTheSame) {
  Tiny a, b;
  TrainerConfig config;
  config.optimizer.clip_norm = 0.5;
  Trainer each(a.ptr(), SquaredError(a), config);
  config.read_every = 3;
  Trainer third(b.ptr(), SquaredError(b), config);
  double sum = 0.0;
  for (std::uint64_t i = 1; i <= 6; ++i) {
    const Batch batch = BatchOf(i);
    sum += each.Step(batch).loss;
    const StepMetrics metrics = third.Step(batch);
    EXPECT_EQ(metrics.read, i % 3 == 0 ? 3 : 0);
    if (i % 3 != 0) continue;
    EXPECT_NEAR(metrics.loss, sum / 3.0, 1e-5);
    EXPECT_NEAR(metrics.parts.front().second, metrics.loss, 1e-6);
    sum = 0.0;
  }
  for (const auto& [name, tensor] : third.State()) {
    EXPECT_TRUE(at::allclose(tensor, each.State().at(name), 1e-5, 1e-6)) << name;
  }
}

TEST(Trainer, TheDeviceSkipsBatchesThatAreNotFinite) {
  Tiny a, b;
  TrainerConfig config;
  config.read_every = 4;
  Trainer good(a.ptr(), SquaredError(a), config);
  Trainer mixed(b.ptr(), SquaredError(b), config);
  for (const std::uint64_t i : {1, 2, 3}) good.Step(BatchOf(i));
  mixed.Step(BatchOf(1));
  mixed.Step(BatchOf(2));
  const NamedTensors before = mixed.State();
  mixed.Step(BrokenBatch());
  for (const auto& [name, tensor] : mixed.State()) {
    EXPECT_TRUE(at::equal(tensor, before.at(name))) << name;
  }
  mixed.Step(BatchOf(3));
  EXPECT_EQ(mixed.step(), 3);
  for (const auto& [name, tensor] : mixed.State()) {
    EXPECT_TRUE(at::equal(tensor, good.State().at(name))) << name;
  }
  config.max_skips = 4;
  Tiny c;
  Trainer broken(c.ptr(), SquaredError(c), config);
  for (int i = 0; i < 3; ++i) broken.Step(BrokenBatch());
  EXPECT_THROW(broken.Step(BrokenBatch()), WorldError);
}

// Rows of a fixed table, and a net with BatchNorm of rows, dropout and a layer that is frozen.
struct DropNet {
  explicit DropNet(std::uint64_t seed)
      : net(MakeMlpNet({.inputs = 3, .hidden = {6}, .outputs = 1, .norm = true, .dropout = 0.5},
                       seed)) {
    at::manual_seed(9);
    x = at::randn({20, 3});
    y = x.sum(1, true);
  }
  LossFunction SquaredErrors() {
    return [net = net](const Batch& batch) {
      return SupervisedLoss(LossKind::kSquaredError, net.forward(batch[0]), batch[1]);
    };
  }
  std::shared_ptr<DataSource> Source(std::int64_t batch_size) {
    return std::make_shared<ShuffledSource>(std::vector{x, y}, batch_size, 5);
  }
  Net net;
  at::Tensor x, y;
};

TEST(Trainer, ResumesDropoutAndThePlaceInTheDataBitForBit) {
  DropNet a(1), b(2);
  TrainerConfig config;
  config.accumulate = 2;
  Trainer first(a.net.module, a.SquaredErrors(), config, {{}, a.Source(6), a.net.random});
  for (int i = 0; i < 5; ++i) first.Step();
  const NamedTensors saved = first.State();
  Trainer second(b.net.module, b.SquaredErrors(), config, {{}, b.Source(6), b.net.random});
  second.Step();
  ASSERT_TRUE(second.Load(saved).ok());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(first.Step().loss, second.Step().loss);
  }
  const NamedTensors expected = first.State();
  for (const auto& [name, tensor] : second.State()) {
    EXPECT_TRUE(at::equal(tensor, expected.at(name))) << name;
  }
  // Dropout was there at all.
  at::manual_seed(1);
  EXPECT_NE(first.Evaluate({a.x, a.y}).loss, first.Step({a.x, a.y}).loss);
}

TEST(Trainer, AccumulatedGradientsAreThoseOfTheWholeBatch) {
  Net a = MakeLinearNet({3, 1}, 1), b = MakeLinearNet({3, 1}, 1);
  const auto loss = [](const Net& net) {
    return [net](const Batch& batch) {
      return SupervisedLoss(LossKind::kSquaredError, net.forward(batch[0]), batch[1]);
    };
  };
  at::manual_seed(4);
  const at::Tensor x = at::randn({8, 3}), y = at::randn({8, 1});
  TrainerConfig config;
  config.optimizer.kind = OptimizerKind::kSgd;
  Trainer whole(a.module, loss(a), config);
  config.accumulate = 2;
  Trainer halves(b.module, loss(b), config,
                 {{}, std::make_shared<ShuffledSource>(std::vector{x, y}, 4, 1), nullptr});
  const double whole_loss = whole.Step({x, y}).loss;
  EXPECT_NEAR(halves.Step().loss, whole_loss, 1e-6);
  EXPECT_TRUE(at::allclose(NetWeights(a).at("weight"), NetWeights(b).at("weight"), 1e-6, 1e-7));
}

TEST(Trainer, FrozenParametersStayAndRulesHold) {
  Net net = MakeMlpNet({.inputs = 2, .hidden = {3}, .outputs = 1}, 1);
  net.module->named_parameters()["layer0.weight"].set_requires_grad(false);
  const NamedTensors before = NetWeights(net);
  TrainerConfig config;
  config.optimizer.weight_decay = 0.5;
  Trainer trainer(
      net.module,
      [net](const Batch& batch) {
        return SupervisedLoss(LossKind::kSquaredError, net.forward(batch[0]), batch[1]);
      },
      config,
      {{{[](std::string_view name) { return name == "layer1.weight"; }, 0.0, 1.0}}, {}, {}});
  trainer.Step({at::ones({4, 2}), at::ones({4, 1})});
  const NamedTensors after = NetWeights(net);
  EXPECT_TRUE(at::equal(before.at("layer0.weight"), after.at("layer0.weight")));
  EXPECT_TRUE(at::equal(before.at("layer1.weight"), after.at("layer1.weight")));
  EXPECT_FALSE(at::equal(before.at("layer1.bias"), after.at("layer1.bias")));
  EXPECT_TRUE(trainer.AveragedWeights({}).contains("layer0.weight"));
  EXPECT_TRUE(trainer.State().contains("buffer.layer0.weight"));
}

TEST(Trainer, EvaluatesTheAveragedWeightsToo) {
  Tiny tiny;
  TrainerConfig config;
  config.ema_decay = 0.9;
  config.optimizer.lr = 0.1;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), config);
  for (std::uint64_t i = 0; i < 5; ++i) trainer.Step(BatchOf(i));
  Tiny averaged;
  for (const auto& [name, tensor] : trainer.AveragedWeights({})) {
    const at::NoGradGuard no_grad;
    auto* parameter = averaged->named_parameters().find(name);
    (parameter != nullptr ? *parameter : averaged->named_buffers()[name]).copy_(tensor);
  }
  averaged->eval();
  const double wanted = SquaredError(averaged)(BatchOf(9)).total.item<double>();
  EXPECT_NEAR(trainer.Evaluate(BatchOf(9), Weights::kAveraged).loss, wanted, 1e-6);
  EXPECT_NE(trainer.Evaluate(BatchOf(9), Weights::kRaw).loss, wanted);
}

TEST(Trainer, ReestimatesNormStatisticsOfRowsToo) {
  DropNet drop(1);
  Trainer trainer(drop.net.module, drop.SquaredErrors(), {}, {{}, drop.Source(5), drop.net.random});
  for (int i = 0; i < 3; ++i) trainer.Step();
  const at::Tensor state = trainer.State().at("random");
  const std::vector<Batch> batches = {{drop.x, drop.y}};
  const NamedTensors averaged = trainer.AveragedWeights(batches);
  const at::Tensor h = at::linear(drop.x, averaged.at("layer0.weight"), averaged.at("layer0.bias"));
  EXPECT_TRUE(at::allclose(averaged.at("norm0.running_mean"), h.mean(0), 1e-5, 1e-6));
  EXPECT_TRUE(at::equal(trainer.State().at("random"), state));  // no dropout meanwhile
}

TEST(Trainer, RecurrentLayersStayOneBlock) {
  // cuDNN wants all weights, then all biases, from the beginning of their storage on.
  Net net = MakeRecurrentNet({.inputs = 3, .hidden = 4, .layers = 2}, 1);
  const Trainer trainer(net.module, [](const Batch&) { return Loss(); }, {});
  const auto parameters = net.module->named_parameters();
  const float* place = parameters["rnn.weight_ih_l0"].data_ptr<float>();
  EXPECT_EQ(parameters["rnn.weight_ih_l0"].storage_offset(), 0);
  for (const char* name : {"weight_ih_l0", "weight_hh_l0", "weight_ih_l1", "weight_hh_l1",
                           "bias_ih_l0", "bias_hh_l0", "bias_ih_l1", "bias_hh_l1"}) {
    const at::Tensor& tensor = parameters[std::string("rnn.") + name];
    EXPECT_EQ(tensor.data_ptr<float>(), place) << name;
    place += tensor.numel();
  }
}

TEST(Trainer, LoadSaysWhatDoesNotFit) {
  Tiny tiny;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), {});
  NamedTensors state = trainer.State();
  state["weights"] = at::zeros({7});
  EXPECT_THAT(trainer.Load(state).error(), HasSubstr("weights has 7 numbers, wanted 3"));
  state.erase("buffer.norm.running_var");
  state["weights"] = at::zeros({3});
  EXPECT_THAT(trainer.Load(state).error(), HasSubstr("no buffer.norm.running_var"));
}

TEST(Trainer, EvaluateChangesNothing) {
  Tiny tiny;
  Trainer trainer(tiny.ptr(), SquaredError(tiny), {});
  trainer.Step(BatchOf(1));
  const NamedTensors before = trainer.State();
  EXPECT_GT(trainer.Evaluate(BatchOf(2)).loss, 0.0);
  for (const auto& [name, tensor] : trainer.State()) {
    EXPECT_TRUE(at::equal(tensor, before.at(name))) << name;
  }
}

}  // namespace
}  // namespace tengen

#include "nets/trainer.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  torch::manual_seed(seed);
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

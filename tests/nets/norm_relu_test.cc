// BatchNorm with what stands behind it, beside LibTorch's own operators.

#include "nets/norm_relu.h"

#include <cmath>
#include <optional>
#include <tuple>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

struct Answers {
  at::Tensor y, dx, dadded, dweight, dbias, running_mean, running_var;
};

enum class How { kAtOnce, kByOperators };

// Two steps, so that running statistics have moved twice; the answers of the second.
Answers Step(How how, const at::Tensor& map, const at::Tensor& other, bool relu,
             std::optional<double> momentum = 0.1) {
  at::manual_seed(2);
  const std::int64_t channels = map.size(1);
  torch::nn::BatchNorm2d norm(channels);
  norm->options.momentum(momentum ? c10::optional<double>(*momentum) : kNullopt);
  {
    const at::NoGradGuard no_grad;
    norm->weight.copy_(at::randn({channels}));
    norm->bias.copy_(at::randn({channels}));
  }
  Answers answers;
  for (int step = 0; step < 2; ++step) {
    norm->zero_grad();
    const at::Tensor x = (map + 0.5 * step).detach().requires_grad_();
    const at::Tensor added = other.defined() ? other.detach().requires_grad_() : other;
    at::Tensor y;
    if (how == How::kAtOnce) {
      y = NormRelu(*norm, x, added, relu);
    } else {
      y = norm(x);
      if (added.defined()) y = y + added;
      if (relu) y = y.relu();
    }
    at::manual_seed(3);
    y.backward(at::randn(y.sizes()).to(y.scalar_type()));
    answers = {y.detach(),
               x.grad(),
               added.defined() ? added.grad() : at::Tensor(),
               norm->weight.grad().clone(),
               norm->bias.grad().clone(),
               norm->running_mean.clone(),
               norm->running_var.clone()};
  }
  return answers;
}

double Largest(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kFloat) - b.to(at::kFloat)).abs().max().item<double>();
}

void ExpectNear(const Answers& a, const Answers& b, double within) {
  EXPECT_LT(Largest(a.y, b.y), within);
  EXPECT_LT(Largest(a.dx, b.dx), within);
  if (a.dadded.defined()) {
    EXPECT_LT(Largest(a.dadded, b.dadded), within);
  }
  EXPECT_LT(Largest(a.dweight, b.dweight), 30 * within) << "a sum over all rows";
  EXPECT_LT(Largest(a.dbias, b.dbias), 30 * within);
  EXPECT_LT(Largest(a.running_mean, b.running_mean), within);
  EXPECT_LT(Largest(a.running_var, b.running_var), within);
}

at::Tensor Map(int channels, std::uint64_t seed, at::ScalarType type = at::kFloat) {
  at::manual_seed(seed);
  return (3.0 + 2.0 * at::randn({5, channels, 3, 7}))
      .to(type)
      .contiguous(at::MemoryFormat::ChannelsLast);
}

class NormReluTest : public ::testing::TestWithParam<std::tuple<int, bool, bool>> {};

TEST_P(NormReluTest, IsWhatTheOperatorsAre) {
  const auto [channels, adds, relu] = GetParam();
  const at::Tensor x = Map(channels, 1);
  const at::Tensor added = adds ? Map(channels, 4) - 3.0 : at::Tensor();
  ExpectNear(Step(How::kAtOnce, x, added, relu), Step(How::kByOperators, x, added, relu), 1e-5);
  ExpectNear(Step(How::kAtOnce, x, added, relu, std::nullopt),
             Step(How::kByOperators, x, added, relu, std::nullopt), 1e-5);
}

// bfloat16 rounds once at the end, the operators after each step: beside float32.
TEST_P(NormReluTest, InBfloat16IsNear) {
  const auto [channels, adds, relu] = GetParam();
  const at::Tensor x = Map(channels, 1, at::kBFloat16);
  const at::Tensor added = adds ? Map(channels, 4, at::kBFloat16) - 3.0 : at::Tensor();
  const Answers half = Step(How::kAtOnce, x, added, relu);
  EXPECT_EQ(half.y.scalar_type(), at::kBFloat16);
  EXPECT_EQ(half.dx.scalar_type(), at::kBFloat16);
  const Answers whole =
      Step(How::kByOperators, x.to(at::kFloat), adds ? added.to(at::kFloat) : added, relu);
  EXPECT_LT(Largest(half.y, whole.y), 0.04);
  EXPECT_LT((half.dx.to(at::kFloat) - whole.dx).abs().mean().item<double>(), 0.01);
  EXPECT_LT(Largest(half.running_var, whole.running_var), 1e-2);
}

INSTANTIATE_TEST_SUITE_P(Shapes, NormReluTest,
                         ::testing::Combine(::testing::Values(1, 5, 64), ::testing::Bool(),
                                            ::testing::Bool()));

// One channel, two numbers 1 and 5: mean 3, deviation 2, so -1 and 1; times 2, plus 1: -1 and 3.
TEST(NormRelu, ByHand) {
  torch::nn::BatchNorm2d norm(torch::nn::BatchNorm2dOptions(1).eps(0.0));
  {
    const at::NoGradGuard no_grad;
    norm->weight.fill_(2.0);
    norm->bias.fill_(1.0);
  }
  const at::Tensor x = at::tensor({1.0F, 5.0F}).view({1, 1, 1, 2});
  const at::Tensor y = NormRelu(*norm, x, {}, /*relu=*/true).flatten();
  EXPECT_EQ(y[0].item<float>(), 0.0F);
  EXPECT_EQ(y[1].item<float>(), 3.0F);
  // 0.9 of 0 and 1, 0.1 of mean 3 and unbiased variance 8.
  EXPECT_NEAR(norm->running_mean[0].item<float>(), 0.3F, 1e-6);
  EXPECT_NEAR(norm->running_var[0].item<float>(), 0.9F + 0.8F, 1e-6);
}

TEST(NormRelu, DoesNotDependOnThreads) {
  const at::Tensor x = Map(16, 1);
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const Answers one = Step(How::kAtOnce, x, x, true);
  at::set_num_threads(3);
  const Answers three = Step(How::kAtOnce, x, x, true);
  at::set_num_threads(before);
  EXPECT_TRUE(at::equal(one.y, three.y));
  EXPECT_TRUE(at::equal(one.dx, three.dx));
  EXPECT_TRUE(at::equal(one.dweight, three.dweight));
  EXPECT_TRUE(at::equal(one.running_var, three.running_var));
}

TEST(NormRelu, InEvaluationUsesTheRunningStatistics) {
  torch::nn::BatchNorm2d norm(4);
  norm->eval();
  const at::Tensor x = Map(4, 1);
  EXPECT_LT(Largest(NormRelu(*norm, x, x, true), (norm(x) + x).relu()), 1e-7);
  EXPECT_EQ(norm->running_mean.abs().max().item<float>(), 0.0F);
}

}  // namespace
}  // namespace tengen

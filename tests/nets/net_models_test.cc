// The networks of nets/*_net.h against PyTorch's layers and against finite differences.

#include <cmath>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include "nets/attention_net.h"
#include "nets/conv_net.h"
#include "nets/data_source.h"
#include "nets/linear_net.h"
#include "nets/losses.h"
#include "nets/mlp_net.h"
#include "nets/recurrent_net.h"
#include "nets/torch_compat.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

ConvNetConfig SmallConv(ConvStyle style) {
  return {.style = style,
          .channels = 2,
          .rows = 8,
          .columns = 8,
          .outputs = 3,
          .widths = {3, 4},
          .blocks = style == ConvStyle::kVgg ? 2 : 1,
          .hidden = 5};
}

RecurrentNetConfig SmallRecurrent(RecurrentCell cell) {
  return {.cell = cell,
          .inputs = 3,
          .hidden = 4,
          .layers = 2,
          .outputs = 2,
          .readout = RecurrentReadout::kEveryStep};
}

constexpr AttentionNetConfig kSmallAttention = {
    .vocabulary = 5, .context = 6, .layers = 2, .heads = 2, .width = 8};

struct NamedNet {
  std::string name;
  Net net;
};

// By the names of tests/golden/nets/forward.safetensors; recurrent and attention nets by both
// paths.
std::vector<NamedNet> SmallNets() {
  std::vector<NamedNet> nets;
  nets.push_back({"linear", MakeLinearNet({3, 2}, 1)});
  nets.push_back({"mlp", MakeMlpNet({.inputs = 4,
                                     .hidden = {5},
                                     .outputs = 3,
                                     .activation = Activation::kSilu,
                                     .norm = true},
                                    1)});
  nets.push_back({"vgg", MakeConvNet(SmallConv(ConvStyle::kVgg), 1)});
  nets.push_back({"residual", MakeConvNet(SmallConv(ConvStyle::kResidual), 1)});
  for (const auto path : {RecurrentPath::kFormula, RecurrentPath::kFused}) {
    for (const auto& cell : RecurrentCellNames()) {
      nets.push_back({cell.name, MakeRecurrentNet(SmallRecurrent(cell.value), 1, path)});
    }
  }
  for (const auto path : {AttentionPath::kFormula, AttentionPath::kFused}) {
    nets.push_back({"attention", MakeAttentionNet(kSmallAttention, 1, path)});
  }
  return nets;
}

TEST(Nets, ForwardEqualsPyTorchFromTheSameWeights) {
  const auto golden = ReadSafetensors(Golden("nets/forward.safetensors"));
  ASSERT_TRUE(golden.ok()) << golden.error();
  for (auto& [name, net] : SmallNets()) {
    NamedTensors weights;
    const std::string prefix = name + "/weights/";
    for (const auto& [key, tensor] : golden->tensors) {
      if (key.starts_with(prefix)) weights[key.substr(prefix.size())] = tensor;
    }
    const Status loaded = LoadNetWeights(net, weights);
    ASSERT_TRUE(loaded.ok()) << name << ": " << loaded.error();
    net.module->eval();
    const at::NoGradGuard no_grad;
    const at::Tensor y = net.forward(golden->tensors.at(name + "/x"));
    const at::Tensor wanted = golden->tensors.at(name + "/y");
    ASSERT_EQ(y.sizes(), wanted.sizes()) << name;
    EXPECT_LT((y - wanted).abs().max().item<double>(), 1e-5) << name;
    EXPECT_GT(wanted.abs().max().item<double>(), 0.1) << name;
  }
}

// Inputs of the shape that a small net takes, and targets for its loss.
Batch SmallBatch(const std::string& name) {
  if (name == "linear") return {at::randn({4, 3}, at::kDouble), at::randn({4, 2}, at::kDouble)};
  if (name == "mlp") return {at::randn({4, 4}, at::kDouble), at::randint(3, {4}, at::kLong)};
  if (name == "vgg" || name == "residual") {
    return {at::randn({3, 2, 8, 8}, at::kDouble), at::randint(3, {3}, at::kLong)};
  }
  if (name == "attention") {
    return {at::randint(5, {2, 6}, at::kLong), at::randint(5, {2, 6}, at::kLong)};
  }
  return {at::randn({2, 5, 3}, at::kDouble), at::randint(2, {2, 5}, at::kLong)};
}

TEST(Nets, GradientsEqualFiniteDifferences) {
  for (auto& [name, net] : SmallNets()) {
    at::manual_seed(2);
    net.module->to(at::kDouble);
    net.module->train();
    const Batch batch = SmallBatch(name);
    const auto loss = [&net = net, &batch, &name = name] {
      const bool squared = name == "linear";
      return SupervisedLoss(squared ? LossKind::kSquaredError : LossKind::kCrossEntropy,
                            net.forward(batch[0]), batch[1], squared ? 0.0 : 0.1)
          .total;
    };
    // Where no weight is a special one: zero scales of norms hide the weights behind them.
    for (at::Tensor& parameter : net.module->parameters()) {
      parameter.detach().add_(0.3 * at::randn(parameter.sizes(), at::kDouble));
    }
    loss().backward();
    for (const auto& item : net.module->named_parameters()) {
      const at::NoGradGuard no_grad;
      at::Tensor weights = item.value().detach().view({-1});
      const at::Tensor gradient = item.value().grad().reshape({-1});
      double norm = 0.0, error = 0.0;
      for (std::int64_t i = 0; i < weights.numel(); i += 1 + weights.numel() / 12) {
        double* w = weights.data_ptr<double>() + i;
        const double before = *w;
        // Central differences of fourth order, whose error is small beside 1e-6.
        constexpr double kStep = 1e-3;
        const auto at_offset = [&](double offset) {
          *w = before + offset;
          const double value = loss().item<double>();
          *w = before;
          return value;
        };
        const double difference = (8.0 * (at_offset(kStep / 8) - at_offset(-kStep / 8)) -
                                   (at_offset(kStep / 4) - at_offset(-kStep / 4))) /
                                  (12.0 * kStep / 8);
        const double exact = gradient[i].item<double>();
        norm += exact * exact;
        error += (exact - difference) * (exact - difference);
      }
      EXPECT_GT(norm, 0.0) << name << " " << item.key();
      EXPECT_LT(std::sqrt(error), 1e-6 * std::sqrt(norm) + 1e-10) << name << " " << item.key();
    }
  }
}

TEST(Nets, WeightsAreAFunctionOfTheSeed) {
  for (const auto& choice : RecurrentCellNames()) {
    const Net a = MakeRecurrentNet(SmallRecurrent(choice.value), 3);
    const Net b = MakeRecurrentNet(SmallRecurrent(choice.value), 3);
    const Net c = MakeRecurrentNet(SmallRecurrent(choice.value), 4);
    for (const auto& [name, tensor] : NetWeights(a)) {
      EXPECT_TRUE(at::equal(tensor, NetWeights(b).at(name))) << name;
      EXPECT_FALSE(at::equal(tensor, NetWeights(c).at(name))) << name;
    }
  }
}

TEST(Nets, LoadSaysWhatDoesNotFit) {
  Net net = MakeLinearNet({3, 2}, 1);
  NamedTensors weights = NetWeights(net);
  weights["bias"] = at::zeros({3});
  EXPECT_THAT(LoadNetWeights(net, weights).error(), HasSubstr("bias is CPUFloatType [3]"));
  weights["bias"] = at::zeros({2});
  weights["more"] = at::zeros({2});
  EXPECT_THAT(LoadNetWeights(net, weights).error(), HasSubstr("a tensor more, wanted none"));
  EXPECT_EQ(ParameterCount(net), 8);
}

TEST(Nets, DropoutKeepsTheMeanAndIsOfTheNetsOwnStream) {
  RandomStream stream(1), again(1);
  at::manual_seed(1);
  const at::Tensor x = at::ones({10000});
  const at::Tensor dropped = stream.Dropout(x, 0.25);
  EXPECT_NEAR(dropped.mean().item<double>(), 1.0, 0.03);
  EXPECT_EQ(dropped.max().item<float>(), 1.0F / 0.75F);
  const at::Tensor global = at::rand({3});
  EXPECT_TRUE(at::equal(again.Dropout(x, 0.25), dropped));
  at::manual_seed(1);
  EXPECT_TRUE(at::equal(at::rand({3}), global));
}

TEST(AttentionNet, SeesNothingOfWhatComesLater) {
  const Net net = MakeAttentionNet(kSmallAttention, 1);
  net.module->eval();
  const at::NoGradGuard no_grad;
  const at::Tensor x = at::tensor({1, 2, 3, 4, 0, 1}, at::kLong).unsqueeze(0);
  at::Tensor changed = x.clone();
  changed[0][4] = 2;
  const at::Tensor a = net.forward(x), b = net.forward(changed);
  EXPECT_TRUE(at::equal(a.narrow(1, 0, 4), b.narrow(1, 0, 4)));
  EXPECT_FALSE(at::equal(a.narrow(1, 4, 1), b.narrow(1, 4, 1)));
  for (const at::Tensor& map : AttentionMaps(net, x)) {
    EXPECT_EQ(map.sizes(), at::IntArrayRef({2, 6, 6}));
    EXPECT_TRUE(at::allclose(map.sum(2), at::ones({2, 6})));
    EXPECT_EQ(map.triu(1).abs().max().item<float>(), 0.0F);
  }
}

TEST(AttentionNet, PathsAgreeAtTheSizeOfThePreset) {
  const AttentionNetConfig config = {.vocabulary = 65};
  const Net formula = MakeAttentionNet(config, 1, AttentionPath::kFormula);
  const Net fused = MakeAttentionNet(config, 1, AttentionPath::kFused);
  at::manual_seed(1);
  const at::Tensor x = at::randint(65, {2, 64}, at::kLong);
  EXPECT_LT((formula.forward(x) - fused.forward(x)).abs().max().item<double>(), 1e-5);
}

TEST(NetConfigs, ErrorsNameTheFieldAndWhatIsWanted) {
  AttentionNetConfig attention = kSmallAttention;
  attention.heads = 3;
  EXPECT_EQ(CheckAttentionNetConfig(attention).error(),
            "width is 8, wanted a multiple of heads, 3");
  ConvNetConfig conv = SmallConv(ConvStyle::kVgg);
  conv.widths = {4, 4, 4, 4, 4};
  EXPECT_THAT(CheckConvNetConfig(conv).error(), HasSubstr("pictures of 8x8 for 5 stages"));
  conv.widths = {};
  EXPECT_THAT(CheckConvNetConfig(conv).error(), HasSubstr("widths is empty"));
}

TEST(Activations, AreTheirFormulas) {
  const double x = 0.7;
  const double s = 1.0 / (1.0 + std::exp(-x));
  const auto value = [&](const char* name) {
    return Activate(ValueByName("activation", name, ActivationNames()).value(),
                    at::full({1}, x, at::kDouble))
        .item<double>();
  };
  EXPECT_NEAR(value("sigmoid"), s, 1e-12);
  EXPECT_NEAR(value("tanh"), std::tanh(x), 1e-12);
  EXPECT_NEAR(value("relu"), x, 1e-12);
  EXPECT_NEAR(value("gelu"), 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0))), 1e-12);
  EXPECT_NEAR(value("silu"), x * s, 1e-12);
  EXPECT_NEAR(value("mish"), x * std::tanh(std::log1p(std::exp(x))), 1e-12);
  EXPECT_THAT(ValueByName("activation", "rellu", ActivationNames()).error(),
              HasSubstr("did you mean 'relu'?"));
}

TEST(SupervisedLoss, LabelSmoothingByHand) {
  // softmax of (0, log 3): 1/4, 3/4; q = (0.9, 0.1).
  const at::Tensor y = at::tensor({0.0, std::log(3.0)}, at::kDouble).unsqueeze(0);
  const Loss loss =
      SupervisedLoss(LossKind::kCrossEntropy, y, at::zeros({1}, at::kLong), /*smoothing=*/0.2);
  EXPECT_NEAR(loss.total.item<double>(), -0.9 * std::log(0.25) - 0.1 * std::log(0.75), 1e-12);
  EXPECT_EQ(loss.parts.front().first, "cross-entropy");
}

}  // namespace
}  // namespace tengen

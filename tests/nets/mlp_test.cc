#include "nets/mlp.h"

#include <cmath>

#include <gtest/gtest.h>

#include "nets/tensor_ops.h"

namespace tengen {
namespace {

MlpConfig SmallConfig() {
  MlpConfig config;
  config.inputs = 3;
  config.hidden = {5, 4};
  config.outputs = 2;
  config.output_gain = 0.5;
  return config;
}

Mlp MakeMlp(const MlpConfig& config, std::uint64_t seed = 1) {
  Rng rng(seed, RngRole::kNetInit);
  return {config, rng};
}

TEST(MlpTest, OrthogonalWeightsHaveOrthonormalRowsOrColumnsTimesTheirGain) {
  const Mlp mlp = MakeMlp(SmallConfig());
  const auto parameters = mlp.parameters();
  ASSERT_EQ(parameters.size(), 6U);
  // 5x3 is tall: columns; 4x5 and 2x4 are wide: rows.
  const at::Tensor tall = parameters[0].detach();
  EXPECT_TRUE(at::allclose(tall.t().mm(tall), 2.0 * at::eye(3), 1e-5, 1e-6));
  const at::Tensor wide = parameters[2].detach();
  EXPECT_TRUE(at::allclose(wide.mm(wide.t()), 2.0 * at::eye(4), 1e-5, 1e-6));
  const at::Tensor last = parameters[4].detach();
  EXPECT_TRUE(at::allclose(last.mm(last.t()), 0.25 * at::eye(2), 1e-5, 1e-6));
  for (const std::size_t bias : {1U, 3U, 5U}) {
    EXPECT_EQ(parameters[bias].abs().max().item<float>(), 0.0F);
  }
}

TEST(MlpTest, UniformWeightsStayWithinOneOverTheRootOfTheInputs) {
  MlpConfig config = SmallConfig();
  config.init = MlpInit::kUniform;
  config.hidden = {200};
  const auto parameters = MakeMlp(config).parameters();
  const double bound = 1.0 / std::sqrt(3.0);
  for (const std::size_t i : {0U, 1U}) {
    const double top = parameters[i].detach().abs().max().item<double>();
    EXPECT_LE(top, bound);
    EXPECT_GT(top, 0.9 * bound);
  }
}

TEST(MlpTest, ForwardIsLinearActivationLinear) {
  MlpConfig config;
  config.inputs = 2;
  config.hidden = {2};
  config.outputs = 1;
  for (const Activation activation : {Activation::kTanh, Activation::kRelu}) {
    config.activation = activation;
    Mlp mlp = MakeMlp(config);
    NamedTensors weights;
    weights["w0.weight"] = at::tensor({1.0F, 2.0F, -1.0F, 0.5F}).view({2, 2});
    weights["w0.bias"] = at::tensor({0.5F, -1.0F});
    weights["w1.weight"] = at::tensor({2.0F, 3.0F}).view({1, 2});
    weights["w1.bias"] = at::tensor({0.25F});
    ASSERT_TRUE(mlp.LoadFrom(weights, "w").ok());
    // x = (1, -1): hidden (1 - 2 + 0.5, -1 - 0.5 - 1) = (-0.5, -2.5); x = (0, 1): (2.5, -0.5).
    const at::Tensor out = mlp.Forward(at::tensor({1.0F, -1.0F, 0.0F, 1.0F}).view({2, 2}));
    const bool tanh = activation == Activation::kTanh;
    EXPECT_NEAR(out[0][0].item<float>(),
                tanh ? 2.0 * std::tanh(-0.5) + 3.0 * std::tanh(-2.5) + 0.25 : 0.25, 1e-6);
    EXPECT_NEAR(out[1][0].item<float>(),
                tanh ? 2.0 * std::tanh(2.5) + 3.0 * std::tanh(-0.5) + 0.25 : 5.25, 1e-6);
  }
}

TEST(MlpTest, EqualStreamsGiveEqualWeightsAndSavedOnesAreReadBack) {
  const Mlp first = MakeMlp(SmallConfig());
  const Mlp other = MakeMlp(SmallConfig(), 2);
  Mlp again = MakeMlp(SmallConfig());
  EXPECT_TRUE(first.parameters()[2].equal(again.parameters()[2]));
  EXPECT_FALSE(first.parameters()[2].equal(other.parameters()[2]));
  NamedTensors saved;
  other.SaveTo(saved, "net.");
  ASSERT_TRUE(again.LoadFrom(saved, "net.").ok());
  EXPECT_TRUE(again.parameters()[2].equal(other.parameters()[2]));
  EXPECT_FALSE(again.LoadFrom(saved, "other.").ok());
  saved["net.1.weight"] = at::zeros({4, 4});
  EXPECT_NE(again.LoadFrom(saved, "net.").error().find("net.1.weight"), std::string::npos);
}

TEST(MlpTest, MovesTowardsAnother) {
  Mlp a = MakeMlp(SmallConfig());
  const Mlp b = MakeMlp(SmallConfig(), 2);
  const at::Tensor wanted = 0.75 * a.parameters()[0].detach() + 0.25 * b.parameters()[0].detach();
  a.MoveTowards(b, 0.25);
  EXPECT_TRUE(at::allclose(a.parameters()[0].detach(), wanted));
}

}  // namespace
}  // namespace tengen

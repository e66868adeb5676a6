// What holds for the trunks of all kinds, and the bottleneck by hand.

#include "nets/trunk.h"

#include <set>
#include <string>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include "nets/bottleneck_trunk.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

ModelConfig SmallConfig(Trunk trunk, int channels, int blocks) {
  return ConfigFor({"go:size=5", trunk}, channels, blocks);
}

TEST(TrunkKinds, HaveEachTrunkOnceAndNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const TrunkKind& kind : TrunkKinds()) {
    EXPECT_EQ(&KindOf(kind.trunk), &kind);
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
  }
}

// The weights that are told before a run are about those that there are.
TEST(TrunkKinds, TellHowManyWeightsABlockHas) {
  for (const TrunkKind& kind : TrunkKinds()) {
    ModelConfig config = SmallConfig(kind.trunk, 64, 3);
    config.pool_every = 0;
    double weights = 0;
    for (const auto& [name, module] : kind.learn(config).modules) {
      for (const at::Tensor& parameter : module->parameters()) {
        weights += static_cast<double>(parameter.numel());
      }
    }
    EXPECT_NEAR(weights / (3 * 64 * 64), kind.weights_of_block, 0.04 * kind.weights_of_block)
        << kind.name;
  }
}

// What a new network has, not only what a trunk asks for.
TEST(TrunkKinds, NewNetworksHaveBranchesThatBeginAsNothing) {
  for (const TrunkKind& kind : TrunkKinds()) {
    const ModelConfig config = SmallConfig(kind.trunk, 16, 3);
    const std::vector<std::string> ends = kind.learn(config).zero_at_first;
    const Model model(config, 1);
    std::size_t found = 0;
    for (const auto& item : model.module()->named_parameters()) {
      for (const std::string& end : ends) {
        if (!item.key().ends_with(end)) continue;
        ++found;
        EXPECT_EQ(item.value().abs().max().item<float>(), 0.0F) << item.key();
      }
    }
    EXPECT_EQ(found, 3 * ends.size()) << kind.name;
  }
}

// A branch that begins as nothing leaves what is beside it; attention ends with a norm.
TEST(TrunkKinds, BeginAsTheIdentity) {
  const at::NoGradGuard no_grad;
  at::manual_seed(3);
  const at::Tensor map = at::randn({2, 16, 3, 5}).relu();
  for (const Trunk trunk : {Trunk::kResidual, Trunk::kBottleneck}) {
    const LearningTrunk learning = KindOf(trunk).learn(SmallConfig(trunk, 16, 3));
    for (const auto& [block, module] : learning.modules) {
      module->eval();
      for (auto item : module->named_parameters()) {
        const std::string name = block + "." + item.key();
        for (const std::string& end : learning.zero_at_first) {
          if (name.ends_with(end)) item.value().zero_();
        }
      }
    }
    EXPECT_EQ((learning.forward(map) - map).abs().max().item<float>(), 0.0F) << KindOf(trunk).name;
  }
}

// Two channels at one point, so that only the centres of the 3x3 kernels count. x = (1, 2):
//   reduce (1, 1/2): 2.  inner0: first 1/2, second 3: 2 + 3 relu(1) = 5.
//   inner1: first -1, second 7: 5 + 7 relu(-5) = 5.  expand (1, -2): (5, -10).
//   relu((1, 2) + (5, -10)) = (6, 0).
TEST(BottleneckTrunk, ComputesItsFormula) {
  const at::NoGradGuard no_grad;
  ModelConfig config = SmallConfig(Trunk::kBottleneck, 2, 1);
  config.pool_every = 0;
  const LearningTrunk trunk = MakeBottleneckTrunk(config);
  ASSERT_EQ(trunk.modules.size(), 1U);
  EXPECT_EQ(trunk.modules.front().first, "block0");
  torch::nn::Module& block = *trunk.modules.front().second;
  block.eval();
  auto parameters = block.named_parameters();
  const auto set = [&](const std::string& name, const at::Tensor& values) {
    at::Tensor weight = parameters[name + ".conv.weight"];
    const std::int64_t middle = weight.size(2) / 2;
    weight.zero_();
    weight.select(3, middle).select(2, middle).copy_(values);
  };
  set("reduce", at::tensor({1.0F, 0.5F}).view({1, 2}));
  set("inner0.first", at::tensor({0.5F}).view({1, 1}));
  set("inner0.second", at::tensor({3.0F}).view({1, 1}));
  set("inner1.first", at::tensor({-1.0F}).view({1, 1}));
  set("inner1.second", at::tensor({7.0F}).view({1, 1}));
  set("expand", at::tensor({1.0F, -2.0F}).view({2, 1}));
  const at::Tensor y = trunk.forward(at::tensor({1.0F, 2.0F}).view({1, 2, 1, 1})).flatten();
  EXPECT_NEAR(y[0].item<float>(), 6.0F, 1e-3);  // BatchNorm divides by sqrt(1 + 1e-5) four times
  EXPECT_EQ(y[1].item<float>(), 0.0F);
}

TEST(BottleneckTrunk, PoolsInTheFirstInnerBlock) {
  ModelConfig config = SmallConfig(Trunk::kBottleneck, 8, 2);
  config.pool_every = 2;
  std::set<std::string> pools;
  for (const auto& [block, module] : MakeBottleneckTrunk(config).modules) {
    for (const auto& item : module->named_parameters()) {
      if (item.key().ends_with("pool.weight")) pools.insert(block + "." + item.key());
    }
  }
  EXPECT_THAT(pools, testing::ElementsAre("block1.inner0.pool.weight"));
}

// Weights of another step go into the memory of those before, as captured graphs want it.
TEST(FoldedTrunk, TakesTheWeightsOfAnotherStep) {
  const at::NoGradGuard no_grad;
  at::manual_seed(5);
  const at::Tensor map = at::randn({2, 16, 3, 5}).contiguous(at::MemoryFormat::ChannelsLast);
  for (const TrunkKind& kind : TrunkKinds()) {
    const ModelConfig config = SmallConfig(kind.trunk, 16, 2);
    const ModelSnapshot first = RandomModel(config, 1).Snapshot();
    const ModelSnapshot second = RandomModel(config, 2).Snapshot();
    const auto fold = [&](const ModelSnapshot& snapshot) {
      return kind.fold(
          config, FoldedWeights(snapshot.weights, at::kCPU, at::kFloat, ComputePath::kOperators));
    };
    const auto trunk = fold(first), other = fold(second);
    EXPECT_FALSE(at::equal(trunk->Forward(map), other->Forward(map))) << kind.name;
    trunk->CopyFrom(*other);
    EXPECT_TRUE(at::equal(trunk->Forward(map), other->Forward(map))) << kind.name;
  }
}

}  // namespace
}  // namespace tengen

// The loops for the CPU beside the operators of other devices, on the CPU.

#include "nets/point_ops.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "nets/tensor_data.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

struct Case {
  std::int64_t batch, channels, rows, columns;
  at::ScalarType type;
};

// No power of two among them, one position, one row, one channel.
const Case kCases[] = {
    {1, 1, 1, 1, at::kFloat},    {3, 5, 5, 5, at::kFloat},     {7, 16, 9, 9, at::kFloat},
    {2, 33, 6, 7, at::kFloat},   {5, 12, 1, 4, at::kFloat},    {1, 1, 1, 1, at::kBFloat16},
    {3, 5, 5, 5, at::kBFloat16}, {7, 16, 9, 9, at::kBFloat16}, {2, 33, 6, 7, at::kBFloat16},
};

class PointOps : public ::testing::TestWithParam<Case> {
 protected:
  PointOps() { at::manual_seed(1); }

  at::Tensor Map() const {
    const Case& c = GetParam();
    return at::randn({c.batch, c.rows, c.columns, c.channels}).to(c.type).permute({0, 3, 1, 2});
  }
  at::Tensor Bias() const { return at::randn({GetParam().batch, GetParam().channels}); }
  // Of numbers above 1 relative: bfloat16 has 8 bits, and there are two roundings here.
  double Near() const { return GetParam().type == at::kFloat ? 1e-5 : 2e-2; }

  void ExpectNear(const at::Tensor& a, const at::Tensor& b) const {
    ASSERT_EQ(a.sizes(), b.sizes());
    const at::Tensor size = a.to(at::kFloat).abs().clamp_min(1.0);
    EXPECT_LT(((a.to(at::kFloat) - b.to(at::kFloat)) / size).abs().max().item<double>(), Near());
    EXPECT_GT(a.to(at::kFloat).abs().max().item<double>(), 0.0);
  }
};

TEST_P(PointOps, AddReluIsTheSameOnBothPaths) {
  const at::Tensor x = Map();
  at::Tensor a = Map().abs_();
  at::Tensor b = a.clone();
  AddRelu(a, x, ComputePath::kCpu);
  AddRelu(b, x, ComputePath::kOperators);
  ExpectNear(a, b);
}

TEST_P(PointOps, AddBiasReluIsTheSameOnBothPaths) {
  const at::Tensor bias = Bias();
  at::Tensor a = Map().abs_();
  at::Tensor b = a.clone();
  AddBiasRelu(a, bias.abs(), ComputePath::kCpu);
  AddBiasRelu(b, bias.abs(), ComputePath::kOperators);
  ExpectNear(a, b);
}

TEST_P(PointOps, PoolMeanMaxIsTheSameOnBothPaths) {
  const at::Tensor x = Map().abs_();
  const std::int64_t channels = std::max<std::int64_t>(1, GetParam().channels / 4);
  ExpectNear(PoolMeanMax(x, channels, ComputePath::kCpu),
             PoolMeanMax(x, channels, ComputePath::kOperators));
}

TEST_P(PointOps, PointOutputsAreTheSameOnBothPathsAndContiguous) {
  const at::Tensor map = Map();
  const at::Tensor bias = Bias();
  for (const std::int64_t outputs : {1, 2, 3}) {
    const at::Tensor weight = at::randn({outputs, GetParam().channels}) * 0.2;
    const at::Tensor offset = at::randn({outputs});
    const at::Tensor a = PointOutputs(map, bias, weight, offset, ComputePath::kCpu);
    const at::Tensor b = PointOutputs(map, bias, weight, offset, ComputePath::kOperators);
    ExpectNear(a, b);
    EXPECT_TRUE(a.is_contiguous());
    EXPECT_TRUE(b.is_contiguous()) << "readers of raw memory would find positions scrambled";
  }
}

INSTANTIATE_TEST_SUITE_P(Maps, PointOps, ::testing::ValuesIn(kCases));

TEST(PointOpsLayout, LoopsRefuseMapsThatAreNotChannelsLast) {
  at::Tensor map = at::randn({2, 3, 4, 5});
  const at::Tensor bias = at::randn({2, 3});
  EXPECT_THROW(AddBiasRelu(map, bias, ComputePath::kCpu), BugError);
  EXPECT_THROW(PoolMeanMax(map, 1, ComputePath::kCpu), BugError);
  at::Tensor other = at::randn({2, 4, 5, 3}).permute({0, 3, 1, 2});
  EXPECT_THROW(AddRelu(map, other, ComputePath::kCpu), BugError);
}

// What an einsum over "nchw,oc->nohw" leaves with two outputs: the memory is [N][P][O].
TEST(TensorData, ATensorWithOtherStridesIsNotReadAsIfItWereContiguous) {
  const at::Tensor scrambled = at::arange(2 * 9 * 2, at::kFloat).view({2, 9, 2}).transpose(1, 2);
  ASSERT_EQ(scrambled.sizes(), (at::IntArrayRef{2, 2, 9}));
  EXPECT_THROW(DataOf<float>(scrambled), BugError);
  EXPECT_EQ(DataOf<float>(scrambled.contiguous())[1], 2.0F);
}

}  // namespace
}  // namespace tengen

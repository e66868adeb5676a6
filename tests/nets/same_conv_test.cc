#include "nets/same_conv.h"

#include <tuple>
#include <vector>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "nets/intra_op_threads.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

struct Gradients {
  at::Tensor y, dx, dweight;
};

// The convolution, and what the gradient `dy` of its outputs becomes.
Gradients ForthAndBack(at::Tensor x, at::Tensor weight, const at::Tensor& dy) {
  x = x.detach().clone().requires_grad_();
  weight = weight.detach().clone().requires_grad_();
  const at::Tensor y = SameConv(x, weight);
  y.backward(dy);
  return {y.detach(), x.grad(), weight.grad()};
}

// In float64 LibTorch's own convolution does it.
Gradients Expected(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& dy) {
  return ForthAndBack(x.to(at::kDouble), weight.to(at::kDouble), dy.to(at::kDouble));
}

double LargestShare(const at::Tensor& value, const at::Tensor& expected) {
  return ((value.to(at::kDouble) - expected).abs().max() / expected.abs().max()).item<double>();
}

TEST(SameConv, ForthAndBackAreThoseOfDoublePrecision) {
  at::manual_seed(1);
  const std::vector<std::tuple<int, int, int, int, int, int>> cases = {
      // boards, in, out, rows, columns, kernel
      {6, 32, 64, 9, 9, 3},   {33, 64, 32, 5, 5, 3}, {3, 16, 16, 7, 4, 3},
      {2, 48, 48, 19, 19, 3}, {4, 13, 32, 9, 9, 3},  {4, 32, 32, 9, 9, 1}};
  for (const auto& [n, in, out, rows, columns, kernel] : cases) {
    const at::Tensor x = at::randn({n, in, rows, columns});
    const at::Tensor weight = at::randn({out, in, kernel, kernel}) / 10;
    const at::Tensor dy = at::randn({n, out, rows, columns});
    const Gradients expected = Expected(x, weight, dy);
    for (const bool channels_last : {false, true}) {
      const Gradients got = ForthAndBack(
          channels_last ? x.contiguous(at::MemoryFormat::ChannelsLast) : x, weight, dy);
      EXPECT_LT(LargestShare(got.y, expected.y), 1e-5) << in << " " << rows;
      EXPECT_LT(LargestShare(got.dx, expected.dx), 1e-5) << in << " " << rows;
      EXPECT_LT(LargestShare(got.dweight, expected.dweight), 1e-5) << in << " " << rows;
    }
  }
}

TEST(SameConv, ThreadsChangeNoAnswer) {
  at::manual_seed(2);
  const at::Tensor x = at::randn({64, 64, 9, 9});
  const at::Tensor weight = at::randn({64, 64, 3, 3}) / 10;
  const at::Tensor dy = at::randn({64, 64, 9, 9});
  SetIntraOpThreads(1);
  const Gradients one = ForthAndBack(x, weight, dy);
  SetIntraOpThreads(3);
  const Gradients three = ForthAndBack(x, weight, dy);
  const Gradients again = ForthAndBack(x, weight, dy);
  SetIntraOpThreads(1);
  EXPECT_TRUE(one.y.equal(three.y));
  EXPECT_TRUE(one.dx.equal(three.dx));
  EXPECT_TRUE(again.dweight.equal(three.dweight)) << "as many threads give the same sums";
  EXPECT_LT(LargestShare(three.dweight, one.dweight.to(at::kDouble)), 1e-5);
}

}  // namespace
}  // namespace tengen

#include "nets/parallel_loss.h"

#include <gtest/gtest.h>

#include "envs/core/check.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

// Parts x^2, 2 x^2, 3 x^2 at x = (1, 2), and in the last one y at y = 5 too: the sum is
// 6 (1 + 4) + 5 = 35, its gradients 12 x = (12, 24) and 1. A parameter that is in no part has none.
TEST(ParallelLoss, IsTheSumOfItsPartsWithTheirGradients) {
  for (const int threads : {1, 2, 5}) {
    const at::Tensor x = at::tensor({1.0F, 2.0F}).set_requires_grad(true);
    const at::Tensor y = at::tensor({5.0F}).set_requires_grad(true);
    const at::Tensor other = at::tensor({7.0F}).set_requires_grad(true);
    const at::Tensor loss = ParallelLoss({x, y, other}, 3, threads, [&](int part) {
      const at::Tensor squares = (part + 1) * (x * x).sum();
      return part == 2 ? squares + y.sum() : squares;
    });
    EXPECT_EQ(loss.item<float>(), 35.0F);
    loss.backward();
    EXPECT_TRUE(at::equal(x.grad(), at::tensor({12.0F, 24.0F})));
    EXPECT_TRUE(at::equal(y.grad(), at::tensor({1.0F})));
    EXPECT_FALSE(other.grad().defined());
  }
}

// The sum's own value takes part in nothing: twice the loss has twice the gradient.
TEST(ParallelLoss, IsANumberLikeOthers) {
  const at::Tensor x = at::tensor({3.0F}).set_requires_grad(true);
  const at::Tensor loss = ParallelLoss({x}, 2, 2, [&](int) { return (x * x).sum(); });
  (2.0 * loss + 1.0).backward();
  EXPECT_EQ(x.grad().item<float>(), 24.0F);
}

TEST(ParallelLoss, AnErrorOfAPartComesOut) {
  const at::Tensor x = at::tensor({3.0F}).set_requires_grad(true);
  EXPECT_THROW(ParallelLoss({x}, 4, 2,
                            [&](int part) {
                              if (part == 3) throw WorldError("broken");
                              return (x * x).sum();
                            }),
               WorldError);
}

}  // namespace
}  // namespace tengen

#include "experiments/statistics/cholesky.h"

#include <cmath>

#include <gtest/gtest.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

// A = [[4, 2, 2], [2, 5, 3], [2, 3, 6]] = L L^T with L = [[2, 0, 0], [1, 2, 0], [1, 1, 2]].
const Cholesky& Example() {
  static const Cholesky example({4, 2, 2, 2, 5, 3, 2, 3, 6}, 3);
  return example;
}

TEST(Cholesky, SolvesByHand) {
  // A (1, 2, 3) = (14, 21, 26).
  const std::vector<double> x = Example().Solve({14.0, 21.0, 26.0});
  EXPECT_NEAR(x[0], 1.0, 1e-12);
  EXPECT_NEAR(x[1], 2.0, 1e-12);
  EXPECT_NEAR(x[2], 3.0, 1e-12);
}

TEST(Cholesky, TheInverseIsTheAdjugateOverTheDeterminant) {
  // det A = (2 * 2 * 2)^2 = 64; cofactors 21, -6, -4; 20, -8; 16.
  EXPECT_NEAR(Example().LogDeterminant(), std::log(64.0), 1e-12);
  const double expected[] = {21, -6, -4, -6, 20, -8, -4, -8, 16};
  const std::vector<double> inverse = Example().Inverse();
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(inverse[i], expected[i] / 64.0, 1e-12) << i;
}

TEST(Cholesky, NothingIsAMatrixToo) {
  const Cholesky empty({}, 0);
  EXPECT_TRUE(empty.Inverse().empty());
  EXPECT_EQ(empty.LogDeterminant(), 0.0);
}

TEST(Cholesky, ASingularMatrixIsABug) {
  EXPECT_THROW(Cholesky({1, 1, 1, 1}, 2), BugError);
  EXPECT_THROW(Cholesky({1, 1, 1}, 2), BugError) << "too few numbers";
}

}  // namespace
}  // namespace tengen

#include "nets/winograd_gradient.h"

#include <cmath>
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"

namespace tengen {
namespace {

using Numbers = std::vector<float>;

Numbers Draw(std::size_t count, Rng& rng) {
  Numbers numbers(count);
  for (float& number : numbers) number = static_cast<float>(2.0 * rng.Uniform() - 1.0);
  return numbers;
}

// The sum over all points of dy[out] at the point times x[in] at its neighbour k, in double.
double Expected(const Numbers& x, const Numbers& dy, const MapShape& shape, std::size_t in,
                std::size_t out, std::size_t i, std::size_t o, std::size_t k) {
  double sum = 0.0;
  for (std::size_t board = 0; board < shape.n; ++board) {
    for (std::size_t row = 0; row < shape.rows; ++row) {
      for (std::size_t column = 0; column < shape.columns; ++column) {
        const std::size_t from_row = row + k / 3 - 1;
        const std::size_t from_column = column + k % 3 - 1;
        if (from_row >= shape.rows || from_column >= shape.columns) continue;
        const std::size_t lines = board * shape.rows;
        const std::size_t to = (lines + row) * shape.columns + column;
        const std::size_t from = (lines + from_row) * shape.columns + from_column;
        sum += static_cast<double>(x[from * in + i]) * static_cast<double>(dy[to * out + o]);
      }
    }
  }
  return sum;
}

TEST(WinogradGradient, IsTheSumOverAllPoints) {
  Rng rng(3, RngRole::kTest);
  for (const MapShape& shape : {MapShape{3, 9, 9}, MapShape{2, 7, 5}, MapShape{5, 1, 4},
                                MapShape{1, 13, 13}, MapShape{40, 5, 5}}) {
    const std::size_t in = 16;
    const std::size_t out = 48;
    const Numbers x = Draw(shape.n * shape.rows * shape.columns * in, rng);
    const Numbers dy = Draw(shape.n * shape.rows * shape.columns * out, rng);
    const WinogradGradient gradient(shape, in, out);
    Numbers sums;
    gradient.Add(x.data(), dy.data(), 0, gradient.parts(), sums);
    Numbers weight(out * in * 9, 1e9F);
    gradient.Finish(sums, weight.data());
    const double points = static_cast<double>(shape.n * shape.rows * shape.columns);
    for (std::size_t n = 0; n < weight.size(); ++n) {
      const double expected = Expected(x, dy, shape, in, out, n / 9 % in, n / (9 * in), n % 9);
      ASSERT_NEAR(weight[n], expected, 1e-5 * std::sqrt(points) + 1e-5)
          << shape.rows << "x" << shape.columns << ", weight " << n;
    }
  }
}

TEST(WinogradGradient, SharesAddUp) {
  Rng rng(4, RngRole::kTest);
  const MapShape shape{60, 9, 9};
  const Numbers x = Draw(shape.n * 81 * 32, rng);
  const Numbers dy = Draw(shape.n * 81 * 32, rng);
  const WinogradGradient gradient(shape, 32, 32);
  ASSERT_GT(gradient.parts(), 3U);
  Numbers together;
  Numbers first;
  Numbers second;
  gradient.Add(x.data(), dy.data(), 0, gradient.parts(), together);
  gradient.Add(x.data(), dy.data(), 0, 2, first);
  gradient.Add(x.data(), dy.data(), 2, gradient.parts(), second);
  for (std::size_t i = 0; i < first.size(); ++i) first[i] += second[i];
  Numbers expected(std::size_t{32} * 32 * 9);
  Numbers weight(expected.size());
  gradient.Finish(together, expected.data());
  gradient.Finish(first, weight.data());
  for (std::size_t i = 0; i < weight.size(); ++i) ASSERT_NEAR(weight[i], expected[i], 1e-3);
}

}  // namespace
}  // namespace tengen

#include "nets/winograd_conv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "nets/winograd_tile.h"

namespace tengen {
namespace {

using Numbers = std::vector<float>;

struct Layer {
  std::size_t in;
  std::size_t out;
  Numbers weight;  // [out][in][3][3]
  Numbers bias;
};

Numbers Draw(std::size_t count, double scale, Rng& rng) {
  Numbers numbers(count);
  for (float& number : numbers) number = static_cast<float>(scale * (2.0 * rng.Uniform() - 1.0));
  return numbers;
}

Layer DrawLayer(std::size_t in, std::size_t out, Rng& rng) {
  const double scale = 1.0 / std::sqrt(3.0 * static_cast<double>(in));
  return {in, out, Draw(out * in * 9, scale, rng), Draw(out, 1.0, rng)};
}

// The definition of a convolution, in double.
double Expected(const Layer& layer, const Numbers& x, const MapShape& shape, std::size_t point,
                std::size_t channel) {
  const std::size_t column = point % shape.columns;
  const std::size_t row = point / shape.columns % shape.rows;
  const std::size_t board = point / (shape.rows * shape.columns);
  double sum = layer.bias[channel];
  for (std::size_t k = 0; k < 9; ++k) {
    const std::size_t from_row = row + k / 3 - 1;
    const std::size_t from_column = column + k % 3 - 1;
    if (from_row >= shape.rows || from_column >= shape.columns) continue;
    const float* values =
        &x[((board * shape.rows + from_row) * shape.columns + from_column) * layer.in];
    for (std::size_t i = 0; i < layer.in; ++i) {
      sum += static_cast<double>(layer.weight[(channel * layer.in + i) * 9 + k]) * values[i];
    }
  }
  return sum;
}

std::size_t Points(const MapShape& shape) { return shape.n * shape.rows * shape.columns; }

Numbers RunAll(const Layer& layer, const Numbers& x, const MapShape& shape, const float* added,
               bool relu) {
  const WinogradConv conv(layer.weight, layer.bias);
  Numbers y(Points(shape) * layer.out, 1e9F);
  conv.Run(x.data(), shape, added, relu, y.data(), 0, conv.parts(shape));
  return y;
}

class WinogradConvTest : public ::testing::Test {
 protected:
  Rng rng_{7, RngRole::kTest};
};

TEST_F(WinogradConvTest, IsTheConvolutionOnBoardsOfEveryShape) {
  for (std::size_t rows = 1; rows <= 13; ++rows) {
    for (std::size_t columns = std::max<std::size_t>(rows, 3) - 2; columns <= rows + 2; ++columns) {
      const MapShape shape{2, rows, columns};
      const Layer layer = DrawLayer(16, 48, rng_);
      const Numbers x = Draw(Points(shape) * layer.in, 1.0, rng_);
      const Numbers y = RunAll(layer, x, shape, nullptr, /*relu=*/false);
      for (std::size_t point = 0; point < Points(shape); ++point) {
        for (std::size_t channel = 0; channel < layer.out; ++channel) {
          ASSERT_NEAR(y[point * layer.out + channel], Expected(layer, x, shape, point, channel),
                      1e-5)
              << rows << "x" << columns << ", point " << point << ", channel " << channel;
        }
      }
    }
  }
}

TEST_F(WinogradConvTest, AddsAndCutsAtZero) {
  const MapShape shape{3, 9, 9};
  const Layer layer = DrawLayer(32, 32, rng_);
  const Numbers x = Draw(Points(shape) * layer.in, 1.0, rng_);
  const Numbers added = Draw(Points(shape) * layer.out, 1.0, rng_);
  const Numbers y = RunAll(layer, x, shape, added.data(), /*relu=*/true);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double sum = Expected(layer, x, shape, i / layer.out, i % layer.out) + added[i];
    ASSERT_NEAR(y[i], std::max(0.0, sum), 1e-5);
  }
}

// Counted by hand: with a weight of 1 in the middle and 0 elsewhere the input comes back; with 1
// everywhere each output is the sum over the neighbourhood, 4 in a corner of ones, 6 at an edge and
// 9 inside. All numbers of F(3x3) are small fractions, so that the sums are exact.
TEST_F(WinogradConvTest, CountsNeighbours) {
  const MapShape shape{1, 5, 5};
  Layer layer{16, 16, Numbers(std::size_t{16} * 16 * 9), Numbers(16)};
  for (std::size_t k = 0; k < 9; ++k) layer.weight[k] = 1.0F;  // output 0 of input 0
  Numbers x(Points(shape) * 16);
  for (std::size_t point = 0; point < Points(shape); ++point) x[point * 16] = 1.0F;
  const Numbers y = RunAll(layer, x, shape, nullptr, /*relu=*/false);
  EXPECT_NEAR(y[0], 4.0F, 1e-5);
  EXPECT_NEAR(y[2 * 16], 6.0F, 1e-5);
  EXPECT_NEAR(y[12 * 16], 9.0F, 1e-5);
  EXPECT_NEAR(y[24 * 16], 4.0F, 1e-5);
  EXPECT_EQ(y[1], 0.0F);
}

// Bit for bit: the same position gives the same answer in every batch.
TEST_F(WinogradConvTest, AnswersDependOnNothingElseInTheBatch) {
  for (const std::size_t side : {5, 9, 19}) {
    const MapShape shape{11, side, side};
    const Layer layer = DrawLayer(32, 64, rng_);
    const Numbers x = Draw(Points(shape) * layer.in, 1.0, rng_);
    const Numbers together = RunAll(layer, x, shape, nullptr, /*relu=*/false);
    const std::size_t inputs = side * side * layer.in;
    const std::size_t outputs = side * side * layer.out;
    for (std::size_t board = 0; board < shape.n; ++board) {
      const Numbers own(x.begin() + static_cast<std::ptrdiff_t>(board * inputs),
                        x.begin() + static_cast<std::ptrdiff_t>((board + 1) * inputs));
      const Numbers alone = RunAll(layer, own, {1, side, side}, nullptr, /*relu=*/false);
      ASSERT_TRUE(std::equal(alone.begin(), alone.end(),
                             together.begin() + static_cast<std::ptrdiff_t>(board * outputs)));
    }
  }
}

TEST_F(WinogradConvTest, PartsMayBeDoneInAnyOrderAndAtOnce) {
  const MapShape shape{40, 9, 9};
  const Layer layer = DrawLayer(64, 64, rng_);
  const Numbers x = Draw(Points(shape) * layer.in, 1.0, rng_);
  const WinogradConv conv(layer.weight, layer.bias);
  const std::size_t parts = conv.parts(shape);
  ASSERT_GT(parts, 2U);
  Numbers inside(Points(shape) * layer.out);
  conv.Run(x.data(), shape, nullptr, true, inside.data(), 0, parts);

  const WinogradConv again(layer.weight, layer.bias);
  Numbers y(inside.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t part = parts; part-- > 0;) {
      threads.emplace_back(
          [&, part] { again.Run(x.data(), shape, nullptr, true, y.data(), part, part + 1); });
    }
  }
  EXPECT_EQ(y, inside);
}

// From the points 0, 1, -1, 2, -2 come the matrices of F(4 x 4, 3 x 3) in Lavin and Gray 2016,
// section 4.3.
TEST(WinogradMatrices, AreThoseOfThePaper) {
  constexpr winograd::TileMatrices<4> made = winograd::MakeMatrices<4>({0, 1, -1, 2, -2});
  const winograd::Matrix<6, 6> input = {{{4, 0, -5, 0, 1, 0},
                                         {0, -4, -4, 1, 1, 0},
                                         {0, 4, -4, -1, 1, 0},
                                         {0, -2, -1, 2, 1, 0},
                                         {0, 2, -1, -2, 1, 0},
                                         {0, 4, 0, -5, 0, 1}}};
  const winograd::Matrix<4, 6> output = {
      {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}}};
  EXPECT_EQ(made.input, input);
  EXPECT_EQ(made.output, output);
  const std::array<std::array<double, 3>, 6> filter_times_24 = {
      {{6, 0, 0}, {-4, -4, -4}, {-4, 4, -4}, {1, 2, 4}, {1, -2, 4}, {0, 0, 24}}};
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(24.0F * made.filter[i][k], filter_times_24[i][k], 1e-6);
    }
  }
}

TEST(WinogradConv, WantsWholeVectorsOfChannels) {
  EXPECT_TRUE(WinogradConv::Takes(32, 48));
  EXPECT_FALSE(WinogradConv::Takes(13, 64));
  EXPECT_FALSE(WinogradConv::Takes(64, 20));
  EXPECT_TRUE(WinogradConv::Takes(WinogradConv::Whole(13), 64));
  EXPECT_FALSE(WinogradConv::IsFast(1, 64)) << "most of it would be zeros";
}

}  // namespace
}  // namespace tengen

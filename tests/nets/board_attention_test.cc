#include "nets/board_attention.h"

#include <cmath>
#include <tuple>

#include <gtest/gtest.h>

#include "envs/core/rng.h"

namespace tengen {
namespace {

// By the formula, in double.
std::vector<double> Reference(const std::vector<float>& qkv, std::size_t points, std::size_t heads,
                              std::size_t width, const std::vector<float>& cosine,
                              const std::vector<float>& sine) {
  const auto turned = [&](std::size_t part, std::size_t point, std::size_t head) {
    std::vector<double> out;
    for (std::size_t i = 0; i < width; ++i) {
      const std::size_t begin = ((point * 3 + part) * heads + head) * width;
      const std::size_t pair = i / 2;
      const double even = qkv[begin + 2 * pair], odd = qkv[begin + 2 * pair + 1];
      const double c = cosine[point * width / 2 + pair], s = sine[point * width / 2 + pair];
      out.push_back(i % 2 == 0 ? even * c - odd * s : even * s + odd * c);
    }
    return out;
  };
  std::vector<double> answers(points * heads * width);
  for (std::size_t h = 0; h < heads; ++h) {
    for (std::size_t i = 0; i < points; ++i) {
      const std::vector<double> query = turned(0, i, h);
      double sum = 0.0;
      std::vector<double> mix(width);
      for (std::size_t j = 0; j < points; ++j) {
        const std::vector<double> key = turned(1, j, h);
        double product = 0.0;
        for (std::size_t k = 0; k < width; ++k) product += query[k] * key[k];
        const double weight = std::exp(product / std::sqrt(static_cast<double>(width)));
        sum += weight;
        for (std::size_t k = 0; k < width; ++k) {
          mix[k] += weight * qkv[((j * 3 + 2) * heads + h) * width + k];
        }
      }
      for (std::size_t k = 0; k < width; ++k) {
        answers[(i * heads + h) * width + k] = mix[k] / sum;
      }
    }
  }
  return answers;
}

class BoardAttentionTest
    : public testing::TestWithParam<std::tuple<std::size_t, std::size_t, std::size_t>> {};

TEST_P(BoardAttentionTest, EqualsTheFormula) {
  const auto [points, heads, width] = GetParam();
  Rng rng(7, RngRole::kTest);
  const auto draw = [&rng](std::size_t count, double most) {
    std::vector<float> numbers;
    for (std::size_t i = 0; i < count; ++i) {
      numbers.push_back(static_cast<float>(most * (2.0 * rng.Uniform() - 1.0)));
    }
    return numbers;
  };
  std::vector<float> cosine, sine;
  for (const float angle : draw(points * width / 2, 3.0)) {
    cosine.push_back(std::cos(angle));
    sine.push_back(std::sin(angle));
  }
  BoardAttention attention(points, heads, width, cosine, sine);
  for (const double most : {1.0, 4.0}) {  // evenly spread weights, and nearly all on one point
    const std::vector<float> qkv = draw(points * 3 * heads * width, most);
    std::vector<float> answers(points * heads * width);
    attention(qkv, answers);
    const std::vector<double> wanted = Reference(qkv, points, heads, width, cosine, sine);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(answers[i]), wanted[i], 1e-5 * most) << i;
    }
  }
}

// Boards of a point, of less than a vector, of 5x5, 7x10 and 9x9; widths with loops of their own
// and others.
INSTANTIATE_TEST_SUITE_P(Shapes, BoardAttentionTest,
                         testing::Values(std::tuple(1, 1, 4), std::tuple(6, 2, 8),
                                         std::tuple(25, 4, 8), std::tuple(70, 2, 12),
                                         std::tuple(81, 4, 16), std::tuple(81, 1, 32)));

// Weights that differ by more than floats can tell: all on the largest, none is lost to overflow.
TEST(BoardAttention, LargeProductsDoNotOverflow) {
  const std::vector<float> cosine(3, 1.0F), sine(3, 0.0F);
  BoardAttention attention(3, 1, 2, cosine, sine);
  const std::vector<float> qkv = {1e4F, 0, 1,  0, 1, 0,  // each: query, key, value
                                  1e4F, 0, 5,  0, 2, 0,  // the largest key
                                  1e4F, 0, -9, 0, 3, 0};
  std::vector<float> answers(6);
  attention(qkv, answers);
  EXPECT_EQ(answers, (std::vector<float>{2, 0, 2, 0, 2, 0}));
}

}  // namespace
}  // namespace tengen

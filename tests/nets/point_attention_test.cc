// The attention trunk beside its formulas, in double precision and one number at a time.

#include "nets/point_attention.h"

#include <array>
#include <cmath>
#include <vector>

#include <ATen/Context.h>
#include <gtest/gtest.h>
#include <torch/nn/module.h>

#include "nets/attention_trunk.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

using Numbers = std::vector<double>;

// Su et al. 2021, equation 15: the numbers 2i and 2i + 1 as a point of the plane, turned.
Numbers Turned(const Numbers& x, int row, int column) {
  const auto d = static_cast<int>(x.size());
  Numbers y(x.size());
  for (int pair = 0; pair < d / 2; ++pair) {
    const bool of_row = pair < d / 4;
    const int i = of_row ? pair : pair - d / 4;
    const double angle = (of_row ? row : column) * std::pow(100.0, -4.0 * i / d);
    const auto at = static_cast<std::size_t>(2 * pair);
    y[at] = x[at] * std::cos(angle) - x[at + 1] * std::sin(angle);
    y[at + 1] = x[at] * std::sin(angle) + x[at + 1] * std::cos(angle);
  }
  return y;
}

Numbers Part(const at::Tensor& row, std::int64_t first, std::int64_t count) {
  Numbers numbers;
  for (std::int64_t i = 0; i < count; ++i) numbers.push_back(row[first + i].item<double>());
  return numbers;
}

double Dot(const Numbers& a, const Numbers& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Vaswani et al. 2017, equation 1, for the queries of one point: [3C] of each point -> [C].
Numbers AnswerAt(const at::Tensor& points, int rows, int columns, int heads, int at) {
  const std::int64_t channels = points.size(1) / 3, d = channels / heads;
  Numbers answer;
  for (int h = 0; h < heads; ++h) {
    const Numbers query = Turned(Part(points[at], h * d, d), at / columns, at % columns);
    Numbers weights, sum(static_cast<std::size_t>(d), 0.0);
    double total = 0.0;
    for (int p = 0; p < rows * columns; ++p) {
      const Numbers key = Turned(Part(points[p], channels + h * d, d), p / columns, p % columns);
      weights.push_back(std::exp(Dot(query, key) / std::sqrt(static_cast<double>(d))));
      total += weights.back();
    }
    for (int p = 0; p < rows * columns; ++p) {
      const Numbers value = Part(points[p], 2 * channels + h * d, d);
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += weights[static_cast<std::size_t>(p)] / total * value[i];
      }
    }
    answer.insert(answer.end(), sum.begin(), sum.end());
  }
  return answer;
}

TEST(AttendPoints, EqualsTheFormulaOnARectangle) {
  at::manual_seed(4);
  constexpr int kRows = 2, kColumns = 3, kHeads = 2, kChannels = 16;
  const at::Tensor points = at::randn({1, kRows * kColumns, 3 * kChannels});
  const at::Tensor answers =
      AttendPoints(points, kHeads, RotationOf(kRows, kColumns, kChannels / kHeads, points));
  for (int p = 0; p < kRows * kColumns; ++p) {
    const Numbers expected = AnswerAt(points[0], kRows, kColumns, kHeads, p);
    for (int c = 0; c < kChannels; ++c) {
      EXPECT_NEAR(answers[0][p][c].item<double>(), expected[static_cast<std::size_t>(c)], 1e-5);
    }
  }
}

TEST(AttendBoards, EqualsTheOperatorsForEachBoardOfABatch) {
  at::manual_seed(5);
  for (const auto& [rows, columns, heads, channels] :
       {std::array{9, 9, 4, 64}, {5, 7, 2, 24}, {1, 1, 1, 4}, {19, 19, 4, 32}}) {
    const at::Tensor points = at::randn({3, rows * columns, 3 * channels});
    const BoardRotation rotation = RotationOf(rows, columns, channels / heads, points);
    const at::Tensor wanted = AttendPoints(points, heads, rotation);
    const at::Tensor answers = AttendBoards(points, heads, rotation);
    EXPECT_LT((answers - wanted).abs().max().item<float>(), 1e-5F) << rows << "x" << columns;
  }
}

// d = 4 has one pair for rows and one for columns, both with frequency 1. By hand: (1, 0, 0, 1) at
// row 1, column 2 is (cos 1, sin 1, -sin 2, cos 2).
TEST(Rotate, TurnsByRowThenByColumn) {
  const at::Tensor x = at::zeros({1, 1, 6, 4});
  x[0][0][5] = at::tensor({1.0F, 0.0F, 0.0F, 1.0F});
  const at::Tensor y = Rotate(x, RotationOf(2, 3, 4, x))[0][0][5];
  const std::array<double, 4> expected = {0.5403023, 0.8414710, -0.9092974, -0.4161468};
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(y[i].item<double>(), expected[static_cast<std::size_t>(i)], 1e-6);
  }
}

TEST(Rotate, ProductsDependOnTheDifferenceOfPlacesAlone) {
  at::manual_seed(4);
  const at::Tensor q = at::randn({8}), k = at::randn({8});
  const auto product = [&](std::int64_t from, std::int64_t to) {
    const BoardRotation rotation = RotationOf(5, 5, 8, q);
    const at::Tensor turned_q = Rotate(q.expand({1, 1, 25, 8}), rotation);
    const at::Tensor turned_k = Rotate(k.expand({1, 1, 25, 8}), rotation);
    return (turned_q[0][0][from] * turned_k[0][0][to]).sum().item<double>();
  };
  EXPECT_NEAR(product(0, 7), product(16, 23), 1e-5);  // one row down, two columns right
  EXPECT_GT(std::abs(product(0, 7) - product(0, 11)), 1e-3);
}

// By hand: (1, 2, 3, 6) has mean 3 and variance 3.5.
TEST(NormTokens, SubtractsTheMeanAndDividesByTheDeviation) {
  const at::Tensor x = at::tensor({1.0F, 2.0F, 3.0F, 6.0F});
  const at::Tensor y = NormTokens(x, at::tensor({1.0F, 1.0F, 1.0F, 2.0F}));
  const std::array<double, 4> expected = {-1.0690434, -0.5345217, 0.0, 3.2071303};
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(y[i].item<double>(), expected[static_cast<std::size_t>(i)], 1e-4);
  }
}

TEST(AttentionTrunk, WithoutItsBranchesIsANormOfItsInput) {
  const ModelConfig config = ConfigFor({"go:size=5", Trunk::kAttention}, 16, 2);
  const at::NoGradGuard no_grad;
  const LearningTrunk trunk = MakeAttentionTrunk(config);
  for (auto item : trunk.modules.front().second->named_parameters()) {
    if (item.value().dim() == 2) item.value().zero_();
  }
  at::manual_seed(4);
  const at::Tensor map = at::randn({2, 16, 3, 5});
  const at::Tensor expected = ToMap(NormTokens(ToTokens(map), {}), 3, 5);
  EXPECT_LT((trunk.forward(map) - expected).abs().max().item<double>(), 1e-6);
}

// A change at one corner reaches the other through one block; a convolution would need four.
TEST(AttentionTrunk, EveryPointSeesEveryOther) {
  ModelConfig config = ConfigFor({"go:size=9", Trunk::kAttention}, 16, 1);
  const at::NoGradGuard no_grad;
  at::manual_seed(4);
  const LearningTrunk trunk = MakeAttentionTrunk(config);
  const at::Tensor map = at::randn({1, 16, 9, 9});
  at::Tensor changed = map.clone();
  changed.select(2, 0).select(2, 0).add_(at::randn({16}));
  const at::Tensor difference = (trunk.forward(changed) - trunk.forward(map)).abs();
  EXPECT_GT(difference[0].select(1, 8).select(1, 8).max().item<double>(), 1e-4);
}

}  // namespace
}  // namespace tengen

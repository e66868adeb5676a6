// The layers of KataGo's transformers beside numbers by hand and plain loops over the formulas in
// katago_transformer.h.

#include "nets/katago_transformer.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

using Rotation = KataGoAttention::Rotation;

LayerTarget InDouble() { return {at::kCPU, at::kDouble, ComputePath::kOperators}; }

// Numbers in the order [row][column][channel] as a map [1,C,H,W], channels-last.
at::Tensor Map(const std::vector<double>& numbers, int rows, int columns) {
  return at::tensor(numbers, at::kDouble).view({1, rows, columns, -1}).permute({0, 3, 1, 2});
}

// The other way round.
std::vector<double> Numbers(const at::Tensor& map) {
  const at::Tensor flat = map.permute({0, 2, 3, 1}).contiguous().flatten();
  return {flat.data_ptr<double>(), flat.data_ptr<double>() + flat.numel()};
}

std::vector<float> Random(std::size_t count, Rng& rng, double low = -1.0, double high = 1.0) {
  std::vector<float> numbers(count);
  for (float& number : numbers) number = static_cast<float>(low + (high - low) * rng.Uniform());
  return numbers;
}

KataGoMatrix Matrix(int in, int out, std::vector<float> weights) {
  return {"matrix", in, out, std::move(weights)};
}

KataGoMatrix Matrix(int in, int out, Rng& rng) {
  return Matrix(in, out, Random(static_cast<std::size_t>(in * out), rng));
}

KataGoRmsNorm Norm(std::vector<float> scale, double epsilon) {
  KataGoRmsNorm norm;
  norm.epsilon = epsilon;
  norm.scale = std::move(scale);
  return norm;
}

// Channels 3 and 4 have the mean square 12.5, root 3.535534: 0.848528 and 1.131371.
TEST(RmsNormLayerTest, DividesEachPointByItsOwnRootMeanSquare) {
  KataGoRmsNorm norm = Norm({2.0F, 0.5F}, 1e-12);
  norm.bias = {1.0F, -1.0F};
  norm.activation = KataGoActivation::kRelu;
  const std::vector<double> y =
      Numbers(RmsNormLayer(norm, InDouble())(Map({3.0, 4.0, 30.0, 40.0}, 1, 2)));
  for (const std::size_t point : {0U, 2U}) {
    EXPECT_NEAR(y[point], 2.697056, 1e-6);
    EXPECT_EQ(y[point + 1], 0.0);  // 0.565685 - 1 below 0
  }
}

// All four numbers have the mean square 6.25, root 2.5.
TEST(RmsNormLayerTest, OverTheBoardAllPointsShareOneRoot) {
  KataGoRmsNorm norm = Norm({1.0F, 1.0F}, 1e-12);
  norm.bias = {0.0F, 0.5F};
  norm.over = KataGoRmsNorm::Over::kBoard;
  const std::vector<double> y =
      Numbers(RmsNormLayer(norm, InDouble())(Map({3.0, 4.0, 0.0, 0.0}, 1, 2)));
  EXPECT_NEAR(y[0], 1.2, 1e-9);
  EXPECT_NEAR(y[1], 2.1, 1e-9);
  EXPECT_NEAR(y[2], 0.0, 1e-9);
  EXPECT_NEAR(y[3], 0.5, 1e-9);
}

TEST(RmsNormLayerTest, EpsilonStandsBesideTheMeanSquare) {
  KataGoRmsNorm norm = Norm({1.0F}, 3.0);
  norm.bias = {0.0F};
  EXPECT_NEAR(Numbers(RmsNormLayer(norm, InDouble())(Map({1.0}, 1, 1)))[0], 0.5, 1e-12);
}

// One head of `key_size` on two points with the channels (1, 1) and (1, -1), which the norm leaves
// as they are. The first channel gives 1 to one number of the queries and to one of the keys, the
// second is the value. The first point's value is then p - (1 - p) = tanh((s - t) / 2), where s is
// its score with itself and t with the other point.
double FirstPointsValue(KataGoAttention attention, int query_number, int key_number, int rows,
                        int columns) {
  attention.heads = attention.key_heads = attention.value_size = 1;
  const auto size = static_cast<std::size_t>(attention.key_size);
  attention.norm = Norm({1.0F, 1.0F}, 1e-12);
  std::vector<float> query(2 * size), key(2 * size);
  query[static_cast<std::size_t>(query_number)] = 1.0F;
  key[static_cast<std::size_t>(key_number)] = 1.0F;
  attention.query = Matrix(2, attention.key_size, query);
  attention.key = Matrix(2, attention.key_size, key);
  attention.value = Matrix(2, 1, {0.0F, 1.0F});
  attention.mix = Matrix(1, 2, {1.0F, 0.0F});
  const at::Tensor map = Map({1.0, 1.0, 1.0, -1.0}, rows, columns);
  return Numbers(AttentionLayer(attention, InDouble())(map))[0];
}

// Pairs turn by a column's and a row's number times their frequencies. With query (1, 0) and key
// (0, 1) the score of a place with one that is turned by b more is sin(-b) / sqrt(2).
TEST(AttentionLayerTest, LearntFrequenciesAreForColumnsThenRows) {
  KataGoAttention attention;
  attention.key_size = 2;
  attention.rotation = Rotation::kLearnt;
  attention.frequencies = {0.5F, 2.0F};
  // (0 + sin(0.5) / sqrt(2)) / 2 = 0.1695025, tanh of it 0.1678976.
  EXPECT_NEAR(FirstPointsValue(attention, 0, 1, 1, 2), 0.1678976, 1e-6);
  // sin(2) = 0.9092974: 0.3214852, tanh 0.3108492.
  EXPECT_NEAR(FirstPointsValue(attention, 0, 1, 2, 1), 0.3108492, 1e-6);
}

// Four pairs: the first two for rows, with frequencies 1 and theta^(-1/2) = 0.1, the others alike
// for columns.
TEST(AttentionLayerTest, FixedFrequenciesAreForRowsThenColumns) {
  KataGoAttention attention;
  attention.key_size = 8;
  attention.rotation = Rotation::kFixed;
  attention.theta = 100.0;
  // Numbers 2 and 3 are the second pair: sin(0.1) / sqrt(8) / 2 = 0.01764822 between two rows.
  EXPECT_NEAR(FirstPointsValue(attention, 2, 3, 2, 1), std::tanh(0.01764822), 1e-7);
  EXPECT_NEAR(FirstPointsValue(attention, 2, 3, 1, 2), 0.0, 1e-12);
  // The third pair turns by 1 between two columns: sin(1) / sqrt(8) / 2 = 0.1487525.
  EXPECT_NEAR(FirstPointsValue(attention, 4, 5, 1, 2), std::tanh(0.1487525), 1e-6);
  EXPECT_NEAR(FirstPointsValue(attention, 4, 5, 2, 1), 0.0, 1e-12);
}

TEST(AttentionLayerTest, WithoutARotationPlacesDoNotCount) {
  KataGoAttention attention;
  attention.key_size = 3;
  EXPECT_NEAR(FirstPointsValue(attention, 1, 1, 1, 2), 0.0, 1e-12);
}

// The numbers of one point, [C], through a matrix [in][out].
std::vector<double> Times(const std::vector<double>& x, const KataGoMatrix& matrix) {
  std::vector<double> y(static_cast<std::size_t>(matrix.out));
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t o = 0; o < y.size(); ++o) {
      y[o] += x[i] * static_cast<double>(matrix.weights[i * y.size() + o]);
    }
  }
  return y;
}

std::vector<double> Normed(std::vector<double> x, const KataGoRmsNorm& norm) {
  double mean_square = 0.0;
  for (const double number : x) mean_square += number * number / static_cast<double>(x.size());
  for (std::size_t c = 0; c < x.size(); ++c) {
    x[c] *= static_cast<double>(norm.scale[c]) / std::sqrt(mean_square + norm.epsilon);
  }
  return x;
}

using Points = std::vector<std::vector<double>>;  // [point][channel]

Points RandomPoints(std::size_t count, std::size_t channels, Rng& rng) {
  Points points(count);
  for (auto& point : points) {
    for (std::size_t c = 0; c < channels; ++c) point.push_back(2.0 * rng.Uniform() - 1.0);
  }
  return points;
}

// By how much pair `pair` of head `head` of keys turns at a place, as docs/katago-networks.md says.
double Angle(const KataGoAttention& a, std::size_t head, std::size_t pair, int row, int column) {
  const auto pairs = static_cast<std::size_t>(a.key_size / 2);
  if (a.rotation == Rotation::kLearnt) {
    const float* frequencies = &a.frequencies[2 * (head * pairs + pair)];
    return column * static_cast<double>(frequencies[0]) + row * static_cast<double>(frequencies[1]);
  }
  if (a.rotation == Rotation::kNone) return 0.0;
  const bool of_rows = pair < pairs / 2;
  const auto i = static_cast<double>(of_rows ? pair : pair - pairs / 2);
  const double frequency = std::pow(a.theta, -2.0 * i / static_cast<double>(pairs));
  return (of_rows ? row : column) * frequency;
}

// Turns the pairs of one head's numbers, which begin at `begin`.
void Turn(const KataGoAttention& a, std::size_t head, int row, int column, double* begin) {
  for (std::size_t pair = 0; pair < static_cast<std::size_t>(a.key_size / 2); ++pair) {
    const double angle = Angle(a, head, pair, row, column);
    const double x = begin[2 * pair], y = begin[2 * pair + 1];
    begin[2 * pair] = x * std::cos(angle) - y * std::sin(angle);
    begin[2 * pair + 1] = x * std::sin(angle) + y * std::cos(angle);
  }
}

Points PlainAttention(const KataGoAttention& a, const Points& x, int columns) {
  const auto d = static_cast<std::size_t>(a.key_size), e = static_cast<std::size_t>(a.value_size);
  const auto group = static_cast<std::size_t>(a.heads / a.key_heads);
  Points q, k, v;
  for (std::size_t p = 0; p < x.size(); ++p) {
    const std::vector<double> normed = Normed(x[p], a.norm);
    q.push_back(Times(normed, a.query)), k.push_back(Times(normed, a.key));
    v.push_back(Times(normed, a.value));
    const int row = static_cast<int>(p) / columns, column = static_cast<int>(p) % columns;
    for (std::size_t h = 0; h < static_cast<std::size_t>(a.heads); ++h) {
      Turn(a, h / group, row, column, &q[p][h * d]);
    }
    for (std::size_t g = 0; g < static_cast<std::size_t>(a.key_heads); ++g) {
      Turn(a, g, row, column, &k[p][g * d]);
    }
  }
  Points y;
  for (std::size_t p = 0; p < x.size(); ++p) {
    std::vector<double> heads;
    for (std::size_t h = 0; h < static_cast<std::size_t>(a.heads); ++h) {
      std::vector<double> out(e);
      double sum = 0.0;
      for (std::size_t o = 0; o < x.size(); ++o) {
        double score = 0.0;
        for (std::size_t i = 0; i < d; ++i) score += q[p][h * d + i] * k[o][h / group * d + i];
        const double weight = std::exp(score / std::sqrt(static_cast<double>(d)));
        sum += weight;
        for (std::size_t i = 0; i < e; ++i) out[i] += weight * v[o][h / group * e + i];
      }
      for (const double number : out) heads.push_back(number / sum);
    }
    y.push_back(Times(heads, a.mix));
  }
  return y;
}

KataGoAttention RandomAttention(Rotation rotation, int channels, Rng& rng) {
  KataGoAttention a;
  a.heads = 6, a.key_heads = 3, a.key_size = 8, a.value_size = 5;
  a.norm = Norm(Random(static_cast<std::size_t>(channels), rng, 0.5, 1.5), 1e-3);
  a.query = Matrix(channels, a.heads * a.key_size, rng);
  a.key = Matrix(channels, a.key_heads * a.key_size, rng);
  a.value = Matrix(channels, a.key_heads * a.value_size, rng);
  a.mix = Matrix(a.heads * a.value_size, channels, rng);
  a.rotation = rotation;
  if (rotation == Rotation::kLearnt) a.frequencies = Random(3 * 4 * 2, rng);
  if (rotation == Rotation::kFixed) a.theta = 50.0;
  return a;
}

// Two boards in a batch, told apart.
at::Tensor Batch(const Points& first, const Points& second, int rows, int columns) {
  std::vector<double> numbers;
  for (const Points* points : {&first, &second}) {
    for (const auto& point : *points) numbers.insert(numbers.end(), point.begin(), point.end());
  }
  return at::tensor(numbers, at::kDouble).view({2, rows, columns, -1}).permute({0, 3, 1, 2});
}

void ExpectEqual(const at::Tensor& met, const Points& first, const Points& second,
                 double tolerance) {
  const std::vector<double> numbers = Numbers(met.to(at::kDouble));
  std::size_t i = 0;
  for (const Points* points : {&first, &second}) {
    for (const auto& point : *points) {
      for (const double number : point) ASSERT_NEAR(numbers[i++], number, tolerance);
    }
  }
  EXPECT_EQ(i, numbers.size());
}

class AttentionRotationTest : public ::testing::TestWithParam<Rotation> {};

TEST_P(AttentionRotationTest, IsWhatTheFormulaSays) {
  constexpr int kRows = 3, kColumns = 4, kChannels = 7;
  Rng rng(5, RngRole::kTest);
  const KataGoAttention attention = RandomAttention(GetParam(), kChannels, rng);
  const Points a = RandomPoints(kRows * kColumns, kChannels, rng);
  const Points b = RandomPoints(kRows * kColumns, kChannels, rng);
  const at::Tensor map = Batch(a, b, kRows, kColumns);
  const Points wanted_a = PlainAttention(attention, a, kColumns);
  const Points wanted_b = PlainAttention(attention, b, kColumns);
  ExpectEqual(AttentionLayer(attention, InDouble())(map), wanted_a, wanted_b, 1e-12);
  const LayerTarget single{at::kCPU, at::kFloat, ComputePath::kOperators};
  ExpectEqual(AttentionLayer(attention, single)(map.to(at::kFloat)), wanted_a, wanted_b, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Rotations, AttentionRotationTest,
                         ::testing::Values(Rotation::kNone, Rotation::kLearnt, Rotation::kFixed));

TEST(FeedForwardLayerTest, IsWhatTheFormulaSays) {
  constexpr int kRows = 2, kColumns = 3, kChannels = 4, kHidden = 5;
  Rng rng(6, RngRole::kTest);
  KataGoFeedForward block;
  block.norm = Norm(Random(kChannels, rng, 0.5, 1.5), 1e-3);
  block.up = Matrix(kChannels, kHidden, rng);
  block.gate = Matrix(kChannels, kHidden, rng);
  block.down = Matrix(kHidden, kChannels, rng);
  const auto plain = [&block](const Points& points) {
    Points y;
    for (const auto& point : points) {
      const std::vector<double> normed = Normed(point, block.norm);
      std::vector<double> hidden = Times(normed, block.up);
      const std::vector<double> gate = Times(normed, block.gate);
      for (std::size_t i = 0; i < hidden.size(); ++i) {
        hidden[i] = hidden[i] / (1.0 + std::exp(-hidden[i])) * gate[i];
      }
      y.push_back(Times(hidden, block.down));
    }
    return y;
  };
  const Points a = RandomPoints(kRows * kColumns, kChannels, rng);
  const Points b = RandomPoints(kRows * kColumns, kChannels, rng);
  ExpectEqual(FeedForwardLayer(block, InDouble())(Batch(a, b, kRows, kColumns)), plain(a), plain(b),
              1e-12);
}

}  // namespace
}  // namespace tengen

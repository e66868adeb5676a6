#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "nets/winograd_conv.h"

// What WinogradConv and WinogradGradient are made of: vectors, the matrices of minimal filtering
// and their products with tiles, and sums of products in registers.

// Functions that return vectors are inlined: how callers would get them does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace tengen::winograd {

// As many numbers as one instruction takes, or two of narrow vectors.
#if defined(__AVX512F__)
constexpr std::size_t kLanes = 16;
#else
constexpr std::size_t kLanes = 8;
#endif

// A product takes the lines of kRows tiles and kPanel lanes of output channels at a time: 12 sums
// stay in registers, of which AVX2 has 16.
constexpr std::size_t kRows = 6;
constexpr std::size_t kPanel = 2;
// Bytes of transformed inputs and products of one part: what a second-level cache holds, with room
// for the weights that pass through.
constexpr std::size_t kPartBytes = 256 << 10;
// Planes of equal numbers of products begin in different sets of the first-level cache.
constexpr std::size_t kPlanePadding = 16;

using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using UnalignedLanes =
    float __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline Lanes Load(const float* from) { return *reinterpret_cast<const UnalignedLanes*>(from); }
inline void Store(const Lanes& lanes, float* to) { *reinterpret_cast<UnalignedLanes*>(to) = lanes; }

template <std::size_t rows, std::size_t columns>
using Matrix = std::array<std::array<float, columns>, rows>;

template <std::size_t rows, std::size_t columns>
constexpr Matrix<columns, rows> Transposed(const Matrix<rows, columns>& matrix) {
  Matrix<columns, rows> turned{};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) turned[j][i] = matrix[i][j];
  }
  return turned;
}

// The three matrices of F(m x m, 3 x 3): Y = A' [(G g G') . (B' d B)] A (Lavin and Gray, equation
// 8), and two of them turned.
template <std::size_t m>
struct TileMatrices {
  Matrix<m + 2, m + 2> input{};  // B'
  Matrix<m + 2, 3> filter{};     // G
  Matrix<m, m + 2> output{};     // A'
  Matrix<3, m + 2> filter_turned{};
  Matrix<m + 2, m> output_turned{};
};

// Cook and Toom's construction from m + 1 points and infinity: row i of B' has the coefficients of
// prod (x - p_j) over the other points p_j, row i of G has 1, p_i, p_i^2 over prod (p_i - p_j),
// column i of A' has 1, p_i, p_i^2, ...
template <std::size_t m>
constexpr TileMatrices<m> MakeMatrices(const std::array<double, m + 1>& points) {
  constexpr std::size_t last = m + 1;  // infinity
  TileMatrices<m> t;
  for (std::size_t i = 0; i <= last; ++i) {
    std::array<double, m + 2> product{1.0};  // lowest power first
    double scale = 1.0;
    for (std::size_t j = 0; j < last; ++j) {
      if (j == i) continue;
      for (std::size_t k = last; k > 0; --k) {
        product[k] = product[k - 1] - points[j] * product[k];
      }
      product[0] *= -points[j];
      if (i < last) scale *= points[i] - points[j];
    }
    for (std::size_t k = 0; k <= last; ++k) t.input[i][k] = static_cast<float>(product[k]);
    double power = 1.0;
    for (std::size_t k = 0; i < last && k < m; ++k) {
      if (k < 3) t.filter[i][k] = static_cast<float>(power / scale);
      t.output[k][i] = static_cast<float>(power);
      power *= points[i];
    }
  }
  t.filter[last][2] = 1.0F;
  t.output[m - 1][last] = 1.0F;
  t.filter_turned = Transposed(t.filter);
  t.output_turned = Transposed(t.output);
  return t;
}

// Points that gave small errors on random maps: for m = 4 half of those of 0, 1, -1, 2, -2. With m
// = 5 they are three times as large.
template <std::size_t m>
constexpr std::array<double, m + 1> PointsFor() {
  if constexpr (m == 3) return {0.0, 0.75, -0.75, 1.5};
  if constexpr (m == 4) return {0.0, 0.75, -0.75, 1.5, -1.5};
  if constexpr (m == 5) return {0.0, 0.5, -0.5, 1.125, -1.125, 2.0};
}

template <std::size_t m>
struct Tile {
  static constexpr TileMatrices<m> matrices = MakeMatrices<m>(PointsFor<m>());
  static constexpr Matrix<m + 2, m + 2> input = matrices.input;
  static constexpr Matrix<m + 2, 3> filter = matrices.filter;
  static constexpr Matrix<m, m + 2> output = matrices.output;
  static constexpr Matrix<3, m + 2> filter_turned = matrices.filter_turned;
  static constexpr Matrix<m + 2, m> output_turned = matrices.output_turned;
};

// sum + matrix[row][column] x, without the operations that change nothing.
template <const auto& matrix, std::size_t row, std::size_t column>
inline Lanes AddScaled(const Lanes& sum, const Lanes& x) {
  constexpr float factor = matrix[row][column];
  if constexpr (factor == 0.0F) return sum;
  if constexpr (factor == 1.0F) return sum + x;
  if constexpr (factor == -1.0F) return sum - x;
  return sum + factor * x;
}

template <const auto& matrix, std::size_t row, std::size_t... columns>
inline Lanes RowTimes(const Lanes* x, std::index_sequence<columns...>) {
  Lanes sum = {};
  ((sum = AddScaled<matrix, row, columns>(sum, x[columns])), ...);
  return sum;
}

// y = matrix x, the numbers of y at a distance of `step`.
template <const auto& matrix, std::size_t step>
inline void Times(const Lanes* x, Lanes* y) {
  constexpr std::size_t c = matrix[0].size();
  [&]<std::size_t... rows>(std::index_sequence<rows...>) {
    ((y[rows * step] = RowTimes<matrix, rows>(x, std::make_index_sequence<c>())), ...);
  }
  (std::make_index_sequence<matrix.size()>());
}

// y = matrix x matrix', [c][c] to [r][r]: load(i) gives number i of x, store(i, lanes) takes number
// i of y.
template <const auto& matrix, typename LoadOne, typename StoreOne>
inline void TimesBoth(const LoadOne& load, const StoreOne& store) {
  constexpr std::size_t r = matrix.size();
  constexpr std::size_t c = matrix[0].size();
  Lanes half[r * c];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < c; ++i) {
    Lanes column[c];
#pragma GCC unroll 8
    for (std::size_t j = 0; j < c; ++j) column[j] = load(j * c + i);
    Times<matrix, c>(column, half + i);
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < r; ++i) {
    Lanes line[r];
    Times<matrix, 1>(half + i * c, line);
#pragma GCC unroll 8
    for (std::size_t j = 0; j < r; ++j) store(i * r + j, line[j]);
  }
}

// Tiles of m x m over the boards of a batch, in order.
class TileGrid {
 public:
  TileGrid(const MapShape& shape, std::size_t m)
      : down_((shape.rows + m - 1) / m),
        across_((shape.columns + m - 1) / m),
        boards_(shape.n),
        m_(m) {}

  std::size_t per_board() const { return down_ * across_; }
  std::size_t count() const { return boards_ * per_board(); }

  struct Place {
    std::size_t board;
    std::size_t row;     // of its first output
    std::size_t column;  // likewise
  };
  Place At(std::size_t tile) const {
    const std::size_t on_board = tile % per_board();
    return {tile / per_board(), on_board / across_ * m_, on_board % across_ * m_};
  }

 private:
  std::size_t down_;
  std::size_t across_;
  std::size_t boards_;
  std::size_t m_;
};

inline constexpr std::size_t kSmallestTile = 3;

// Channels up to which errors of tiles of 5 stay below 1e-5 of the largest answers.
inline constexpr std::size_t kChannelsOfLargeTiles = 64;

// The smallest number of products wins, between equals the smaller tiles, which are more exact;
// those of 5 must save a quarter. A board of 5x5 is one of them: 49 products in place of 100.
inline std::size_t TileSize(const MapShape& shape, std::size_t in, std::size_t out) {
  const auto products = [&shape](std::size_t m) {
    return TileGrid(shape, m).per_board() * (m + 2) * (m + 2);
  };
  const std::size_t best = products(4) < products(3) ? 4 : 3;
  const bool narrow = std::max(in, out) <= kChannelsOfLargeTiles;
  return narrow && 4 * products(5) <= 3 * products(best) ? 5 : best;
}

// function(std::integral_constant<std::size_t, m>()).
template <typename Function>
auto WithTileSize(std::size_t m, const Function& function) {
  if (m == 3) return function(std::integral_constant<std::size_t, 3>());
  if (m == 4) return function(std::integral_constant<std::size_t, 4>());
  return function(std::integral_constant<std::size_t, 5>());
}

// Tiles of one part: a multiple of what a product takes at once.
inline std::size_t PartTiles(std::size_t m, std::size_t in, std::size_t out) {
  const std::size_t tiles = kPartBytes / ((m + 2) * (m + 2) * (in + out) * sizeof(float));
  return std::max(kRows, tiles / kRows * kRows);
}

inline std::size_t PointAt(const MapShape& shape, std::size_t board, std::size_t row,
                           std::size_t column) {
  return (board * shape.rows + row) * shape.columns + column;
}

// The tile's points of a map and `margin` more on each side, zeros outside of the board, times the
// matrix from both sides: number i of channel c goes to to[i * plane + c].
template <const auto& matrix, std::size_t margin>
void TransformPoints(const float* map, const MapShape& shape, const TileGrid::Place& place,
                     std::size_t channels, const float* zeros, float* to, std::size_t plane) {
  constexpr std::size_t size = matrix[0].size();
  const float* from[size * size];
  for (std::size_t i = 0; i < size * size; ++i) {
    // Unsigned numbers wrap outside of the board.
    const std::size_t row = place.row + i / size - margin;
    const std::size_t column = place.column + i % size - margin;
    const bool inside = row < shape.rows && column < shape.columns;
    from[i] = inside ? map + PointAt(shape, place.board, row, column) * channels : zeros;
  }
  for (std::size_t channel = 0; channel < channels; channel += kLanes) {
    TimesBoth<matrix>(
        [&](std::size_t i) { return Load(from[i] + channel); },
        [&](std::size_t i, const Lanes& value) { Store(value, to + i * plane + channel); });
  }
}

// Two matrices: number t of line l of the first at v[l * v_line + t * v_term], line t of the second
// at u + t * u_term.
struct Factors {
  const float* v;
  std::size_t v_line;
  std::size_t v_term;
  const float* u;
  std::size_t u_term;
  std::size_t terms;
};

// `lines` lines and `vectors` lanes of the product, to sums with a distance of sums_line, which are
// added up when `onto` says so.
template <std::size_t vectors, bool onto, std::size_t lines>
void MultiplyBlock(const Factors& f, float* sums, std::size_t sums_line) {
  Lanes block[lines][vectors] = {};
  if constexpr (onto) {
    for (std::size_t line = 0; line < lines; ++line) {
      for (std::size_t j = 0; j < vectors; ++j) {
        block[line][j] = Load(sums + line * sums_line + j * kLanes);
      }
    }
  }
  for (std::size_t term = 0; term < f.terms; ++term) {
    Lanes weights[vectors];
    for (std::size_t j = 0; j < vectors; ++j) {
      weights[j] = Load(f.u + term * f.u_term + j * kLanes);
    }
    for (std::size_t line = 0; line < lines; ++line) {
      const float value = f.v[line * f.v_line + term * f.v_term];
      for (std::size_t j = 0; j < vectors; ++j) block[line][j] += value * weights[j];
    }
  }
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t j = 0; j < vectors; ++j) {
      Store(block[line][j], sums + line * sums_line + j * kLanes);
    }
  }
}

// At most `most` lines.
template <std::size_t vectors, bool onto, std::size_t most = kRows>
void MultiplyLines(std::size_t lines, const Factors& f, float* sums, std::size_t sums_line) {
  if (lines == most) return MultiplyBlock<vectors, onto, most>(f, sums, sums_line);
  if constexpr (most > 1) MultiplyLines<vectors, onto, most - 1>(lines, f, sums, sums_line);
}

// Output channels that begin at `channel` and are taken together.
inline std::size_t PanelWidth(std::size_t channel, std::size_t out) {
  return out - channel >= kPanel * kLanes ? kPanel * kLanes : kLanes;
}

// What a part works on, kept for the next one of the same thread.
struct Scratch {
  std::vector<float> inputs;   // [plane][tile][in]
  std::vector<float> outputs;  // [plane][tile][out], products or gradients
  std::vector<float> zeros;    // what lies outside of the board
};

// With at least so many numbers of each.
inline Scratch& ThreadScratch(std::size_t inputs, std::size_t outputs, std::size_t zeros) {
  thread_local Scratch scratch;
  if (scratch.inputs.size() < inputs) scratch.inputs.resize(inputs);
  if (scratch.outputs.size() < outputs) scratch.outputs.resize(outputs);
  if (scratch.zeros.size() < zeros) scratch.zeros.resize(zeros);
  return scratch;
}

}  // namespace tengen::winograd

#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace tengen {

// Maps of n boards in memory: [n][rows][columns][channels].
struct MapShape {
  std::size_t n;
  std::size_t rows;
  std::size_t columns;
};

// A convolution of 3x3 with fixed weights that keeps the board's size, for inference on the CPU in
// float32, by minimal filtering: a tile of m x m outputs takes (m + 2)^2 products of each pair of
// channels in place of 9 m^2 (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks",
// 2016, section 4.1). A board of 9x9 is nine tiles of 3x3: 225 products in place of 729.
//
// Answers differ from those of a plain convolution by a few units in the last place of the largest
// term, and do not depend on the other boards of the batch or on the number of threads.
// Thread-safe.
class WinogradConv {
 public:
  // Whether it can be made for so many channels: whole vectors of 8 or 16.
  static bool Takes(std::size_t in, std::size_t out);
  // The next number of channels that it takes; channels of zeros change nothing.
  static std::size_t Whole(std::size_t channels);
  // Whether it is what to use, with Whole(in) channels: other libraries are faster on processors
  // without wide vectors, and where most channels would be zeros.
  static bool IsFast(std::size_t in, std::size_t out);

  // weight [out][in][3][3], bias [out]. REQUIRES: Takes(in, out).
  WinogradConv(std::span<const float> weight, std::span<const float> bias);
  ~WinogradConv();

  // Parts of the work that may be done in any order, also at once.
  std::size_t parts(const MapShape& shape) const;
  // Parts [first, last) of y = conv(x) + bias + added, or relu of that: x has `in` channels, y and
  // `added` have `out`. Null `added` adds nothing. y may be `added`, not x.
  void Run(const float* x, const MapShape& shape, const float* added, bool relu, float* y,
           std::size_t first, std::size_t last) const;

 private:
  struct Filters;  // transformed weights of one size of tile

  const float* FiltersFor(std::size_t m) const;

  const std::size_t in_;
  const std::size_t out_;
  const std::vector<float> weight_;
  const std::vector<float> bias_;
  mutable std::array<std::once_flag, 3> once_;  // for tiles of 3, 4 and 5, made when first used
  mutable std::array<std::unique_ptr<const Filters>, 3> filters_;
};

}  // namespace tengen

#pragma once

#include <cstddef>
#include <vector>

#include "nets/winograd_conv.h"

namespace tengen {

// The gradient of a loss by the weights of WinogradConv's convolution: with S the sum over all
// tiles of (B' d B) . (A dY A'), it is G' S G, which follows from equation 8 of Lavin and Gray (see
// winograd_tile.h) by the chain rule. float32, maps [n][rows][columns][channels]. Thread-safe.
class WinogradGradient {
 public:
  // REQUIRES: WinogradConv::Takes(in, out).
  WinogradGradient(const MapShape& shape, std::size_t in, std::size_t out);

  // Parts of the work that may be done in any order; those that are done at once need sums of their
  // own.
  std::size_t parts() const;
  // Adds parts [first, last) to `sums`, which begin empty. x has `in` channels, dy `out`.
  void Add(const float* x, const float* dy, std::size_t first, std::size_t last,
           std::vector<float>& sums) const;
  // weight [out][in][3][3].
  void Finish(const std::vector<float>& sums, float* weight) const;

 private:
  const MapShape shape_;
  const std::size_t in_;
  const std::size_t out_;
};

}  // namespace tengen

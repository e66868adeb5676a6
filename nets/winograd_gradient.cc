#include "nets/winograd_gradient.h"

#include <algorithm>

#include "envs/core/check.h"
#include "nets/winograd_tile.h"

namespace tengen {

using namespace winograd;  // NOLINT: its own parts

namespace {

// sums [in][out] += v' [in][tiles] d [tiles][out].
void AddProduct(const float* v, const float* d, std::size_t tiles, std::size_t in, std::size_t out,
                float* sums) {
  std::size_t width = 0;
  for (std::size_t channel = 0; channel < out; channel += width) {
    width = PanelWidth(channel, out);
    for (std::size_t i = 0; i < in; i += kRows) {
      const std::size_t lines = std::min(kRows, in - i);
      const Factors factors{v + i, 1, in, d + channel, out, tiles};
      float* block = sums + i * out + channel;
      if (width == kLanes) {
        MultiplyLines<1, true>(lines, factors, block, out);
      } else {
        MultiplyLines<kPanel, true>(lines, factors, block, out);
      }
    }
  }
}

template <std::size_t m>
void AddTiles(const float* x, const float* dy, const MapShape& shape, std::size_t in,
              std::size_t out, std::size_t first, std::size_t last, float* sums) {
  constexpr std::size_t planes = (m + 2) * (m + 2);
  const TileGrid grid(shape, m);
  const std::size_t tiles = last - first;
  const std::size_t in_plane = tiles * in + kPlanePadding;
  const std::size_t out_plane = tiles * out + kPlanePadding;
  Scratch& scratch = ThreadScratch(planes * in_plane, planes * out_plane, std::max(in, out));
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const TileGrid::Place place = grid.At(first + tile);
    TransformPoints<Tile<m>::input, 1>(x, shape, place, in, scratch.zeros.data(),
                                       &scratch.inputs[tile * in], in_plane);
    TransformPoints<Tile<m>::output_turned, 0>(dy, shape, place, out, scratch.zeros.data(),
                                               &scratch.outputs[tile * out], out_plane);
  }
  for (std::size_t plane = 0; plane < planes; ++plane) {
    AddProduct(&scratch.inputs[plane * in_plane], &scratch.outputs[plane * out_plane], tiles, in,
               out, sums + plane * in * out);
  }
}

// sums [plane][in][out] -> weight [out][in][3][3].
template <std::size_t m>
void TransformSums(const float* sums, std::size_t in, std::size_t out, float* weight) {
  for (std::size_t i = 0; i < in; ++i) {
    for (std::size_t o = 0; o < out; o += kLanes) {
      TimesBoth<Tile<m>::filter_turned>(
          [&](std::size_t plane) { return Load(sums + (plane * in + i) * out + o); },
          [&](std::size_t k, const Lanes& value) {
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
              weight[((o + lane) * in + i) * 9 + k] = value[lane];
            }
          });
    }
  }
}

}  // namespace

WinogradGradient::WinogradGradient(const MapShape& shape, std::size_t in, std::size_t out)
    : shape_(shape), in_(in), out_(out) {
  TENGEN_CHECK(WinogradConv::Takes(in, out), "a gradient for ", in, " and ", out, " channels");
}

std::size_t WinogradGradient::parts() const {
  const std::size_t m = TileSize(shape_, in_, out_);
  const std::size_t part = PartTiles(m, in_, out_);
  return (TileGrid(shape_, m).count() + part - 1) / part;
}

void WinogradGradient::Add(const float* x, const float* dy, std::size_t first, std::size_t last,
                           std::vector<float>& sums) const {
  const std::size_t m = TileSize(shape_, in_, out_);
  const std::size_t part = PartTiles(m, in_, out_);
  const std::size_t tiles = TileGrid(shape_, m).count();
  sums.resize((m + 2) * (m + 2) * in_ * out_);
  WithTileSize(m, [&](auto size) {
    for (; first < last; ++first) {
      AddTiles<size>(x, dy, shape_, in_, out_, first * part, std::min(tiles, (first + 1) * part),
                     sums.data());
    }
  });
}

void WinogradGradient::Finish(const std::vector<float>& sums, float* weight) const {
  WithTileSize(TileSize(shape_, in_, out_),
               [&](auto size) { TransformSums<size>(sums.data(), in_, out_, weight); });
}

}  // namespace tengen

#include "nets/winograd_conv.h"

#include <algorithm>

#include "envs/core/check.h"
#include "nets/winograd_tile.h"

namespace tengen {

using namespace winograd;  // NOLINT: its own parts

namespace {

#if (defined(__AVX2__) && defined(__FMA__)) || defined(__aarch64__)
constexpr bool kWideVectors = true;
#else
constexpr bool kWideVectors = false;
#endif

// m [tiles][out] = v [tiles][in] u, u in panels [in][width].
void Multiply(const float* v, const float* u, std::size_t tiles, std::size_t in, std::size_t out,
              float* m) {
  std::size_t width = 0;
  for (std::size_t channel = 0; channel < out; channel += width) {
    width = PanelWidth(channel, out);
    for (std::size_t tile = 0; tile < tiles; tile += kRows) {
      const std::size_t lines = std::min(kRows, tiles - tile);
      const Factors factors{v + tile * in, in, 1, u + channel * in, width, in};
      float* sums = m + tile * out + channel;
      if (width == kLanes) {
        MultiplyLines<1, false>(lines, factors, sums, out);
      } else {
        MultiplyLines<kPanel, false>(lines, factors, sums, out);
      }
    }
  }
}

// weight [out][in][3][3] -> [plane][panel][in][width].
template <std::size_t m>
std::vector<float> TransformFilters(const std::vector<float>& weight, std::size_t in,
                                    std::size_t out) {
  std::vector<float> values((m + 2) * (m + 2) * in * out);
  std::size_t width = 0;
  for (std::size_t begin = 0; begin < out; begin += width) {
    width = PanelWidth(begin, out);
    for (std::size_t i = 0; i < in; ++i) {
      for (std::size_t o = begin; o < begin + width; o += kLanes) {
        const float* first = &weight[(o * in + i) * 9];
        float* to = &values[begin * in + i * width + (o - begin)];
        TimesBoth<Tile<m>::filter>(
            [&](std::size_t k) {
              Lanes lanes;
              for (std::size_t lane = 0; lane < kLanes; ++lane) {
                lanes[lane] = first[lane * in * 9 + k];
              }
              return lanes;
            },
            [&](std::size_t plane, const Lanes& value) { Store(value, to + plane * in * out); });
      }
    }
  }
  return values;
}

// One convolution of one batch.
template <std::size_t m>
struct Pass {
  static constexpr std::size_t kPlanes = (m + 2) * (m + 2);

  const MapShape& shape;
  const float* filters;
  const std::vector<float>& bias;
  std::size_t in;
  std::size_t out;
  bool relu;

  void Run(const float* x, const float* added, float* y, std::size_t first,
           std::size_t last) const {
    const TileGrid grid(shape, m);
    const std::size_t tiles = last - first;
    const std::size_t in_plane = tiles * in + kPlanePadding;
    const std::size_t out_plane = tiles * out + kPlanePadding;
    Scratch& scratch = ThreadScratch(kPlanes * in_plane, kPlanes * out_plane, in);
    float* inputs = scratch.inputs.data();
    float* products = scratch.outputs.data();
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      TransformPoints<Tile<m>::input, 1>(x, shape, grid.At(first + tile), in, scratch.zeros.data(),
                                         inputs + tile * in, in_plane);
    }
    for (std::size_t plane = 0; plane < kPlanes; ++plane) {
      Multiply(inputs + plane * in_plane, filters + plane * in * out, tiles, in, out,
               products + plane * out_plane);
    }
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      TransformOutput(products + tile * out, out_plane, grid.At(first + tile), added, y);
    }
  }

  void TransformOutput(const float* products, std::size_t plane, const TileGrid::Place& place,
                       const float* added, float* y) const {
    const std::size_t rows = std::min(m, shape.rows - place.row);
    const std::size_t columns = std::min(m, shape.columns - place.column);
    for (std::size_t channel = 0; channel < out; channel += kLanes) {
      Lanes outputs[m * m];
      TimesBoth<Tile<m>::output>(
          [&](std::size_t i) { return Load(products + i * plane + channel); },
          [&](std::size_t i, const Lanes& value) { outputs[i] = value; });
      const Lanes shift = Load(&bias[channel]);
      for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t column = 0; column < columns; ++column) {
          const std::size_t point =
              PointAt(shape, place.board, place.row + row, place.column + column);
          Lanes value = outputs[row * m + column] + shift;
          if (added != nullptr) value += Load(added + point * out + channel);
          if (relu) value = value > 0.0F ? value : Lanes{};
          Store(value, y + point * out + channel);
        }
      }
    }
  }
};

}  // namespace

struct WinogradConv::Filters {
  std::vector<float> values;  // see TransformFilters
};

bool WinogradConv::Takes(std::size_t in, std::size_t out) {
  return in > 0 && in % kLanes == 0 && out > 0 && out % kLanes == 0;
}

std::size_t WinogradConv::Whole(std::size_t channels) {
  return (channels + kLanes - 1) / kLanes * kLanes;
}

bool WinogradConv::IsFast(std::size_t in, std::size_t out) {
  return kWideVectors && Takes(Whole(in), out) && Whole(in) < 2 * in;
}

WinogradConv::WinogradConv(std::span<const float> weight, std::span<const float> bias)
    : in_(weight.size() / (9 * bias.size())),
      out_(bias.size()),
      weight_(weight.begin(), weight.end()),
      bias_(bias.begin(), bias.end()) {
  TENGEN_CHECK(weight_.size() == out_ * in_ * 9 && Takes(in_, out_), weight_.size(),
               " weights for ", out_, " outputs");
}
WinogradConv::~WinogradConv() = default;

const float* WinogradConv::FiltersFor(std::size_t m) const {
  std::unique_ptr<const Filters>& filters = filters_[m - kSmallestTile];
  std::call_once(once_[m - kSmallestTile], [&] {
    filters = std::make_unique<const Filters>(Filters{
        WithTileSize(m, [&](auto size) { return TransformFilters<size>(weight_, in_, out_); })});
  });
  return filters->values.data();
}

std::size_t WinogradConv::parts(const MapShape& shape) const {
  const std::size_t m = TileSize(shape, in_, out_);
  const std::size_t part = PartTiles(m, in_, out_);
  return (TileGrid(shape, m).count() + part - 1) / part;
}

void WinogradConv::Run(const float* x, const MapShape& shape, const float* added, bool relu,
                       float* y, std::size_t first, std::size_t last) const {
  const std::size_t m = TileSize(shape, in_, out_);
  const std::size_t part = PartTiles(m, in_, out_);
  const std::size_t tiles = TileGrid(shape, m).count();
  const float* filters = FiltersFor(m);
  WithTileSize(m, [&](auto size) {
    const Pass<size> pass{shape, filters, bias_, in_, out_, relu};
    for (; first < last; ++first) {
      pass.Run(x, added, y, first * part, std::min(tiles, (first + 1) * part));
    }
  });
}

}  // namespace tengen

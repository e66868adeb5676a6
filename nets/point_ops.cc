#include "nets/point_ops.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <type_traits>
#include <vector>

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

#include "envs/core/check.h"
#include "nets/half.h"
#include "nets/tensor_data.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

static_assert(sizeof(Half) == sizeof(at::BFloat16));

inline float Relu(float value) { return value > 0.0F ? value : 0.0F; }

struct MapSizes {
  explicit MapSizes(const at::Tensor& map)
      : batch(static_cast<std::size_t>(map.size(0))),
        channels(static_cast<std::size_t>(map.size(1))),
        points(static_cast<std::size_t>(map.size(2) * map.size(3))) {
    TENGEN_CHECK(map.is_cpu() && map.is_contiguous(at::MemoryFormat::ChannelsLast), "map of shape ",
                 map.sizes(), " with strides ", map.strides(), ", wanted channels-last on the CPU");
  }
  std::size_t batch;
  std::size_t channels;
  std::size_t points;
};

// Calls `function` with the map's numbers as float* or Half*.
template <typename Function>
void WithData(const at::Tensor& map, const Function& function) {
  if (map.scalar_type() == at::kBFloat16) {
    function(static_cast<Half*>(map.data_ptr()));
  } else {
    TENGEN_CHECK(map.scalar_type() == at::kFloat, "map of ", map.toString());
    function(map.data_ptr<float>());
  }
}

#ifdef __AVX512BF16__
constexpr std::size_t kLanes = 16;
constexpr std::size_t kBlock = 2 * kLanes;

// The forms with a full mask do the same as those without, whose headers make GCC 12 warn.
constexpr __mmask16 kAll = 0xffff;

inline __m512 LoadLanes(const float* from) { return _mm512_loadu_ps(from); }
inline __m512 LoadLanes(const Half* from) {
  const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  return _mm512_castsi512_ps(
      _mm512_maskz_slli_epi32(kAll, _mm512_maskz_cvtepu16_epi32(kAll, bits), 16));
}

// relu(y + x) of 32 numbers; half the time of what compilers make of a plain loop.
template <typename X>
void AddReluBlock(Half* y, const X* x) {
  const __m512 low = _mm512_add_ps(LoadLanes(y), LoadLanes(x));
  const __m512 high = _mm512_add_ps(LoadLanes(y + kLanes), LoadLanes(x + kLanes));
  const __m512 zero = _mm512_setzero_ps();
  const __m512bh rounded = _mm512_cvtne2ps_pbh(_mm512_maskz_max_ps(kAll, high, zero),
                                               _mm512_maskz_max_ps(kAll, low, zero));
  std::memcpy(y, &rounded, sizeof(rounded));
}
#endif

// y = relu(y + x), x of y's type or float.
template <typename T, typename X>
void AddReluRow(T* __restrict y, const X* __restrict x, std::size_t size) {
  std::size_t i = 0;
#ifdef __AVX512BF16__
  if constexpr (std::is_same_v<T, Half>) {
    for (; i + kBlock <= size; i += kBlock) AddReluBlock(y + i, x + i);
  }
#endif
  for (; i < size; ++i) Store(Relu(Load(y[i]) + Load(x[i])), y[i]);
}

template <typename T>
void AddBiasReluLoop(T* __restrict y, const float* __restrict bias, const MapSizes& sizes) {
  for (std::size_t n = 0; n < sizes.batch; ++n, bias += sizes.channels) {
    for (std::size_t p = 0; p < sizes.points; ++p, y += sizes.channels) {
      AddReluRow(y, bias, sizes.channels);
    }
  }
}

// out [N, 2 * pooled], zeroed.
template <typename T>
void PoolLoop(const T* __restrict x, const MapSizes& sizes, std::size_t pooled,
              float* __restrict out) {
  const float scale = 1.0F / static_cast<float>(sizes.points);
  for (std::size_t n = 0; n < sizes.batch; ++n, out += 2 * pooled) {
    float* sum = out;
    float* largest = out + pooled;
    for (std::size_t p = 0; p < sizes.points; ++p, x += sizes.channels) {
      for (std::size_t c = 0; c < pooled; ++c) {
        const float value = Relu(Load(x[c]));
        sum[c] += value;
        largest[c] = std::max(largest[c], value);
      }
    }
    for (std::size_t c = 0; c < pooled; ++c) sum[c] *= scale;
  }
}

// Sum of a[i] * b[i], as eight sums side by side.
inline float Dot(const float* __restrict a, const float* __restrict b, std::size_t size) {
  constexpr std::size_t kSums = 8;
  float sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= size; i += kSums) {
    for (std::size_t j = 0; j < kSums; ++j) sums[j] += a[i + j] * b[i + j];
  }
  float sum = 0.0F;
  for (; i < size; ++i) sum += a[i] * b[i];
  for (std::size_t width = kSums / 2; width > 0; width /= 2) {
    for (std::size_t j = 0; j < width; ++j) sums[j] += sums[j + width];
  }
  return sum + sums[0];
}

template <typename T>
void PointOutputsLoop(const T* __restrict map, const float* __restrict bias,
                      const at::Tensor& weight, const at::Tensor& offset, const MapSizes& sizes,
                      float* __restrict out) {
  const auto outputs = static_cast<std::size_t>(weight.size(0));
  const auto* w = DataOf<float>(weight);
  const auto* b = DataOf<float>(offset);
  std::vector<float> active(sizes.channels);
  for (std::size_t n = 0; n < sizes.batch; ++n, bias += sizes.channels) {
    for (std::size_t p = 0; p < sizes.points; ++p, map += sizes.channels) {
      for (std::size_t c = 0; c < sizes.channels; ++c) active[c] = Relu(Load(map[c]) + bias[c]);
      for (std::size_t o = 0; o < outputs; ++o) {
        out[(n * outputs + o) * sizes.points + p] =
            b[o] + Dot(active.data(), w + o * sizes.channels, sizes.channels);
      }
    }
  }
}

at::Tensor AtEveryPoint(const at::Tensor& bias, const at::Tensor& map) {
  return bias.to(map.scalar_type()).unsqueeze(2).unsqueeze(3);
}

}  // namespace

void AddRelu(at::Tensor& y, const at::Tensor& x, ComputePath path) {
  if (path == ComputePath::kOperators) {
    y.add_(x).relu_();
    return;
  }
  TENGEN_CHECK(y.is_cpu() && y.is_non_overlapping_and_dense() && y.strides() == x.strides(),
               "maps with strides ", y.strides(), " and ", x.strides(), ", wanted the same ones");
  WithData(y, [&x, &y](auto* data) {
    AddReluRow(data, static_cast<const std::remove_pointer_t<decltype(data)>*>(x.data_ptr()),
               static_cast<std::size_t>(y.numel()));
  });
}

void AddBiasRelu(at::Tensor& y, const at::Tensor& bias, ComputePath path) {
  if (path == ComputePath::kOperators) {
    y.add_(AtEveryPoint(bias, y)).relu_();
    return;
  }
  const at::Tensor rows = bias.contiguous();
  WithData(y, [&](auto* data) { AddBiasReluLoop(data, DataOf<float>(rows), MapSizes(y)); });
}

at::Tensor PoolMeanMax(const at::Tensor& x, std::int64_t channels, ComputePath path) {
  if (path == ComputePath::kOperators) {
    const at::Tensor part = x.narrow(1, 0, channels).relu();
    return at::cat({part.mean({2, 3}, false, at::kFloat), part.amax({2, 3}).to(at::kFloat)}, 1);
  }
  at::Tensor pooled = at::zeros({x.size(0), 2 * channels}, at::kFloat);
  WithData(x, [&](const auto* data) {
    PoolLoop(data, MapSizes(x), static_cast<std::size_t>(channels), DataOf<float>(pooled));
  });
  return pooled;
}

at::Tensor PointOutputs(const at::Tensor& map, const at::Tensor& bias, const at::Tensor& weight,
                        const at::Tensor& offset, ComputePath path) {
  if (path == ComputePath::kOperators) {
    // [N,C,P] whose memory is [N][P][C], as a convolution leaves it.
    const at::Tensor points = map.flatten(2).to(at::kFloat);
    const at::Tensor active = (points + bias.unsqueeze(2)).relu_();
    const at::Tensor rows = weight.unsqueeze(0).expand({map.size(0), -1, -1});
    return at::baddbmm(offset.view({1, -1, 1}), rows, active).contiguous();
  }
  const MapSizes sizes(map);
  const at::Tensor rows = bias.contiguous();
  at::Tensor out =
      at::empty({map.size(0), weight.size(0), static_cast<std::int64_t>(sizes.points)}, at::kFloat);
  WithData(map, [&](const auto* data) {
    PointOutputsLoop(data, DataOf<float>(rows), weight, offset, sizes, DataOf<float>(out));
  });
  return out;
}

}  // namespace tengen

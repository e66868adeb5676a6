#include "nets/norm_kernels.h"

namespace tengen {
namespace {

template <bool kAdds, bool kRelu, typename T>
void ScaleLoop(const T* __restrict x, const T* __restrict added, const float* __restrict scale,
               const float* __restrict shift, std::size_t rows, std::size_t channels,
               T* __restrict y) {
  for (std::size_t r = 0; r < rows; ++r, x += channels, y += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      float value = scale[c] * Load(x[c]) + shift[c];
      if constexpr (kAdds) value += Load(added[c]);
      if constexpr (kRelu) value = value > 0.0F ? value : 0.0F;
      Store(value, y[c]);
    }
    if constexpr (kAdds) added += channels;
  }
}

template <bool kRelu, typename T>
float Passed(const T& dy, const T& y) {
  if constexpr (!kRelu) return Load(dy);
  return Load(y) > 0.0F ? Load(dy) : 0.0F;
}

template <bool kRelu, typename T>
void AddGradientsLoop(const T* __restrict dy, const T* __restrict y, const T* __restrict x,
                      const float* __restrict mean, std::size_t rows, std::size_t channels,
                      float* __restrict sums, float* __restrict products) {
  for (std::size_t r = 0; r < rows; ++r, dy += channels, y += channels, x += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const float gradient = Passed<kRelu>(dy[c], y[c]);
      sums[c] += gradient;
      products[c] += gradient * (Load(x[c]) - mean[c]);
    }
  }
}

template <bool kRelu, bool kAdds, typename T>
void InputGradientLoop(const T* __restrict dy, const T* __restrict y, const T* __restrict x,
                       const float* __restrict of_dy, const float* __restrict of_x,
                       const float* __restrict constant, std::size_t rows, std::size_t channels,
                       T* __restrict dx, T* __restrict dadded) {
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < channels; ++c) {
      const float gradient = Passed<kRelu>(dy[c], y[c]);
      Store(of_dy[c] * gradient + of_x[c] * Load(x[c]) + constant[c], dx[c]);
      if constexpr (kAdds) Store(gradient, dadded[c]);
    }
    dy += channels, y += channels, x += channels, dx += channels;
    if constexpr (kAdds) dadded += channels;
  }
}

}  // namespace

template <typename T>
void AddColumns(const T* __restrict x, std::size_t rows, std::size_t channels,
                float* __restrict sums) {
  for (std::size_t r = 0; r < rows; ++r, x += channels) {
    for (std::size_t c = 0; c < channels; ++c) sums[c] += Load(x[c]);
  }
}

template <typename T>
void AddSquares(const T* __restrict x, const float* __restrict mean, std::size_t rows,
                std::size_t channels, float* __restrict sums) {
  for (std::size_t r = 0; r < rows; ++r, x += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const float distance = Load(x[c]) - mean[c];
      sums[c] += distance * distance;
    }
  }
}

template <typename T>
void ScaleRows(const T* x, const T* added, const float* scale, const float* shift, bool relu,
               std::size_t rows, std::size_t channels, T* y) {
  if (added != nullptr) {
    relu ? ScaleLoop<true, true>(x, added, scale, shift, rows, channels, y)
         : ScaleLoop<true, false>(x, added, scale, shift, rows, channels, y);
  } else {
    relu ? ScaleLoop<false, true>(x, x, scale, shift, rows, channels, y)
         : ScaleLoop<false, false>(x, x, scale, shift, rows, channels, y);
  }
}

template <typename T>
void AddGradients(const T* dy, const T* y, const T* x, const float* mean, std::size_t rows,
                  std::size_t channels, float* sums, float* products) {
  y != nullptr ? AddGradientsLoop<true>(dy, y, x, mean, rows, channels, sums, products)
               : AddGradientsLoop<false>(dy, x, x, mean, rows, channels, sums, products);
}

template <typename T>
void InputGradient(const T* dy, const T* y, const T* x, const float* of_dy, const float* of_x,
                   const float* constant, std::size_t rows, std::size_t channels, T* dx,
                   T* dadded) {
  const auto run = [&]<bool kRelu, bool kAdds>() {
    InputGradientLoop<kRelu, kAdds>(dy, kRelu ? y : x, x, of_dy, of_x, constant, rows, channels, dx,
                                    dadded);
  };
  if (y != nullptr) {
    dadded != nullptr ? run.template operator()<true, true>()
                      : run.template operator()<true, false>();
  } else {
    dadded != nullptr ? run.template operator()<false, true>()
                      : run.template operator()<false, false>();
  }
}

#define TENGEN_NORM_KERNELS(T)                                                                     \
  template void AddColumns(const T*, std::size_t, std::size_t, float*);                            \
  template void AddSquares(const T*, const float*, std::size_t, std::size_t, float*);              \
  template void ScaleRows(const T*, const T*, const float*, const float*, bool, std::size_t,       \
                          std::size_t, T*);                                                        \
  template void AddGradients(const T*, const T*, const T*, const float*, std::size_t, std::size_t, \
                             float*, float*);                                                      \
  template void InputGradient(const T*, const T*, const T*, const float*, const float*,            \
                              const float*, std::size_t, std::size_t, T*, T*);
TENGEN_NORM_KERNELS(float)
TENGEN_NORM_KERNELS(Half)
#undef TENGEN_NORM_KERNELS

}  // namespace tengen

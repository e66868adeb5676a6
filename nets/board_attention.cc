#include "nets/board_attention.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "envs/core/check.h"

// Functions that return vectors are inlined: how callers would get them does not matter.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace tengen {
namespace {

// The same on every processor, so that sums have one order.
constexpr std::size_t kLanes = 8;
constexpr std::size_t kTogether = 4;  // points, so that one's sums do not wait for their last term
// Less than any product of a query and a key; its exponential is 0.
constexpr float kNowhere = -1e30F;

using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using Whole = std::int32_t __attribute__((vector_size(kLanes * sizeof(float))));
using UnalignedLanes =
    float __attribute__((vector_size(kLanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline Lanes Load(const float* from) { return *reinterpret_cast<const UnalignedLanes*>(from); }
inline void Store(const Lanes& lanes, float* to) { *reinterpret_cast<UnalignedLanes*>(to) = lanes; }

// exp(x) for x <= 0 within 2 units in the last place, 0 below -87: 2^n e^r with |r| <= ln 2 / 2,
// the polynomial of Cephes' expf (Moshier 1989).
inline Lanes ExpOfNegative(const Lanes& x) {
  const Lanes low = Lanes{} - 87.0F;
  const Lanes y = x > low ? x : low;
  const Whole n = __builtin_convertvector(y * 1.44269504F - 0.5F, Whole);  // to the nearest
  const Lanes whole = __builtin_convertvector(n, Lanes);
  const Lanes r = (y - whole * 0.693359375F) + whole * 2.12194440e-4F;
  Lanes p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const auto power = reinterpret_cast<Lanes>((n + 127) << 23);
  return x < low ? Lanes{} : p * power;
}

// Makes exp(x - largest) of each and returns their sum.
float Exponentiate(float* values, std::size_t count) {
  Lanes largest = Load(values);
  for (std::size_t j = kLanes; j < count; j += kLanes) {
    const Lanes here = Load(values + j);
    largest = here > largest ? here : largest;
  }
  float most = largest[0];
  for (std::size_t l = 1; l < kLanes; ++l) most = std::max(most, largest[l]);
  Lanes sums = {};
  for (std::size_t j = 0; j < count; j += kLanes) {
    const Lanes weight = ExpOfNegative(Load(values + j) - most);
    Store(weight, values + j);
    sums += weight;
  }
  float sum = 0.0F;
  for (std::size_t l = 0; l < kLanes; ++l) sum += sums[l];
  return sum;
}

}  // namespace

BoardAttention::BoardAttention(std::size_t points, std::size_t heads, std::size_t width,
                               std::span<const float> cosine, std::span<const float> sine)
    : points_(points),
      padded_((points + kLanes - 1) / kLanes * kLanes),
      heads_(heads),
      width_(width),
      padded_width_((width + kLanes - 1) / kLanes * kLanes),
      cosine_(cosine),
      sine_(sine),
      queries_(points * width),
      keys_(width * padded_),
      values_(points * padded_width_),
      weights_(kTogether * padded_) {
  TENGEN_CHECK(points > 0 && width % 2 == 0, points, " points of width ", width);
  TENGEN_CHECK(cosine.size() == points * width / 2 && sine.size() == cosine.size(), cosine.size(),
               " cosines, wanted ", points * width / 2);
}

void BoardAttention::operator()(std::span<const float> query_key_value, std::span<float> answers) {
  const std::size_t all = heads_ * width_;
  TENGEN_CHECK(query_key_value.size() == points_ * 3 * all && answers.size() == points_ * all,
               query_key_value.size(), " numbers, wanted ", points_ * 3 * all);
  for (std::size_t h = 0; h < heads_; ++h) {
    TurnHead(query_key_value.data() + h * width_);
    for (std::size_t i = 0; i < points_; i += kTogether) {
      AnswerPoints(i, answers.data() + h * width_);
    }
  }
}

// Takes one head's numbers out: query_key_value is the first of them.
void BoardAttention::TurnHead(const float* query_key_value) {
  const std::size_t all = heads_ * width_;
  const float scale = 1.0F / std::sqrt(static_cast<float>(width_));
  for (std::size_t j = 0; j < points_; ++j) {
    const float* query = query_key_value + j * 3 * all;
    const float* key = query + all;
    const float* value = key + all;
    for (std::size_t i = 0; i < width_ / 2; ++i) {
      const float cosine = cosine_[j * width_ / 2 + i];
      const float sine = sine_[j * width_ / 2 + i];
      queries_[j * width_ + 2 * i] = scale * (query[2 * i] * cosine - query[2 * i + 1] * sine);
      queries_[j * width_ + 2 * i + 1] = scale * (query[2 * i] * sine + query[2 * i + 1] * cosine);
      keys_[2 * i * padded_ + j] = key[2 * i] * cosine - key[2 * i + 1] * sine;
      keys_[(2 * i + 1) * padded_ + j] = key[2 * i] * sine + key[2 * i + 1] * cosine;
    }
    std::copy_n(value, width_, values_.begin() + static_cast<std::ptrdiff_t>(j * padded_width_));
  }
}

// Of kTogether points from `point` on; those behind the last one are the last one again.
void BoardAttention::AnswerPoints(std::size_t point, float* answers) {
  std::array<const float*, kTogether> queries;
  std::array<float*, kTogether> weights;
  std::array<float, kTogether> sums;
  for (std::size_t p = 0; p < kTogether; ++p) {
    queries[p] = queries_.data() + std::min(point + p, points_ - 1) * width_;
    weights[p] = weights_.data() + p * padded_;
  }
  for (std::size_t j = 0; j < padded_; j += kLanes) {
    std::array<Lanes, kTogether> products = {};
    for (std::size_t i = 0; i < width_; ++i) {
      const Lanes keys = Load(keys_.data() + i * padded_ + j);
      for (std::size_t p = 0; p < kTogether; ++p) products[p] += keys * queries[p][i];
    }
    for (std::size_t p = 0; p < kTogether; ++p) Store(products[p], weights[p] + j);
  }
  for (std::size_t p = 0; p < kTogether; ++p) {
    std::fill(weights[p] + points_, weights[p] + padded_, kNowhere);
    sums[p] = Exponentiate(weights[p], padded_);
  }
  for (std::size_t i = 0; i < padded_width_; i += kLanes) {
    std::array<Lanes, kTogether> mixed = {};
    for (std::size_t j = 0; j < points_; ++j) {
      const Lanes values = Load(values_.data() + j * padded_width_ + i);
      for (std::size_t p = 0; p < kTogether; ++p) mixed[p] += values * weights[p][j];
    }
    const std::size_t used = std::min(kLanes, width_ - i);
    for (std::size_t p = 0; p < kTogether && point + p < points_; ++p) {
      float* answer = answers + (point + p) * heads_ * width_ + i;
      const Lanes mean = mixed[p] / sums[p];
      for (std::size_t l = 0; l < used; ++l) answer[l] = mean[l];
    }
  }
}

}  // namespace tengen

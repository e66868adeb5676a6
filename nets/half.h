#pragma once

#include <bit>
#include <cstdint>

namespace tengen {

// bfloat16 is the upper half of a float. Written so that compilers turn loops over it into vector
// code, which at::BFloat16's conversion (it looks at NaN) is not.
struct Half {
  std::uint16_t bits;
};

inline float Load(const float& value) { return value; }
inline float Load(const Half& value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
inline void Store(float value, float& out) { out = value; }
inline void Store(float value, Half& out) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  // To nearest, ties to even.
  out.bits = static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
}

}  // namespace tengen

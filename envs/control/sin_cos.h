#pragma once

#include <bit>
#include <cstdint>

namespace tengen {

struct SinCosValue {
  double sin = 0.0;
  double cos = 0.0;
};

// Sine and cosine without branches or calls, so that loops over many environments turn into vector
// instructions, and with equal bits on every machine. For |x| <= 1e5 within 2.5e-16 of the exact
// values; beyond, the error grows in proportion to |x|.
//
// The argument is brought to r in [-pi/4, pi/4] by subtracting q * pi/2 in three parts (Cody &
// Waite 1980, the first two of 32 bits, so that their products with q are exact), then
//   sin r = r + r^3 P(r^2),   cos r = 1 - r^2 / 2 + r^4 Q(r^2)
// with P and Q the polynomials of degree 5 of least maximal error (Remez), 2e-17 and 1.3e-18.
inline SinCosValue SinCos(double x) {
  constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  constexpr double kHalfPi1 = 0x1.921fb544p+0;
  constexpr double kHalfPi2 = 0x1.0b4611a6p-34;
  constexpr double kHalfPi3 = 0x1.3198a2e037073p-69;
  constexpr double kRound = 0x1.8p52;  // adding it rounds to a whole number in the low bits
  const double shifted = x * kTwoOverPi + kRound;
  const auto quadrant = std::bit_cast<std::uint64_t>(shifted);
  const double q = shifted - kRound;
  const double r = ((x - q * kHalfPi1) - q * kHalfPi2) - q * kHalfPi3;
  const double z = r * r;
  const double p = -0x1.5555555555555p-3 +
                   z * (0x1.1111111110bb2p-7 +
                        z * (-0x1.a01a019e838f5p-13 +
                             z * (0x1.71de37965d820p-19 +
                                  z * (-0x1.ae600acd21c23p-26 + z * 0x1.5e0b0499398dfp-33))));
  const double c = 0x1.5555555555555p-5 +
                   z * (-0x1.6c16c16c16967p-10 +
                        z * (0x1.a01a019f4e9f2p-16 +
                             z * (-0x1.27e4fa17c0339p-22 +
                                  z * (0x1.1eeb68cb23ad0p-29 + z * -0x1.907d8be301471p-37))));
  const double sin_r = r + r * z * p;
  const double cos_r = (1.0 - 0.5 * z) + z * z * c;
  // quadrant mod 4: sin is sin r, cos r, -sin r, -cos r; cos is a quadrant ahead.
  const bool swap = (quadrant & 1) != 0;
  const double s = swap ? cos_r : sin_r;
  const double k = swap ? sin_r : cos_r;
  const std::uint64_t sin_sign = (quadrant & 2) << 62;
  const std::uint64_t cos_sign = ((quadrant + 1) & 2) << 62;
  return {std::bit_cast<double>(std::bit_cast<std::uint64_t>(s) ^ sin_sign),
          std::bit_cast<double>(std::bit_cast<std::uint64_t>(k) ^ cos_sign)};
}

}  // namespace tengen

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace tengen {

// Who draws from a stream. Values are part of the reproducibility contract: add at the end only.
enum class RngRole : std::uint32_t {
  kTest = 0,
  kSelfPlay = 1,
  kLearner = 2,
  kNetInit = 3,
  kMatch = 4,
  kOpening = 5,
  kBench = 6,
  kReplay = 7,
  kEvaluation = 8,
  kEnvironment = 9,
};

// xoshiro256++ 1.0 (Blackman & Vigna 2019, "Scrambled linear pseudorandom number generators"),
// seeded by SplitMix64. Distributions are our own, so that equal seeds give equal numbers with
// every standard library. A value type: copy it to fork the same future. Not thread-safe.
class Rng {
 public:
  using State = std::array<std::uint64_t, 4>;

  // One independent stream per (seed, role, index).
  Rng(std::uint64_t seed, RngRole role, std::uint64_t index = 0);
  explicit Rng(const State& state) : state_(state) {}

  // The whole state, for checkpoints.
  const State& state() const { return state_; }

  std::uint64_t Next() {
    const std::uint64_t result = Rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = Rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, bound), unbiased (Lemire 2019). REQUIRES: bound > 0.
  std::uint32_t Below(std::uint32_t bound) {
    std::uint64_t product = (Next() >> 32) * bound;
    if (static_cast<std::uint32_t>(product) < bound) [[unlikely]] {
      const std::uint32_t threshold = (0U - bound) % bound;
      while (static_cast<std::uint32_t>(product) < threshold) product = (Next() >> 32) * bound;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

  // Uniform in [0, 1), 53 bits.
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

  // Standard normal (Marsaglia's polar method, no value kept between calls).
  double Normal();

  // Standard Gumbel: -log(-log U).
  double Gumbel();

  // Gamma(shape, 1), Marsaglia & Tsang 2000. REQUIRES: shape > 0.
  double Gamma(double shape);

  // Fills `out` with a draw from the symmetric Dirichlet(alpha). Sums to 1. REQUIRES: alpha > 0.
  void Dirichlet(double alpha, std::span<float> out);

  // Index drawn with probability weights[i] / sum. REQUIRES: weights >= 0, sum > 0.
  int Categorical(std::span<const float> weights);

  template <typename T>
  void Shuffle(std::span<T> items) {
    for (std::size_t i = items.size(); i > 1; --i) {
      std::swap(items[i - 1], items[Below(static_cast<std::uint32_t>(i))]);
    }
  }

 private:
  static std::uint64_t Rotl(std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }

  State state_;
};

// SplitMix64's output function (Steele et al. 2014): a fixed, well-mixed 64-bit hash of x.
constexpr std::uint64_t Mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace tengen

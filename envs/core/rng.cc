#include "envs/core/rng.h"

#include <cmath>

#include "envs/core/check.h"

namespace tengen {

Rng::Rng(std::uint64_t seed, RngRole role, std::uint64_t index) {
  std::uint64_t x = Mix64(Mix64(Mix64(seed) ^ static_cast<std::uint64_t>(role)) ^ index);
  for (std::uint64_t& word : state_) {
    x += 0x9e3779b97f4a7c15ULL;
    word = Mix64(x);
  }
}

double Rng::Normal() {
  while (true) {
    const double u = 2.0 * Uniform() - 1.0;
    const double v = 2.0 * Uniform() - 1.0;
    const double s = u * u + v * v;
    if (s > 0.0 && s < 1.0) return u * std::sqrt(-2.0 * std::log(s) / s);
  }
}

double Rng::Gumbel() {
  double u = Uniform();
  while (u <= 0.0) u = Uniform();
  return -std::log(-std::log(u));
}

double Rng::Gamma(double shape) {
  TENGEN_CHECK(shape > 0.0, "gamma shape ", shape, ", wanted above 0");
  if (shape < 1.0) {
    // Gamma(a) = Gamma(a + 1) * U^(1/a).
    double u = Uniform();
    while (u <= 0.0) u = Uniform();
    return Gamma(shape + 1.0) * std::pow(u, 1.0 / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  while (true) {
    const double x = Normal();
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    const double u = Uniform();
    if (u > 0.0 && std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

void Rng::Dirichlet(double alpha, std::span<float> out) {
  double sum = 0.0;
  for (float& x : out) {
    const double g = Gamma(alpha);
    x = static_cast<float>(g);
    sum += g;
  }
  // Every draw can underflow when alpha is tiny; the limit is then a point mass.
  if (sum < 1e-30) {
    for (float& x : out) x = 0.0F;
    if (!out.empty()) out[Below(static_cast<std::uint32_t>(out.size()))] = 1.0F;
    return;
  }
  for (float& x : out) x = static_cast<float>(x / sum);
}

int Rng::Categorical(std::span<const float> weights) {
  double sum = 0.0;
  for (const float w : weights) sum += w;
  TENGEN_CHECK(sum > 0.0, "weights sum to ", sum, ", wanted above 0");
  double left = Uniform() * sum;
  int last = -1;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0.0F) continue;
    last = static_cast<int>(i);
    left -= weights[i];
    if (left < 0.0) return last;
  }
  return last;  // Rounding left a sliver at the end.
}

}  // namespace tengen

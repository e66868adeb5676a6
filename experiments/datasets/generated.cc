#include "experiments/datasets/generated.h"

#include <cmath>
#include <numbers>

#include "experiments/datasets/data_rng.h"

namespace tengen {

Samples NoisyLine(int count, std::uint64_t seed) {
  Rng rng = DataRng(seed, DataStream::kLine);
  Samples samples;
  samples.shape = {1};
  samples.feature_names = {"x"};
  samples.categories = {{}};
  for (int i = 0; i < count; ++i) {
    const double x = 2.0 * rng.Uniform() - 1.0;
    samples.features.push_back(static_cast<float>(x));
    samples.targets.push_back(static_cast<float>(3.0 * x + 2.0 + rng.Uniform()));
  }
  return samples;
}

Samples TwoSpirals(int count, double noise, std::uint64_t seed) {
  constexpr double kEnd = 3.0 * std::numbers::pi;  // one and a half turns
  Rng rng = DataRng(seed, DataStream::kSpirals);
  Samples samples;
  samples.shape = {2};
  samples.feature_names = {"x", "y"};
  samples.categories = {{}, {}};
  samples.class_names = {"first", "second"};
  for (int i = 0; i < count; ++i) {
    const int label = i % 2;
    const double t = kEnd * rng.Uniform();
    const double angle = t + std::numbers::pi * label;
    const double radius = t / kEnd;
    samples.features.push_back(static_cast<float>(radius * std::cos(angle) + noise * rng.Normal()));
    samples.features.push_back(static_cast<float>(radius * std::sin(angle) + noise * rng.Normal()));
    samples.labels.push_back(label);
  }
  return samples;
}

}  // namespace tengen

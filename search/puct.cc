#include "search/puct.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "envs/core/check.h"

namespace tengen {

double ExplorationFactor(const PuctParameters& parameters, int parent_visits) {
  const double n = parent_visits;
  const double growth = std::log((1.0 + n + parameters.c_base) / parameters.c_base);
  const double c = parameters.c_init + parameters.c_factor * growth;
  return c * std::sqrt(n);
}

QRange QRange::Known(double low, double high) {
  return {true, static_cast<float>(low), static_cast<float>(high)};
}

QRange QRange::Empty() {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  return {false, kInfinity, -kInfinity};
}

double FirstPlayUrgency(double normalised_parent_q, double reduction, double visited_prior) {
  return normalised_parent_q - reduction * std::sqrt(std::max(visited_prior, 0.0));
}

int SelectPuct(const PuctParent& parent, std::span<const float> priors,
               std::span<const std::int32_t> visits, std::span<const float> q) {
  TENGEN_DCHECK(!priors.empty());
  const auto score = [&](std::size_t i) {
    const float value = visits[i] > 0 ? q[i] * parent.q_scale + parent.q_offset : parent.first_play;
    return value + parent.exploration * priors[i] / static_cast<float>(1 + visits[i]);
  };

  // Lane l keeps the best of the moves l, l + kLanes, ...: this loop becomes vector code.
  constexpr std::size_t kLanes = 8;
  std::array<float, kLanes> best;
  std::array<std::int32_t, kLanes> best_index{};
  best.fill(-std::numeric_limits<float>::infinity());
  const std::size_t whole = priors.size() / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    for (std::size_t l = 0; l < kLanes; ++l) {
      const float s = score(i + l);
      const bool better = s > best[l];
      best[l] = better ? s : best[l];
      best_index[l] = better ? static_cast<std::int32_t>(i + l) : best_index[l];
    }
  }

  float top = best[0];
  std::int32_t top_index = best_index[0];
  for (std::size_t l = 1; l < kLanes; ++l) {
    if (best[l] > top || (best[l] == top && best_index[l] < top_index)) {
      top = best[l];
      top_index = best_index[l];
    }
  }
  for (std::size_t i = whole; i < priors.size(); ++i) {
    const float s = score(i);
    if (s > top) {
      top = s;
      top_index = static_cast<std::int32_t>(i);
    }
  }
  return top_index;
}

void MixDirichletNoise(std::span<const float> priors, double total, double fraction, Rng& rng,
                       std::span<float> noisy) {
  TENGEN_CHECK(priors.size() == noisy.size(), noisy.size(), " places, wanted ", priors.size());
  if (fraction <= 0.0 || priors.empty()) {
    std::copy(priors.begin(), priors.end(), noisy.begin());
    return;
  }
  rng.Dirichlet(total / static_cast<double>(priors.size()), noisy);
  for (std::size_t i = 0; i < priors.size(); ++i) {
    noisy[i] = static_cast<float>((1.0 - fraction) * priors[i] + fraction * noisy[i]);
  }
}

void ShapeDirichlet(std::span<const float> priors, double total, double shape,
                    std::span<float> alphas) {
  TENGEN_CHECK(priors.size() == alphas.size(), alphas.size(), " places, wanted ", priors.size());
  const double kMost = 0.01;
  const double kLeast = 1e-20;
  const auto n = static_cast<double>(priors.size());
  const auto log_of = [=](float prior) {
    return std::log(std::min(static_cast<double>(prior), kMost) + kLeast);
  };
  double mean = 0.0;
  for (const float prior : priors) mean += log_of(prior) / n;
  double above = 0.0;
  for (const float prior : priors) above += std::max(0.0, log_of(prior) - mean);
  for (std::size_t i = 0; i < priors.size(); ++i) {
    const double share = above > 1e-9 ? std::max(0.0, log_of(priors[i]) - mean) / above : 1.0 / n;
    alphas[i] = static_cast<float>(total * ((1.0 - shape) / n + shape * share));
  }
}

void MixShapedNoise(std::span<const float> priors, double total, double shape, double fraction,
                    Rng& rng, std::span<float> noisy) {
  if (shape <= 0.0 || fraction <= 0.0 || priors.empty()) {
    MixDirichletNoise(priors, total, fraction, rng, noisy);
    return;
  }
  ShapeDirichlet(priors, total, shape, noisy);
  double sum = 0.0;
  for (float& x : noisy) {
    x = static_cast<float>(rng.Gamma(static_cast<double>(x)));
    sum += static_cast<double>(x);
  }
  for (std::size_t i = 0; i < priors.size(); ++i) {
    // Every draw can underflow when alphas are tiny: no noise then.
    const double noise =
        sum > 1e-30 ? static_cast<double>(noisy[i]) / sum : static_cast<double>(priors[i]);
    noisy[i] =
        static_cast<float>((1.0 - fraction) * static_cast<double>(priors[i]) + fraction * noise);
  }
}

int ChooseByVisits(std::span<const int> visits, double temperature, Rng& rng) {
  TENGEN_CHECK(temperature >= 0.0, "temperature ", temperature, ", wanted at least 0");
  TENGEN_CHECK(!visits.empty(), "no moves to choose from");
  const auto most = std::max_element(visits.begin(), visits.end());
  TENGEN_CHECK(*most > 0, "no move has visits, wanted at least one");
  if (temperature == 0.0) return static_cast<int>(most - visits.begin());
  std::vector<float> weights(visits.size());
  for (std::size_t i = 0; i < visits.size(); ++i) {
    const double share = static_cast<double>(visits[i]) / *most;
    weights[i] = static_cast<float>(std::pow(share, 1.0 / temperature));
  }
  return rng.Categorical(weights);
}

}  // namespace tengen

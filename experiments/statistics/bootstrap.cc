#include "experiments/statistics/bootstrap.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr int kResamples = 2000;

double Share(std::int64_t hits, std::int64_t trials) {
  return trials == 0 ? 0.0 : static_cast<double>(hits) / static_cast<double>(trials);
}

}  // namespace

Interval GroupBootstrap(std::span<const int> hits, std::span<const int> trials, Rng& rng) {
  TENGEN_CHECK(hits.size() == trials.size(), hits.size(), " and ", trials.size(), " groups");
  const auto all_hits = std::accumulate(hits.begin(), hits.end(), std::int64_t{0});
  const auto all_trials = std::accumulate(trials.begin(), trials.end(), std::int64_t{0});
  if (all_trials == 0) return {0.0, 0.0, 1.0};
  std::vector<double> shares;
  shares.reserve(kResamples);
  const auto groups = static_cast<std::uint32_t>(hits.size());
  for (int i = 0; i < kResamples; ++i) {
    std::int64_t drawn_hits = 0;
    std::int64_t drawn_trials = 0;
    for (std::uint32_t n = 0; n < groups; ++n) {
      const std::uint32_t group = rng.Below(groups);
      drawn_hits += hits[group];
      drawn_trials += trials[group];
    }
    shares.push_back(Share(drawn_hits, drawn_trials));
  }
  std::sort(shares.begin(), shares.end());
  const auto at = [&shares](double q) {
    return shares[static_cast<std::size_t>(q * static_cast<double>(shares.size() - 1) + 0.5)];
  };
  return {Share(all_hits, all_trials), at(0.025), at(0.975)};
}

}  // namespace tengen

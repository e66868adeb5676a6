#include "experiments/statistics/bootstrap.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr int kResamples = 2000;

// Total of `sums` over the total of trials, and the percentiles of the same of drawn groups.
// Without trials `empty`.
template <typename Sum, typename Total>
Interval Bootstrap(std::span<const Sum> sums, std::span<const int> trials, Interval empty,
                   Rng& rng) {
  TENGEN_CHECK(sums.size() == trials.size(), sums.size(), " and ", trials.size(), " groups");
  const auto share = [](Total sum, std::int64_t count) {
    return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
  };
  const auto all_sums = std::accumulate(sums.begin(), sums.end(), Total{0});
  const auto all_trials = std::accumulate(trials.begin(), trials.end(), std::int64_t{0});
  if (all_trials == 0) return empty;
  std::vector<double> shares;
  shares.reserve(kResamples);
  const auto groups = static_cast<std::uint32_t>(sums.size());
  for (int i = 0; i < kResamples; ++i) {
    Total drawn_sums = 0;
    std::int64_t drawn_trials = 0;
    for (std::uint32_t n = 0; n < groups; ++n) {
      const std::uint32_t group = rng.Below(groups);
      drawn_sums += sums[group];
      drawn_trials += trials[group];
    }
    shares.push_back(share(drawn_sums, drawn_trials));
  }
  std::sort(shares.begin(), shares.end());
  const auto at = [&shares](double q) {
    return shares[static_cast<std::size_t>(q * static_cast<double>(shares.size() - 1) + 0.5)];
  };
  return {share(all_sums, all_trials), at(0.025), at(0.975)};
}

}  // namespace

Interval GroupBootstrap(std::span<const int> hits, std::span<const int> trials, Rng& rng) {
  return Bootstrap<int, std::int64_t>(hits, trials, {0.0, 0.0, 1.0}, rng);
}

Interval GroupBootstrapMean(std::span<const double> sums, std::span<const int> trials, Rng& rng) {
  return Bootstrap<double, double>(sums, trials, {}, rng);
}

}  // namespace tengen

#include "search/forced_playouts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "envs/core/check.h"

namespace tengen {

double ForcedPlayouts(double k, double prior, int visits_of_all) {
  return std::sqrt(k * prior * visits_of_all);
}

int FindForced(double k, std::span<const float> noisy_priors,
               std::span<const std::int32_t> visits) {
  const int all = std::accumulate(visits.begin(), visits.end(), 0);
  for (std::size_t a = 0; a < visits.size(); ++a) {
    if (visits[a] > 0 && visits[a] < ForcedPlayouts(k, static_cast<double>(noisy_priors[a]), all)) {
      return static_cast<int>(a);
    }
  }
  return -1;
}

void PrunedPolicy(double k, double exploration, std::span<const float> noisy_priors,
                  std::span<const std::int32_t> visits, std::span<const float> normalised_q,
                  std::span<float> policy) {
  const int all = std::accumulate(visits.begin(), visits.end(), 0);
  TENGEN_CHECK(all > 0, "no move has visits, wanted at least one");
  const auto best =
      static_cast<std::size_t>(std::max_element(visits.begin(), visits.end()) - visits.begin());
  const auto puct = [&](std::size_t a, int n) {
    return static_cast<double>(normalised_q[a]) +
           exploration * static_cast<double>(noisy_priors[a]) / (1 + n);
  };
  const double top = puct(best, visits[best]);
  double sum = 0.0;
  for (std::size_t a = 0; a < visits.size(); ++a) {
    int left = visits[a];
    if (a != best && left > 0) {
      const double forced = ForcedPlayouts(k, static_cast<double>(noisy_priors[a]), all);
      const int least = std::max(0, left - static_cast<int>(forced));
      while (left > least && puct(a, left - 1) < top) --left;
      if (left == 1) left = 0;
    }
    policy[a] = static_cast<float>(left);
    sum += left;
  }
  for (float& share : policy) share = static_cast<float>(static_cast<double>(share) / sum);
}

}  // namespace tengen

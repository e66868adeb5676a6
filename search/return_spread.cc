#include "search/return_spread.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "envs/core/check.h"

namespace tengen {

double LowerBound(double stdevs, double radius, std::int32_t visits, double q, double square) {
  const double n = visits;
  const double prior = 1.0 / (n * n);
  const double variance = std::max(square - q * q, 0.0) + radius * radius * prior / (n + prior);
  const double sample = (n + prior) * (n + prior) / (n + prior * prior);
  return q - stdevs * std::sqrt(variance / sample);
}

std::size_t BestByLowerBound(const LcbParameters& parameters, const QRange& range,
                             std::span<const std::int32_t> visits, std::span<const float> q,
                             std::span<const float> squares) {
  const auto most = std::max_element(visits.begin(), visits.end());
  TENGEN_CHECK(most != visits.end() && *most > 0, "no move has visits, wanted at least one");
  const double least = std::max(1.0, parameters.min_share * *most);
  const double scale = range.scale();
  const double radius = scale > 0.0 ? 0.5 / scale : 0.0;
  auto best = static_cast<std::size_t>(most - visits.begin());
  double best_bound = -std::numeric_limits<double>::infinity();
  for (std::size_t a = 0; a < visits.size(); ++a) {
    if (visits[a] < least) continue;
    const double bound = LowerBound(parameters.stdevs, radius, visits[a], q[a], squares[a]);
    if (bound <= best_bound) continue;
    best_bound = bound;
    best = a;
  }
  return best;
}

double ExplorationScale(const StdevParameters& parameters, const QRange& range,
                        std::int32_t returns, double mean, double square) {
  if (returns <= 1) return 1.0;
  const double n = returns;
  const double w = parameters.prior_weight;
  // In units of [-1, 1] a return is unit * (return - centre); 0 while all are equal.
  const double unit = 2.0 * static_cast<double>(range.scale());
  const double centre = unit > 0.0 ? (1.0 - 2.0 * static_cast<double>(range.offset())) / unit : 0.0;
  const double u2 = unit * unit * (mean - centre) * (mean - centre);
  const double s = std::max(unit * unit * (square - 2.0 * centre * mean + centre * centre), u2);
  const double prior2 = parameters.prior * parameters.prior;
  const double variance = ((u2 + prior2) * w + s * n) / (w + n - 1.0) - u2;
  const double sigma = std::sqrt(std::max(variance, 0.0));
  return 1.0 + parameters.scale * (sigma / parameters.prior - 1.0);
}

}  // namespace tengen

#include "experiments/statistics/rating.h"

#include <algorithm>
#include <cmath>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr double kZ95 = 1.959964;
const double kEloToLog = std::log(10.0) / 400.0;

}  // namespace

std::vector<Rating> FitRatings(const std::vector<double>& elo, const std::vector<bool>& fixed,
                               const std::vector<PairScore>& scores) {
  const std::size_t n = elo.size();
  TENGEN_CHECK(fixed.size() == n, fixed.size(), " flags for ", n, " players");
  std::vector<double> rating(n);
  for (std::size_t i = 0; i < n; ++i) rating[i] = elo[i] * kEloToLog;
  std::vector<double> information(n, 0.0);
  // Newton's method one player at a time; the likelihood is concave, so it converges.
  for (int sweep = 0; sweep < 2000; ++sweep) {
    double largest_change = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      double gradient = 0.0;
      information[i] = 0.0;
      for (const PairScore& s : scores) {
        const bool is_a = s.a == static_cast<int>(i);
        if (s.games <= 0 || (!is_a && s.b != static_cast<int>(i))) continue;
        const std::size_t other = static_cast<std::size_t>(is_a ? s.b : s.a);
        const double games = s.games + 1.0;
        const double points = (is_a ? s.points_a : s.games - s.points_a) + 0.5;
        const double expected = 1.0 / (1.0 + std::exp(rating[other] - rating[i]));
        gradient += points - games * expected;
        information[i] += games * expected * (1.0 - expected);
      }
      if (fixed[i] || information[i] <= 0.0) continue;
      const double change = std::clamp(gradient / information[i], -1.0, 1.0);
      rating[i] += change;
      largest_change = std::max(largest_change, std::fabs(change));
    }
    if (largest_change < 1e-9) break;
  }
  std::vector<Rating> result(n);
  for (std::size_t i = 0; i < n; ++i) {
    result[i].elo = rating[i] / kEloToLog;
    if (!fixed[i] && information[i] > 0.0) {
      result[i].half_width = kZ95 / std::sqrt(information[i]) / kEloToLog;
    }
  }
  return result;
}

}  // namespace tengen

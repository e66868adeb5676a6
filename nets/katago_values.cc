#include "nets/katago_values.h"

#include <algorithm>
#include <cmath>

namespace tengen {
namespace {

double Softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

// The scale is of the error up to version 9 and of its square from 10 on; from 14 on the softplus
// is squared too.
double ShortTermError(double raw, int version, double scale, double scale_of_9) {
  if (version >= 14) return Softplus(0.5 * raw) * std::sqrt(scale);
  if (version >= 10) return std::sqrt(Softplus(raw) * scale);
  return Softplus(raw) * scale_of_9;
}

}  // namespace

KataGoValues ScaleKataGoValues(int version, const KataGoScales& scales,
                               std::span<const double, 3> outcome, std::span<const double> scores,
                               NoResult no_result) {
  KataGoValues values;
  const bool possible = no_result == NoResult::kPossible;
  const double largest =
      possible ? std::max({outcome[0], outcome[1], outcome[2]}) : std::max(outcome[0], outcome[1]);
  values.win = std::exp(outcome[0] - largest);
  values.loss = std::exp(outcome[1] - largest);
  values.no_result = possible ? std::exp(outcome[2] - largest) : 0.0;
  const double sum = values.win + values.loss + values.no_result;
  values.win /= sum;
  values.loss /= sum;
  values.no_result /= sum;

  const double mean = scores[0] * scales.score_mean;
  const double deviation = Softplus(scores[1]) * scales.score_deviation;
  const double decided = 1.0 - values.no_result;
  values.score_mean = decided * mean;
  values.score_mean_square = decided * (mean * mean + deviation * deviation);
  values.lead = decided * scores[2] * scales.lead;
  if (version < 9) return values;
  values.variance_time = Softplus(scores[3]) * scales.variance_time;
  values.value_error = ShortTermError(scores[4], version, scales.short_term_value_error, 1.0);
  values.score_error = ShortTermError(scores[5], version, scales.short_term_score_error, 10.0);
  return values;
}

}  // namespace tengen

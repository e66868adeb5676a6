#include "search/score_utility.h"

#include <cmath>
#include <numbers>

namespace tengen {
namespace {

constexpr double kScale = 0.75;

}  // namespace

double ScoreUtility(double factor, double score, double center, int points) {
  const double width = kScale * std::sqrt(static_cast<double>(points));
  return factor * 2.0 / std::numbers::pi * std::atan((score - center) / width);
}

}  // namespace tengen

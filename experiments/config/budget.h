#pragma once

#include <cstdint>
#include <string>

#include "envs/core/result.h"

namespace tengen {

// How long a run goes on: in time, learner steps, finished games or evaluations of self-play (those
// asked for, whether a cache had them or not). Counted over the whole run, so
// a resumed run does what is left of it.
struct Budget {
  enum class Unit { kSeconds, kSteps, kGames, kEvaluations };
  Unit unit = Unit::kSeconds;
  double amount = 0.0;

  // "90s", "10m", "2h", "500steps", "200games", "50000evals". Errors name what was met and what is
  // wanted.
  static Result<Budget> Parse(const std::string& text);
  std::string Text() const;

  // Share used so far, 1 or more when it is spent.
  double Used(double seconds, std::int64_t steps, std::int64_t games,
              std::int64_t evaluations = 0) const;
};

// "45 s", "12 min", "3 h 05 min".
std::string DurationText(double seconds);

}  // namespace tengen

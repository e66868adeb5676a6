#include "experiments/config/budget.h"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace tengen {

Result<Budget> Budget::Parse(const std::string& text) {
  double amount = 0.0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, amount);
  const std::string unit(rest, end);
  if (error == std::errc() && std::isfinite(amount) && amount > 0.0) {
    if (unit == "s") return Budget{Unit::kSeconds, amount};
    if (unit == "m") return Budget{Unit::kSeconds, amount * 60.0};
    if (unit == "h") return Budget{Unit::kSeconds, amount * 3600.0};
    if (unit == "steps" && amount == std::floor(amount)) return Budget{Unit::kSteps, amount};
    if (unit == "games" && amount == std::floor(amount)) return Budget{Unit::kGames, amount};
    if (unit == "evals" && amount == std::floor(amount)) return Budget{Unit::kEvaluations, amount};
  }
  return Error{StrCat("budget '", text,
                      "', wanted a number above 0 with its unit, such as 90s, 10m, 2h, 500steps, "
                      "200games or 50000evals")};
}

std::string Budget::Text() const {
  switch (unit) {
    case Unit::kSeconds:
      return DurationText(amount);
    case Unit::kSteps:
      return StrCat(static_cast<std::int64_t>(amount), " steps");
    case Unit::kGames:
      return StrCat(static_cast<std::int64_t>(amount), " games");
    case Unit::kEvaluations:
      return StrCat(static_cast<std::int64_t>(amount), " evaluations");
  }
  return "";
}

double Budget::Used(double seconds, std::int64_t steps, std::int64_t games,
                    std::int64_t evaluations) const {
  switch (unit) {
    case Unit::kSeconds:
      return seconds / amount;
    case Unit::kSteps:
      return static_cast<double>(steps) / amount;
    case Unit::kGames:
      return static_cast<double>(games) / amount;
    case Unit::kEvaluations:
      return static_cast<double>(evaluations) / amount;
  }
  return 1.0;
}

std::string DurationText(double seconds) {
  char text[32];
  const long total = std::lround(std::fmax(seconds, 0.0));
  if (total < 120) {
    std::snprintf(text, sizeof text, "%ld s", total);
  } else if (total < 2 * 3600) {
    std::snprintf(text, sizeof text, "%ld min", (total + 30) / 60);
  } else {
    std::snprintf(text, sizeof text, "%ld h %02ld min", total / 3600, total % 3600 / 60);
  }
  return text;
}

}  // namespace tengen

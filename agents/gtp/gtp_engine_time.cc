#include <algorithm>
#include <optional>

#include "agents/gtp/gtp_engine.h"

// Time limits.

namespace tengen {
namespace {

constexpr double kMostSeconds = 4e9;
constexpr int kMostStones = 1'000'000;

// The number at an argument. Errors: there is none, or it is out of range.
Result<double> SecondsAt(const std::vector<std::string>& arguments, std::size_t at,
                         double least = 0.0) {
  if (at >= arguments.size()) return Error{"too few numbers"};
  return ParseGtpNumber(arguments[at], least, kMostSeconds);
}

struct TimeKind {
  std::string_view name;
  std::size_t numbers;  // behind it
  bool kgs;             // whether kgs-time_settings knows it
};
constexpr TimeKind kTimeKinds[] = {{"none", 0, true},     {"absolute", 1, true},
                                   {"byoyomi", 3, true},  {"canadian", 3, true},
                                   {"fischer", 2, false}, {"fischer-capped", 4, false}};

// none | absolute MAIN | byoyomi MAIN PERIOD PERIODS | canadian MAIN PERIOD STONES, and of KataGo
// fischer MAIN INCREMENT | fischer-capped MAIN INCREMENT MAIN_LIMIT MOVE_LIMIT (below 0: no limit).
// As KataGo has it, no PERIODS are no overtime, and no STONES are those of time_settings.
Result<std::optional<GtpTimeSettings>> ParseTimeSettings(const std::vector<std::string>& arguments,
                                                         bool kgs) {
  const std::string kind =
      LowerCase(arguments[0]) == "byo-yomi" ? "byoyomi" : LowerCase(arguments[0]);
  const auto found = std::find_if(
      std::begin(kTimeKinds), std::end(kTimeKinds),
      [&](const TimeKind& known) { return known.name == kind && (known.kgs || !kgs); });
  if (found == std::end(kTimeKinds)) {
    std::string wanted;
    for (const TimeKind& known : kTimeKinds) {
      if (known.kgs || !kgs) wanted += StrCat(wanted.empty() ? "" : ", ", known.name);
    }
    return Error{StrCat("time setting '", kind.substr(0, 30), "', wanted one of ", wanted)};
  }
  if (arguments.size() - 1 < found->numbers) {
    return Error{StrCat(kind, " with ", arguments.size() - 1, " numbers, wanted ", found->numbers)};
  }
  if (kind == "none") return std::optional<GtpTimeSettings>();
  GtpTimeSettings settings;
  const auto main = SecondsAt(arguments, 1);
  if (!main) return Error{main.error()};
  settings.main_s = *main;
  if (kind == "absolute") return std::optional(settings);
  const auto second = SecondsAt(arguments, 2);
  if (!second) return Error{second.error()};
  if (found->kgs) {
    const auto count = ParseGtpInt(arguments[3], 0, kMostStones);
    if (!count) return Error{count.error()};
    const bool byoyomi = kind == "byoyomi";
    if (byoyomi && *count == 0) return std::optional(settings);
    settings.overtime_s = *second;
    settings.stones = byoyomi ? 1 : *count;
    settings.periods = byoyomi ? *count : 0;
    return std::optional(settings);
  }
  settings.increment_s = *second;
  if (kind == "fischer") return std::optional(settings);
  const auto main_limit = SecondsAt(arguments, 3, -kMostSeconds);
  const auto move_limit = SecondsAt(arguments, 4, -kMostSeconds);
  if (!main_limit) return Error{main_limit.error()};
  if (!move_limit) return Error{move_limit.error()};
  if (*main_limit >= 0.0 && *main_limit < settings.main_s) {
    return Error{"fischer-capped with a limit below the main time"};
  }
  if (*main_limit >= 0.0) settings.main_limit_s = *main_limit;
  if (*move_limit >= 0.0) settings.move_limit_s = *move_limit;
  return std::optional(settings);
}

}  // namespace

GtpEngine::Answer GtpEngine::TimeSettings(const Arguments& arguments) {
  const auto main = SecondsAt(arguments, 0);
  const auto overtime = SecondsAt(arguments, 1);
  const auto stones = ParseGtpInt(arguments[2], 0, kMostStones);
  if (!main || !overtime || !stones) return Error{"syntax error: wanted three numbers from 0"};
  GtpTimeSettings settings;
  settings.main_s = *main;
  settings.overtime_s = *overtime;
  settings.stones = *stones;
  clock_.Set(settings);
  return std::string();
}

GtpEngine::Answer GtpEngine::SetTime(const Arguments& arguments, bool kgs) {
  const auto settings = ParseTimeSettings(arguments, kgs);
  if (!settings) return Error{"syntax error: " + settings.error()};
  clock_.Set(*settings);
  return std::string();
}

GtpEngine::Answer GtpEngine::KgsTimeSettings(const Arguments& arguments) {
  return SetTime(arguments, /*kgs=*/true);
}

GtpEngine::Answer GtpEngine::KataTimeSettings(const Arguments& arguments) {
  return SetTime(arguments, /*kgs=*/false);
}

GtpEngine::Answer GtpEngine::ListTimeSettings(const Arguments&) {
  std::string list;
  for (const TimeKind& kind : kTimeKinds) list += StrCat(list.empty() ? "" : " ", kind.name);
  return list;
}

GtpEngine::Answer GtpEngine::TimeLeft(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  const auto seconds = ParseGtpNumber(arguments[1], -kMostSeconds, kMostSeconds);
  const auto stones = ParseGtpInt(arguments[2], 0, kMostStones);
  if (!player || !seconds || !stones) return Error{"syntax error: wanted COLOR SECONDS STONES"};
  clock_.SetLeft(*player, std::max(0.0, *seconds), *stones);
  return std::string();
}

}  // namespace tengen

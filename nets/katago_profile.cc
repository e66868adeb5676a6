#include "nets/katago_profile.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <numbers>
#include <optional>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::size_t kRank = 6;
constexpr int kRankLength = 34;
constexpr std::size_t kRated = 74;
constexpr std::size_t kClockUnknown = 75;
constexpr std::size_t kClockByoYomi = 79;
constexpr std::size_t kTimes = 82;
constexpr std::size_t kPoints = 86;
constexpr std::size_t kDate = 87;
constexpr int kPeriods = 32;
constexpr std::size_t kSource = 151;

std::optional<int> ReadInt(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "5k": 14, "9d": 1.
std::optional<int> ReadRank(std::string_view text) {
  if (text.size() < 2 || text[0] == '0') return std::nullopt;
  const auto number = ReadInt(text.substr(0, text.size() - 1));
  if (!number || *number < 1) return std::nullopt;
  if (text.back() == 'd' && *number <= 9) return 10 - *number;
  if (text.back() == 'k' && *number <= 20) return 9 + *number;
  return std::nullopt;
}

int DaysUntil(int year, unsigned month) {
  using std::chrono::day, std::chrono::sys_days;
  const sys_days date(std::chrono::year(year) / std::chrono::month(month) / day(1));
  return static_cast<int>(date.time_since_epoch().count());
}

// What is between "rank_" or "preaz_" and the end.
std::optional<KataGoProfile> Ranked(std::string_view ranks, int days) {
  const std::size_t cut = ranks.find('_');
  const auto black = ReadRank(ranks.substr(0, cut));
  const auto white = cut == std::string_view::npos ? black : ReadRank(ranks.substr(cut + 1));
  if (!black || !white) return std::nullopt;
  return KataGoProfile{*black, *white, KataGoProfile::Source::kKgs, days};
}

std::optional<KataGoProfile> Professional(std::string_view text) {
  const auto year = ReadInt(text);
  if (!year || *year < 1800 || *year > 2023) return std::nullopt;
  const auto source = *year <= 2020 ? KataGoProfile::Source::kGogod : KataGoProfile::Source::kGo4go;
  return KataGoProfile{1, 1, source, DaysUntil(*year, 6)};
}

void EncodeClock(bool known, std::span<float> row) {
  row[known ? kClockByoYomi : kClockUnknown] = 1.0F;
  const double main_s = known ? 1200.0 : 0.0;
  const double period_s = known ? 30.0 : 0.0;
  const double periods = known ? 5.0 : 0.0;
  row[kTimes] = static_cast<float>(0.4 * (std::log(main_s + 60.0) - 6.5));
  row[kTimes + 1] = static_cast<float>(0.3 * (std::log(period_s + 1.0) - 3.0));
  row[kTimes + 2] = static_cast<float>(0.5 * (std::log(periods + 2.0) - 1.5));
  row[kTimes + 3] = static_cast<float>(0.25 * (std::log(2.0) - 1.5));
}

void EncodeDate(int days, std::span<float> row) {
  const double factor = std::pow(80'000.0, 1.0 / (kPeriods - 1));
  double period = 7.0;
  for (std::size_t i = 0; i < kPeriods; ++i, period *= factor) {
    const double angle = 2.0 * std::numbers::pi * days / period;
    row[kDate + 2 * i] = static_cast<float>(std::cos(angle));
    row[kDate + 2 * i + 1] = static_cast<float>(std::sin(angle));
  }
}

}  // namespace

Result<KataGoProfile> KataGoProfile::Parse(std::string_view name) {
  std::optional<KataGoProfile> profile;
  if (name.starts_with("rank_")) profile = Ranked(name.substr(5), DaysUntil(2020, 3));
  if (name.starts_with("preaz_")) profile = Ranked(name.substr(6), DaysUntil(2016, 9));
  if (name.starts_with("proyear_")) profile = Professional(name.substr(8));
  if (profile) return *profile;
  return Error{StrCat("profile '", name.substr(0, 40),
                      "', wanted rank_5k (20k to 9d), rank_5k_1d, preaz_5k or proyear_1954 (1800 "
                      "to 2023)")};
}

void KataGoProfile::Encode(Player to_move, int points, std::span<float> row) const {
  TENGEN_CHECK(row.size() == kInputs, "a row of ", row.size(), ", wanted ", kInputs);
  std::fill(row.begin(), row.end(), 0.0F);
  row[0] = row[1] = 1.0F;
  const bool black = to_move == Player::kFirst;
  const int ranks[] = {black ? black_rank : white_rank, black ? white_rank : black_rank};
  for (std::size_t side = 0; side < 2; ++side) {
    std::fill_n(row.begin() + kRank + side * kRankLength, std::min(ranks[side], kRankLength), 1.0F);
  }
  const bool on_kgs = source == Source::kKgs;
  row[kRated] = on_kgs ? 0.5F : 0.0F;
  EncodeClock(on_kgs, row);
  row[kPoints] = static_cast<float>(0.5 * std::log(points / 361.0));
  EncodeDate(days, row);
  row[kSource + static_cast<std::size_t>(source)] = 1.0F;
}

}  // namespace tengen

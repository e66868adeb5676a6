#include "experiments/pictures/plot_scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr int kPointsPerColumn = 4;  // first, lowest, highest, last: a polyline looks the same

template <typename... Args>
std::string Format(const char* format, Args... args) {
  char text[64];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

std::vector<double> Multiples(double low, double high, double step) {
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  const double last = std::floor(high / step + 1e-9);
  for (double i = first; i <= last; i += 1.0) ticks.push_back(i == 0.0 ? 0.0 : i * step);
  return ticks;
}

bool Fits(double low, double high, double step, int most) {
  return std::floor(high / step + 1e-9) - std::ceil(low / step - 1e-9) + 1.0 <= most;
}

// Decimals that a step needs: 0.25 two, 5 none.
int Decimals(double step) {
  int decimals = 0;
  for (double scaled = std::fabs(step); decimals < 9; scaled *= 10.0, ++decimals) {
    if (std::fabs(scaled - std::round(scaled)) < 1e-6 * scaled) break;
  }
  return decimals;
}

}  // namespace

std::vector<double> NiceTicks(double low, double high, int most) {
  TENGEN_CHECK(low <= high && most >= 1, "ticks from ", low, " to ", high, ", at most ", most);
  if (low == high) return {low};
  // One step finer than what must fit, then up.
  double power = std::pow(10.0, std::floor(std::log10((high - low) / most)));
  for (;; power *= 10.0) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (Fits(low, high, factor * power, most)) return Multiples(low, high, factor * power);
    }
  }
}

std::vector<double> TimeTicks(double low_s, double high_s, int most) {
  constexpr std::array kSteps = {1.0,     2.0,     5.0,     10.0,    15.0,     30.0,    60.0,
                                 120.0,   300.0,   600.0,   900.0,   1800.0,   3600.0,  7200.0,
                                 10800.0, 21600.0, 43200.0, 86400.0, 172800.0, 432000.0};
  if (high_s - low_s < 2.0) return NiceTicks(low_s, high_s, most);
  for (const double step : kSteps) {
    if (Fits(low_s, high_s, step, most)) return Multiples(low_s, high_s, step);
  }
  return NiceTicks(low_s, high_s, most);
}

std::vector<double> LogTicks(double low, double high, int most) {
  TENGEN_CHECK(0.0 < low && low <= high && most >= 1, "log ticks from ", low, " to ", high);
  const double first = std::floor(std::log10(low));
  const double last = std::ceil(std::log10(high));
  const auto collect = [&](std::initializer_list<double> factors, double stride) {
    std::vector<double> ticks;
    for (double power = first; power <= last; power += stride) {
      for (const double factor : factors) {
        const double tick = factor * std::pow(10.0, power);
        if (tick >= low * (1.0 - 1e-9) && tick <= high * (1.0 + 1e-9)) ticks.push_back(tick);
      }
    }
    return ticks;
  };
  std::vector<double> ticks = collect({1.0}, 1.0);
  if (ticks.size() < 3) {
    std::vector<double> finer = collect({1.0, 2.0, 5.0}, 1.0);
    if (finer.size() < 2) finer = NiceTicks(low, high, most);
    if (static_cast<int>(finer.size()) <= most) return finer;
  }
  for (double stride = 2.0; static_cast<int>(ticks.size()) > most; stride += 1.0) {
    ticks = collect({1.0}, stride);
  }
  return ticks;
}

std::string TickText(double value, double step) {
  step = std::max(std::fabs(step), 1e-9);
  const double largest = std::max(std::fabs(value), step);
  if (value == 0.0) return "0";
  if (largest < 1e4 && step < 1e3) return Format("%.*f", Decimals(step), value);
  const bool mega = largest >= 1e6;
  const double unit = mega ? 1e6 : 1e3;
  return Format("%.*f%s", Decimals(step / unit), value / unit, mega ? "M" : "k");
}

std::string TimeTickText(double seconds) {
  const double rounded = std::round(seconds);
  if (std::fabs(seconds - rounded) > 1e-6) return Format("%.2g s", seconds);
  const auto total = static_cast<long long>(rounded);
  if (total < 60) return Format("%lld s", total);
  if (total < 3600) {
    return total % 60 == 0 ? Format("%lld min", total / 60)
                           : Format("%lld:%02lld", total / 60, total % 60);
  }
  if (total % 86400 == 0) return Format("%lld d", total / 86400);
  const long long hours = total / 3600;
  const long long minutes = total % 3600 / 60;
  return minutes == 0 ? Format("%lld h", hours) : Format("%lld h %02lld", hours, minutes);
}

std::string ValueText(double value) {
  const double size = std::fabs(value);
  if (size >= 1e6) return Format("%.2fM", value / 1e6);
  if (size >= 1e4) return Format("%.1fk", value / 1e3);
  if (size >= 100.0 || value == std::round(value)) return Format("%.0f", value);
  if (size >= 10.0) return Format("%.1f", value);
  if (size >= 1.0) return Format("%.2f", value);
  return Format("%.3g", value);
}

void ValueRange::Add(double value) {
  if (!std::isfinite(value)) return;
  const bool first = empty();
  low = first ? value : std::min(low, value);
  high = first ? value : std::max(high, value);
}

void ValueRange::Add(std::span<const double> values) {
  for (const double value : values) Add(value);
}

ValueRange Padded(const ValueRange& range) {
  if (range.empty()) return {0.0, 1.0};
  const double width = range.high - range.low;
  const double air = width > 0.0 ? 0.06 * width : std::max(0.1 * std::fabs(range.low), 0.05);
  return {range.low - air, range.high + air};
}

std::vector<PlotPoint> ThinCurve(std::span<const double> x, std::span<const double> y, double x_low,
                                 double x_high, int columns) {
  TENGEN_CHECK(x.size() == y.size() && columns >= 1, x.size(), " x and ", y.size(), " y");
  auto begin = static_cast<std::size_t>(std::lower_bound(x.begin(), x.end(), x_low) - x.begin());
  auto end = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), x_high) - x.begin());
  begin -= begin > 0 ? 1 : 0;
  end += end < x.size() ? 1 : 0;
  std::vector<PlotPoint> points;
  std::array<std::size_t, kPointsPerColumn> kept = {};  // first, lowest, highest, last
  long column = -1;
  const auto flush = [&] {
    if (column < 0) return;
    std::sort(kept.begin(), kept.end());
    const auto last = std::unique(kept.begin(), kept.end());
    for (auto i = kept.begin(); i != last; ++i) points.push_back({x[*i], y[*i]});
  };
  const double width = std::max((x_high - x_low) / columns, 1e-300);
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(y[i])) continue;
    // The neighbours outside have columns of their own.
    const double place = std::floor((x[i] - x_low) / width);
    const long at = static_cast<long>(std::clamp(place, -1.0, static_cast<double>(columns))) + 1;
    if (at != column) {
      flush();
      column = at;
      kept.fill(i);
    }
    if (y[i] < y[kept[1]]) kept[1] = i;
    if (y[i] > y[kept[2]]) kept[2] = i;
    kept[3] = i;
  }
  flush();
  return points;
}

std::vector<PlotStretch> CurveStretches(std::span<const double> x, std::span<const double> y,
                                        double x_low, double x_high, int columns) {
  TENGEN_CHECK(x.size() == y.size() && columns >= 1, x.size(), " x and ", y.size(), " y");
  auto begin = static_cast<std::size_t>(std::lower_bound(x.begin(), x.end(), x_low) - x.begin());
  auto end = static_cast<std::size_t>(std::upper_bound(x.begin(), x.end(), x_high) - x.begin());
  const bool thin = end > begin + 2 * static_cast<std::size_t>(columns);
  if (!thin) {
    begin -= begin > 0 ? 1 : 0;
    end += end < x.size() ? 1 : 0;
  }
  const double width = std::max((x_high - x_low) / columns, 1e-300);
  std::vector<PlotStretch> stretches;
  double last_column = -1.0;
  double count = 0.0;
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(y[i])) continue;
    const double column = std::min(std::floor((x[i] - x_low) / width), columns - 1.0);
    if (!thin || column != last_column) {
      stretches.push_back({x[i], y[i], y[i], y[i]});
      last_column = column;
      count = 1.0;
      continue;
    }
    PlotStretch& stretch = stretches.back();
    count += 1.0;
    stretch.x += (x[i] - stretch.x) / count;
    stretch.mean += (y[i] - stretch.mean) / count;
    stretch.low = std::min(stretch.low, y[i]);
    stretch.high = std::max(stretch.high, y[i]);
  }
  return stretches;
}

std::size_t NearestIndex(std::span<const double> x, std::span<const double> y, double at) {
  const auto middle =
      static_cast<std::size_t>(std::lower_bound(x.begin(), x.end(), at) - x.begin());
  std::size_t right = middle;
  while (right < y.size() && !std::isfinite(y[right])) ++right;
  std::size_t left = middle;
  while (left > 0 && !std::isfinite(y[left - 1])) --left;
  if (left == 0) return right;
  if (right == y.size()) return left - 1;
  return at - x[left - 1] <= x[right] - at ? left - 1 : right;
}

}  // namespace tengen

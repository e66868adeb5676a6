#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tengen {

// Numbers behind a plot; no drawing here.

// Multiples of 1, 2 or 5 times a power of ten inside [low, high], ascending, at most `most` of
// them. REQUIRES: low <= high, both finite, most >= 1.
std::vector<double> NiceTicks(double low, double high, int most);
// The same for seconds: multiples that clocks have (1, 2, 5, 10, 15, 30 s, ... min, ... h, ... d).
std::vector<double> TimeTicks(double low_s, double high_s, int most);
// Powers of ten; where they are fewer than three, 2 and 5 times them too. REQUIRES: 0 < low.
std::vector<double> LogTicks(double low, double high, int most);

// "0.25", "1200", "15k", "2.5M": as many digits as tell ticks apart that lie `step` from each
// other.
std::string TickText(double value, double step);
// "40 s", "1:30" (minutes and seconds), "2 h", "1 h 30": a moment of training on an axis.
std::string TimeTickText(double seconds);
// A value read off a curve: three significant digits.
std::string ValueText(double value);

// The smallest and largest finite values; low > high where there are none.
struct ValueRange {
  double low = 1.0;
  double high = 0.0;

  bool empty() const { return low > high; }
  void Add(double value);
  void Add(std::span<const double> values);
};

// A little air around what is shown; a range of some width around a single value.
ValueRange Padded(const ValueRange& range);

struct PlotPoint {
  double x = 0.0;
  double y = 0.0;
  bool operator==(const PlotPoint&) const = default;
};

// The points of a curve whose x lie in [x_low, x_high] (and a neighbour on each side), with at most
// four in each of `columns` stretches: first, lowest, highest and last, so that no peak is lost.
// Points without finite y are left out. `x` ascends. REQUIRES: equal lengths, columns >= 1.
std::vector<PlotPoint> ThinCurve(std::span<const double> x, std::span<const double> y, double x_low,
                                 double x_high, int columns);

// A stretch of a curve: mean place and value of its points, and their extremes.
struct PlotStretch {
  double x = 0.0;
  double mean = 0.0;
  double low = 0.0;
  double high = 0.0;
  bool operator==(const PlotStretch&) const = default;
};

// What of a curve is worth drawing in `columns` columns over [x_low, x_high]: each point and a
// neighbour beyond each end, as stretches of one point; or, where that would be more than two
// points a column, the points of each column in one. Points without finite y are left out. `x`
// ascends. REQUIRES: equal lengths, columns >= 1.
std::vector<PlotStretch> CurveStretches(std::span<const double> x, std::span<const double> y,
                                        double x_low, double x_high, int columns);

// Index of the entry of `x` (ascending) nearest to `at` whose y is finite; y.size() if none is.
std::size_t NearestIndex(std::span<const double> x, std::span<const double> y, double at);

}  // namespace tengen

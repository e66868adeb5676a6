#pragma once

#include <string>
#include <vector>

namespace tengen {

// What the x axis of a chart counts.
enum class ChartAxis {
  kSeconds,  // labelled as clocks are: "30 s", "5 min", "2 h"
  kNumbers,
};

enum class LineLook {
  kLine,
  kThin,    // one of several of a kind, beside their mean
  kPoints,  // dots alone
};

// Of chart.css.
inline constexpr int kChartColours = 8;

// One curve. Lists of equal length; x ascends, y is NaN where there is no value.
struct ChartLine {
  std::string label;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> low;  // interval around y, or empty
  std::vector<double> high;
  LineLook look = LineLook::kLine;
  int colour = 0;  // an index into the colours; they begin again behind the last one
};

// A picture of curves over a common x axis that begins at 0. Shared between the page of a run and
// the pictures that runs leave behind.
struct Chart {
  std::string title;
  std::string x_title;  // "training time", "environment steps"
  std::string y_title;  // quantity and unit, "nats"
  ChartAxis x_axis = ChartAxis::kSeconds;
  double x_end = 0.0;      // the axis goes this far at least
  bool from_zero = false;  // y begins at 0: counts and rates
  bool percent = false;    // y is a share of 1, drawn from 0 to 100 %
  std::string note;        // a sentence below, or ""
  std::vector<ChartLine> lines;
};

// Whether there is anything to draw.
bool HasPoints(const Chart& chart);

// The curve of values that all lines share: their mean at each x that every one of them has.
ChartLine MeanLine(const std::vector<ChartLine>& lines);

enum class FigureSize {
  kSmall,
  kWide,  // on wide screens; narrow ones show a small picture in its place
};

// A <figure> for a page that has ChartStyle() in a <style>: title, the newest value of each curve,
// picture, note. The picture has a title and a description for readers who do not see it, curves
// thinned to a few hundred points without losing peaks, and what a script needs to read values off
// it (data-x, data-y: ranges of the axes; data-box: the plot's edges; data-label of each curve).
// REQUIRES: HasPoints(chart).
std::string ChartFigure(const Chart& chart, FigureSize size = FigureSize::kSmall);
// The same picture as an SVG file of its own, title and note inside, for light and dark.
std::string ChartFile(const Chart& chart);

// Colours and strokes of all charts (chart.css).
const std::string& ChartStyle();

}  // namespace tengen

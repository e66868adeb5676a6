#include "experiments/pictures/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <utility>

#include "envs/core/check.h"
#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/plot_scale.h"

namespace tengen {
namespace {

struct Size {
  double width;
  double plot_height;
};
constexpr Size kSmall = {420.0, 184.0};
constexpr Size kWide = {680.0, 250.0};
constexpr double kLeft = 46.0, kRight = 12.0, kTop = 28.0, kBottom = 40.0;
constexpr double kFileTitle = 26.0;    // more above the plot for the title of a file
constexpr double kFileNote = 18.0;     // and below for its note
constexpr int kPoints = 400;           // of all curves of a chart, about
constexpr std::size_t kDotsUpTo = 40;  // more of them run together in 420 pixels

std::string Pixel(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  std::string out = text;
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string Exact(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

// Maps values to pixels.
struct Axes {
  ValueRange x, y;
  Size size = kSmall;
  double top = kTop;
  double right() const { return size.width - kRight; }
  double bottom() const { return top + size.plot_height; }
  double X(double value) const {
    return kLeft + (value - x.low) / (x.high - x.low) * (right() - kLeft);
  }
  double Y(double value) const {
    return bottom() - (value - y.low) / (y.high - y.low) * size.plot_height;
  }
};

Axes AxesOf(const Chart& chart, Size size, double top) {
  Axes axes;
  axes.size = size;
  axes.top = top;
  axes.x = {0.0, chart.x_end};
  ValueRange y;
  for (const ChartLine& line : chart.lines) {
    for (std::size_t i = 0; i < line.y.size(); ++i) {
      if (std::isfinite(line.y[i])) axes.x.Add(line.x[i]);
    }
    y.Add(line.y);
    y.Add(line.low);
    y.Add(line.high);
  }
  if (axes.x.high <= axes.x.low) axes.x.high = axes.x.low + 1.0;
  axes.y = Padded(y);
  if (chart.from_zero && axes.y.high > 0.0) axes.y.low = 0.0;
  if (chart.percent) axes.y = {0.0, 1.0};
  return axes;
}

std::string XText(const Chart& chart, double x) {
  return chart.x_axis == ChartAxis::kSeconds ? TimeTickText(std::round(x)) : ValueText(x);
}

std::string YText(const Chart& chart, double y) {
  return chart.percent ? ValueText(std::round(1000.0 * y) / 10.0) + " %" : ValueText(y);
}

std::string TextAt(double x, double y, const char* attributes, const std::string& text) {
  return StrCat("<text x=\"", Pixel(x), "\" y=\"", Pixel(y), "\"", attributes, ">", Escaped(text),
                "</text>\n");
}

std::string Ticks(const Chart& chart, const Axes& axes) {
  std::string out;
  const std::vector<double> rows = NiceTicks(axes.y.low, axes.y.high, 5);
  const double step = rows.size() > 1 ? rows[1] - rows[0] : axes.y.high - axes.y.low;
  for (const double y : rows) {
    const std::string at = Pixel(axes.Y(y));
    out += StrCat("<path class=\"grid\" d=\"M", kLeft, " ", at, "H", axes.right(), "\"/>\n");
    const std::string text =
        chart.percent ? TickText(100.0 * y, 100.0 * step) + " %" : TickText(y, step);
    out += TextAt(kLeft - 6.0, axes.Y(y) + 4.0, " text-anchor=\"end\"", text);
  }
  const bool clock = chart.x_axis == ChartAxis::kSeconds;
  const std::vector<double> columns =
      clock ? TimeTicks(axes.x.low, axes.x.high, 6) : NiceTicks(axes.x.low, axes.x.high, 6);
  const double stride = columns.size() > 1 ? columns[1] - columns[0] : axes.x.high;
  for (const double x : columns) {
    const std::string at = Pixel(axes.X(x));
    out += StrCat("<path class=\"axis\" d=\"M", at, " ", axes.bottom(), "v4\"/>\n");
    const bool last = axes.X(x) > axes.right() - 12.0;
    out += TextAt(last ? axes.size.width - 1.0 : axes.X(x), axes.bottom() + 17.0,
                  last ? " text-anchor=\"end\"" : " text-anchor=\"middle\"",
                  clock ? TimeTickText(x) : TickText(x, stride));
  }
  out +=
      StrCat("<path class=\"axis\" d=\"M", kLeft, " ", axes.bottom(), "H", axes.right(), "\"/>\n");
  out += TextAt((kLeft + axes.right()) / 2.0, axes.bottom() + 33.0, " text-anchor=\"middle\"",
                chart.x_title);
  return out + TextAt(4.0, axes.top - 10.0, "", chart.y_title);
}

// The rows of a line to draw where it has an interval: all of them, or evenly many.
std::vector<std::size_t> RowsWithInterval(const ChartLine& line) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < line.y.size(); ++i) {
    if (std::isfinite(line.y[i]) && std::isfinite(line.low[i]) && std::isfinite(line.high[i])) {
      rows.push_back(i);
    }
  }
  const std::size_t wanted = kPoints / 2;
  if (rows.size() <= wanted) return rows;
  std::vector<std::size_t> kept;
  for (std::size_t k = 0; k < wanted; ++k) {
    kept.push_back(rows[k * (rows.size() - 1) / (wanted - 1)]);
  }
  return kept;
}

int Hue(const ChartLine& line) { return line.colour % kChartColours; }

std::string BandSvg(const ChartLine& line, const Axes& axes, const std::vector<std::size_t>& rows) {
  std::string edge;
  for (const std::size_t i : rows) {
    edge += StrCat(Pixel(axes.X(line.x[i])), ",", Pixel(axes.Y(line.high[i])), " ");
  }
  for (auto i = rows.rbegin(); i != rows.rend(); ++i) {
    edge += StrCat(Pixel(axes.X(line.x[*i])), ",", Pixel(axes.Y(line.low[*i])), " ");
  }
  edge.pop_back();
  return StrCat("<polygon class=\"band f", Hue(line), "\" points=\"", edge, "\"/>\n");
}

// The intervals of few points, one by one.
std::string Whiskers(const ChartLine& line, const Axes& axes,
                     const std::vector<std::size_t>& rows) {
  std::string path;
  for (const std::size_t i : rows) {
    path += StrCat("M", Pixel(axes.X(line.x[i])), " ", Pixel(axes.Y(line.high[i])), "V",
                   Pixel(axes.Y(line.low[i])));
  }
  return StrCat("<path class=\"whisker s", Hue(line), "\" d=\"", path, "\"/>\n");
}

std::string IntervalData(const ChartLine& line, const Axes& axes,
                         const std::vector<std::size_t>& rows) {
  std::string low, high;
  for (const std::size_t i : rows) {
    low += StrCat(low.empty() ? "" : " ", Pixel(axes.Y(line.low[i])));
    high += StrCat(high.empty() ? "" : " ", Pixel(axes.Y(line.high[i])));
  }
  return StrCat(" data-low=\"", low, "\" data-high=\"", high, "\"");
}

std::string LineSvg(const ChartLine& line, const Axes& axes, int columns) {
  std::vector<PlotPoint> points;
  std::string out, interval;
  if (line.low.empty()) {
    points = ThinCurve(line.x, line.y, axes.x.low, axes.x.high, columns);
  } else {
    const std::vector<std::size_t> rows = RowsWithInterval(line);
    for (const std::size_t i : rows) points.push_back({line.x[i], line.y[i]});
    if (!rows.empty()) {
      out = BandSvg(line, axes, rows);
      if (rows.size() <= kDotsUpTo) out += Whiskers(line, axes, rows);
      interval = IntervalData(line, axes, rows);
    }
  }
  if (points.empty()) return "";
  std::string path, dots;
  const bool only_dots = line.look == LineLook::kPoints;
  const bool with_dots =
      only_dots || points.size() == 1 || (!line.low.empty() && points.size() <= kDotsUpTo);
  for (const auto& [x, y] : points) {
    path += StrCat(path.empty() ? "" : " ", Pixel(axes.X(x)), ",", Pixel(axes.Y(y)));
    if (!with_dots) continue;
    dots += StrCat("<circle class=\"dot f", Hue(line), "\" cx=\"", Pixel(axes.X(x)), "\" cy=\"",
                   Pixel(axes.Y(y)), "\" r=\"", only_dots ? "1.6" : "3", "\"/>");
  }
  const std::string look =
      only_dots ? "line none"
                : StrCat(line.look == LineLook::kThin ? "thin s" : "line s", Hue(line));
  out += StrCat("<polyline class=\"", look, "\" data-label=\"", Escaped(line.label),
                "\" data-colour=\"", Hue(line), "\"", interval, " points=\"", path, "\"/>\n");
  return out + dots;
}

// "policy: 17 values from 2.19 (at 6 s) to 1.6 (at 1:25), between 1.6 and 2.19."
std::string Described(const Chart& chart, const ChartLine& line) {
  ValueRange range;
  std::size_t count = 0, first = 0, last = 0;
  for (std::size_t i = 0; i < line.y.size(); ++i) {
    if (!std::isfinite(line.y[i])) continue;
    if (count++ == 0) first = i;
    last = i;
    range.Add(line.y[i]);
  }
  if (count == 0) return StrCat(line.label, ": no values. ");
  return StrCat(line.label, ": ", count, count == 1 ? " value" : " values", " from ",
                YText(chart, line.y[first]), " (at ", XText(chart, line.x[first]), ") to ",
                YText(chart, line.y[last]), " (at ", XText(chart, line.x[last]), "), between ",
                YText(chart, range.low), " and ", YText(chart, range.high), ". ");
}

std::string Description(const Chart& chart) {
  std::string text = StrCat(chart.y_title, " over ", chart.x_title, ". ");
  std::size_t told = 0;
  for (const ChartLine& line : chart.lines) {
    if (line.look == LineLook::kThin && ++told > 6) continue;
    text += Described(chart, line);
  }
  return text;
}

std::string Drawn(const Chart& chart, const Axes& axes) {
  std::string out = StrCat("<title>", Escaped(chart.title), "</title>\n<desc>",
                           Escaped(Description(chart)), "</desc>\n", Ticks(chart, axes));
  const int columns = std::max(5, kPoints / 4 / static_cast<int>(chart.lines.size()));
  for (const ChartLine& line : chart.lines) out += LineSvg(line, axes, columns);
  return out;
}

// `attributes` of the element besides its class.
std::string Opening(const Chart& chart, const Axes& axes, double height,
                    const std::string& attributes) {
  return StrCat("<svg ", attributes, " role=\"img\" viewBox=\"0 0 ", axes.size.width, " ", height,
                "\" data-x=\"", Exact(axes.x.low), " ", Exact(axes.x.high), "\" data-y=\"",
                Exact(axes.y.low), " ", Exact(axes.y.high), "\" data-box=\"", kLeft, " ", axes.top,
                " ", axes.right(), " ", axes.bottom(), "\"",
                chart.x_axis == ChartAxis::kSeconds ? " data-clock=\"\"" : "",
                chart.percent ? " data-percent=\"\"" : "", ">\n");
}

std::string PictureOf(const Chart& chart, Size size, const std::string& attributes) {
  TENGEN_CHECK(HasPoints(chart), "a picture of no points");
  const Axes axes = AxesOf(chart, size, kTop);
  return Opening(chart, axes, axes.bottom() + kBottom, attributes) + Drawn(chart, axes) +
         "</svg>\n";
}

std::string Legend(const Chart& chart) {
  std::string out;
  bool thin = false;
  for (const ChartLine& line : chart.lines) {
    if (line.look == LineLook::kThin && std::exchange(thin, true)) continue;
    const auto newest =
        std::find_if(line.y.rbegin(), line.y.rend(), [](double y) { return std::isfinite(y); });
    if (newest == line.y.rend()) continue;
    const bool one_of_many = line.look == LineLook::kThin;
    out += StrCat("<li><i class=\"k", Hue(line), one_of_many ? " faint" : "", "\"></i>",
                  one_of_many ? "each seed" : Escaped(line.label));
    if (!one_of_many) out += StrCat(" <b>", Escaped(YText(chart, *newest)), "</b>");
    out += "</li>";
  }
  return StrCat("<ul class=\"legend\" aria-label=\"Newest values\">", out, "</ul>");
}

}  // namespace

bool HasPoints(const Chart& chart) {
  return std::any_of(chart.lines.begin(), chart.lines.end(), [](const ChartLine& line) {
    return std::any_of(line.y.begin(), line.y.end(), [](double y) { return std::isfinite(y); });
  });
}

ChartLine MeanLine(const std::vector<ChartLine>& lines) {
  std::map<double, std::pair<double, std::size_t>> sums;  // by x: sum and count
  for (const ChartLine& line : lines) {
    for (std::size_t i = 0; i < line.y.size(); ++i) {
      if (!std::isfinite(line.y[i])) continue;
      auto& [sum, count] = sums[line.x[i]];
      sum += line.y[i];
      ++count;
    }
  }
  ChartLine mean;
  mean.label = "mean";
  for (const auto& [x, sum] : sums) {
    if (sum.second != lines.size()) continue;
    mean.x.push_back(x);
    mean.y.push_back(sum.first / static_cast<double>(sum.second));
  }
  return mean;
}

std::string ChartFile(const Chart& chart) {
  TENGEN_CHECK(HasPoints(chart), "a picture of no points");
  const Axes axes = AxesOf(chart, kSmall, kTop + kFileTitle);
  const double height = axes.bottom() + kBottom + (chart.note.empty() ? 0.0 : kFileNote);
  std::string out =
      Opening(chart, axes, height, "xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\"");
  out += StrCat("<style>", ChartStyle(), "</style>\n",
                "<rect width=\"100%\" height=\"100%\" style=\"fill: var(--paper)\"/>\n",
                TextAt(4.0, 20.0, " class=\"title\"", chart.title), Drawn(chart, axes));
  if (!chart.note.empty()) out += TextAt(4.0, height - 6.0, "", chart.note);
  return out + "</svg>\n";
}

std::string ChartFigure(const Chart& chart, FigureSize size) {
  std::string out = StrCat("<figure class=\"chart\"><figcaption><h3>", Escaped(chart.title),
                           "</h3>", Legend(chart), "</figcaption>\n");
  if (size == FigureSize::kWide) {
    out += PictureOf(chart, kWide, "class=\"chart on-wide\"") +
           PictureOf(chart, kSmall, "class=\"chart on-narrow\"");
  } else {
    out += PictureOf(chart, kSmall, "class=\"chart\"");
  }
  if (!chart.note.empty()) out += StrCat("<p class=\"note\">", Escaped(chart.note), "</p>");
  return out + "</figure>\n";
}

const std::string& ChartStyle() { return PageParts().chart_style; }

}  // namespace tengen

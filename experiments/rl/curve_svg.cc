#include "experiments/rl/curve_svg.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr double kWidth = 640.0, kHeight = 360.0;
constexpr double kLeft = 64.0, kRight = 16.0, kTop = 32.0, kBottom = 44.0;

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

// The steps 1, 2 or 5 times a power of ten that cut `span` into about five parts.
double TickStep(double span) {
  const double power = std::pow(10.0, std::floor(std::log10(span / 5.0)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (span / (factor * power) <= 6.0) return factor * power;
  }
  return 10.0 * power;
}

struct Range {
  double low = 0.0;
  double high = 0.0;
};

// Maps values to pixels.
struct Axes {
  Range x, y;
  double X(double value) const {
    return kLeft + (value - x.low) / (x.high - x.low) * (kWidth - kLeft - kRight);
  }
  double Y(double value) const {
    return kHeight - kBottom - (value - y.low) / (y.high - y.low) * (kHeight - kTop - kBottom);
  }
};

Axes AxesOf(const std::vector<Curve>& curves) {
  Axes axes;
  bool first = true;
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve) {
      axes.x.high = std::max(axes.x.high, x);
      axes.y.low = first ? y : std::min(axes.y.low, y);
      axes.y.high = first ? y : std::max(axes.y.high, y);
      first = false;
    }
  }
  TENGEN_CHECK(!first, "a picture of no points");
  if (axes.x.high <= 0.0) axes.x.high = 1.0;
  const double margin = std::max(0.05 * (axes.y.high - axes.y.low), 0.5);
  axes.y = {axes.y.low - margin, axes.y.high + margin};
  return axes;
}

std::string Polyline(const Curve& curve, const Axes& axes, const char* style) {
  std::string points;
  for (const auto& [x, y] : curve) points += Number(axes.X(x)) + "," + Number(axes.Y(y)) + " ";
  return StrCat("<polyline points=\"", points, "\" fill=\"none\" ", style, "/>\n");
}

std::string Ticks(const Axes& axes) {
  std::string out;
  const double step_y = TickStep(axes.y.high - axes.y.low);
  for (double y = std::ceil(axes.y.low / step_y) * step_y; y <= axes.y.high; y += step_y) {
    out += StrCat("<line x1=\"", kLeft, "\" x2=\"", kWidth - kRight, "\" y1=\"", Number(axes.Y(y)),
                  "\" y2=\"", Number(axes.Y(y)), "\" stroke=\"#ddd\"/>\n<text x=\"", kLeft - 6.0,
                  "\" y=\"", Number(axes.Y(y) + 4.0), "\" text-anchor=\"end\">",
                  Number(std::abs(y) < 1e-9 * step_y ? 0.0 : y), "</text>\n");
  }
  const double step_x = TickStep(axes.x.high - axes.x.low);
  for (double x = axes.x.low; x <= axes.x.high * 1.0001; x += step_x) {
    out += StrCat("<text x=\"", Number(axes.X(x)), "\" y=\"", kHeight - kBottom + 18.0,
                  "\" text-anchor=\"middle\">", Number(x), "</text>\n");
  }
  return out;
}

// The mean at the steps that all curves have.
Curve MeanOf(const std::vector<Curve>& curves) {
  std::map<double, std::pair<double, std::size_t>> sums;
  for (const Curve& curve : curves) {
    for (const auto& [x, y] : curve) {
      sums[x].first += y;
      ++sums[x].second;
    }
  }
  Curve mean;
  for (const auto& [x, sum] : sums) {
    if (sum.second == curves.size()) {
      mean.emplace_back(x, sum.first / static_cast<double>(sum.second));
    }
  }
  return mean;
}

std::string Escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

}  // namespace

std::string CurveSvg(const std::string& title, const std::vector<Curve>& curves) {
  const Axes axes = AxesOf(curves);
  std::string out = StrCat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", kWidth, " ",
                           kHeight, "\" font-family=\"sans-serif\" font-size=\"12\">\n",
                           "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"",
                           kLeft, "\" y=\"20\" font-size=\"14\">", Escaped(title), "</text>\n",
                           Ticks(axes), "<text x=\"", kWidth / 2.0, "\" y=\"", kHeight - 8.0,
                           "\" text-anchor=\"middle\">environment steps</text>\n");
  const bool several = curves.size() > 1;
  for (const Curve& curve : curves) {
    out += Polyline(
        curve, axes,
        several ? "stroke=\"#8ab\" stroke-width=\"1\"" : "stroke=\"#147\" stroke-width=\"2\"");
  }
  if (several) out += Polyline(MeanOf(curves), axes, "stroke=\"#147\" stroke-width=\"2.5\"");
  return out + "</svg>\n";
}

}  // namespace tengen

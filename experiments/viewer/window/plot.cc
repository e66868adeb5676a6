#include "experiments/viewer/window/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "experiments/pictures/plot_scale.h"

namespace tengen {
namespace {

constexpr ImU32 kGround = IM_COL32(38, 41, 45, 255);
constexpr ImU32 kGrid = IM_COL32(58, 62, 67, 255);
constexpr ImU32 kText = IM_COL32(232, 230, 227, 255);
constexpr ImU32 kFaint = IM_COL32(154, 156, 160, 255);
constexpr ImU32 kPointer = IM_COL32(232, 230, 227, 110);
constexpr std::array kColours = {IM_COL32(111, 177, 228, 255), IM_COL32(240, 168, 96, 255),
                                 IM_COL32(140, 207, 126, 255), IM_COL32(229, 130, 163, 255),
                                 IM_COL32(179, 157, 219, 255), IM_COL32(230, 211, 111, 255),
                                 IM_COL32(116, 205, 200, 255), IM_COL32(200, 170, 140, 255)};

constexpr float kColumn = 3.0F;            // units, of a stretch of a dense curve
constexpr std::size_t kMostDots = 60;      // more of them hide the curve between them
constexpr std::size_t kMostWhiskers = 12;  // above that a band is easier to read

std::string UnitText(PlotUnit unit, double value) {
  switch (unit) {
    case PlotUnit::kNumber:
      return ValueText(value);
    case PlotUnit::kWhole:
      return ValueText(std::round(value));
    case PlotUnit::kPercent:
      return TickText(100.0 * value, value >= 0.9995 ? 1.0 : 0.1) + " %";
    case PlotUnit::kTime:
      return TimeTickText(std::round(value));
  }
  return "";
}

std::string AxisText(PlotUnit unit, double value, double step) {
  switch (unit) {
    case PlotUnit::kNumber:
    case PlotUnit::kWhole:
      return TickText(value, step);
    case PlotUnit::kPercent:
      return TickText(100.0 * value, 100.0 * step) + " %";
    case PlotUnit::kTime:
      return TimeTickText(value);
  }
  return "";
}

// How far ticks lie from each other; a single one stands for itself.
double StepOf(const std::vector<double>& ticks) {
  return ticks.size() > 1 ? ticks[1] - ticks[0] : ticks.empty() ? 1.0 : ticks[0];
}

// Draws one plot: its constructor decides where everything lies.
class Painter {
 public:
  Painter(const Frame& frame, const Box& box, const PlotOptions& options,
          std::span<const PlotSeries> series);
  PlotAnswer Paint();

 private:
  void FindRanges();
  void FindTicks();
  void PlaceLegend();

  void PaintAxes() const;
  void PaintBand(const PlotSeries& series) const;
  void PaintStrip(const PlotPoint& from, const PlotPoint& to, double above_from, double above_to,
                  ImU32 colour) const;
  void PaintCurve(const PlotSeries& series) const;
  void PaintWhiskers(const PlotSeries& series) const;
  void PaintPointer(double at) const;
  void PaintLegend(std::optional<double> at) const;
  void ShowValues(double at) const;

  int columns() const { return std::max(2, static_cast<int>(area_.width / (kColumn * unit_))); }
  double Height(double y) const { return log_ ? std::log10(y) : y; }
  ImVec2 At(double x, double y) const;
  double XAt(float pixel) const;
  float TextWidth(const std::string& text) const {
    return small_->CalcTextSizeA(small_->FontSize, 1e9F, 0.0F, text.c_str()).x;
  }
  // The value that the legend shows; NaN if there is none.
  static double LegendValue(const PlotSeries& series, std::optional<double> at);
  std::string LegendText(const PlotSeries& series, std::optional<double> at) const;

  const Box& box_;
  const PlotOptions& options_;
  const std::span<const PlotSeries> series_;
  const float unit_;  // pixels
  ImFont* const small_;
  ImFont* const bold_;
  ImDrawList& list_;

  bool log_ = false;
  ValueRange x_;
  ValueRange y_;
  bool has_data_ = false;
  std::vector<double> x_ticks_;
  std::vector<double> y_ticks_;
  bool axes_ = true;
  bool legend_ = true;
  bool legend_below_ = false;  // the title
  bool legend_values_ = true;
  Box area_;  // of the curves
};

Painter::Painter(const Frame& frame, const Box& box, const PlotOptions& options,
                 std::span<const PlotSeries> series)
    : box_(box),
      options_(options),
      series_(series),
      unit_(frame.scale),
      small_(frame.fonts.small),
      bold_(frame.fonts.bold),
      list_(*ImGui::GetWindowDrawList()) {
  FindRanges();
  PlaceLegend();
  FindTicks();
}

void Painter::FindRanges() {
  ValueRange x;
  ValueRange y;
  for (const PlotSeries& series : series_) {
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      if (!std::isfinite(series.y[i])) continue;
      x.Add(series.x[i]);
      y.Add(series.y[i]);
      if (i < series.low.size()) y.Add(series.low[i]);
      if (i < series.high.size()) y.Add(series.high[i]);
    }
  }
  has_data_ = !x.empty();
  log_ = options_.log_y && has_data_ && y.low > 0.0;
  y_ = log_ ? y : Padded(y);
  if (log_ && y.low == y.high) y_ = {y.low / 2.0, y.high * 2.0};
  if (y.low >= 0.0 && y_.low < 0.0) y_.low = 0.0;
  x_ = has_data_ ? x : ValueRange{0.0, 1.0};
  if (options_.x_low) x_.low = *options_.x_low;
  if (options_.x_high) x_.high = *options_.x_high;
  if (options_.y_low) y_.low = *options_.y_low;
  if (options_.y_high) y_.high = *options_.y_high;
  if (x_.high <= x_.low) x_.high = x_.low + 1.0;
  if (y_.high <= y_.low) y_.high = y_.low + 1.0;
}

void Painter::PlaceLegend() {
  const auto width = [this] {
    float sum = 0.0F;
    for (const PlotSeries& series : series_) {
      if (series.hidden) continue;
      sum += TextWidth(LegendText(series, std::nullopt)) + 22.0F * unit_;
    }
    return sum;
  };
  const float title =
      bold_->CalcTextSizeA(bold_->FontSize, 1e9F, 0.0F, options_.title.c_str()).x + 24.0F * unit_;
  legend_below_ = title + width() > box_.width;
  if (width() > box_.width) legend_values_ = false;
  legend_ = width() <= box_.width && box_.height > 5.0F * bold_->FontSize;
  axes_ = box_.height > 6.5F * small_->FontSize && box_.width > 9.0F * small_->FontSize;
}

void Painter::FindTicks() {
  const float pad = 8.0F * unit_;
  float top = box_.y + 7.0F * unit_ + bold_->FontSize;
  if (legend_ && legend_below_) top += small_->FontSize + 3.0F * unit_;
  top += 8.0F * unit_;
  const float bottom =
      box_.y + box_.height - (axes_ ? small_->FontSize + 8.0F * unit_ : 6.0F * unit_);
  const float height = std::max(4.0F, bottom - top);
  const int most_y = std::clamp(static_cast<int>(height / (2.2F * small_->FontSize)), 2, 7);
  y_ticks_ = log_ ? LogTicks(y_.low, y_.high, most_y) : NiceTicks(y_.low, y_.high, most_y);
  float labels = 0.0F;
  const double y_step = StepOf(y_ticks_);
  for (const double tick : y_ticks_) {
    labels = std::max(labels, TextWidth(AxisText(options_.y_unit, tick, log_ ? tick : y_step)));
  }
  const float left = box_.x + pad + (axes_ ? labels + 6.0F * unit_ : 0.0F);
  area_ = {left, top, std::max(4.0F, box_.x + box_.width - 1.5F * pad - left), height};
  const int most_x = std::clamp(static_cast<int>(area_.width / (5.5F * small_->FontSize)), 2, 9);
  x_ticks_ = options_.x_unit == PlotUnit::kTime ? TimeTicks(x_.low, x_.high, most_x)
                                                : NiceTicks(x_.low, x_.high, most_x);
}

ImVec2 Painter::At(double x, double y) const {
  const double low = Height(y_.low);
  const double part_x = (x - x_.low) / (x_.high - x_.low);
  const double part_y = (Height(y) - low) / (Height(y_.high) - low);
  return {area_.x + area_.width * static_cast<float>(part_x),
          area_.y + area_.height * (1.0F - static_cast<float>(part_y))};
}

double Painter::XAt(float pixel) const {
  return x_.low + (x_.high - x_.low) * static_cast<double>((pixel - area_.x) / area_.width);
}

void Painter::PaintAxes() const {
  const double y_step = StepOf(y_ticks_);
  for (const double tick : y_ticks_) {
    const float y = std::round(At(x_.low, tick).y);
    list_.AddLine({area_.x, y}, {area_.x + area_.width, y}, kGrid);
    if (!axes_) continue;
    const std::string text = AxisText(options_.y_unit, tick, log_ ? tick : y_step);
    list_.AddText(small_, small_->FontSize,
                  {std::round(area_.x - 6.0F * unit_ - TextWidth(text)),
                   std::round(y - 0.5F * small_->FontSize)},
                  kFaint, text.c_str());
  }
  if (!axes_) return;
  const double x_step = StepOf(x_ticks_);
  for (const double tick : x_ticks_) {
    const std::string text = AxisText(options_.x_unit, tick, x_step);
    const float width = TextWidth(text);
    const float right = box_.x + box_.width - 4.0F * unit_ - width;
    const float x = std::min(At(tick, y_.low).x - width / 2.0F, right);
    list_.AddText(small_, small_->FontSize,
                  {std::round(x), std::round(area_.y + area_.height + 4.0F * unit_)}, kFaint,
                  text.c_str());
  }
}

void Painter::PaintBand(const PlotSeries& series) const {
  if (series.low.size() != series.y.size() || series.high.size() != series.y.size()) return;
  // An open end reaches to the edge of the plot.
  std::vector<double> low(series.low.begin(), series.low.end());
  std::vector<double> high(series.high.begin(), series.high.end());
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (!std::isfinite(low[i])) low[i] = std::isfinite(series.y[i]) ? y_.low : series.y[i];
    if (!std::isfinite(high[i])) high[i] = std::isfinite(series.y[i]) ? y_.high : series.y[i];
  }
  const std::vector<PlotStretch> below = CurveStretches(series.x, low, x_.low, x_.high, columns());
  const std::vector<PlotStretch> above = CurveStretches(series.x, high, x_.low, x_.high, columns());
  for (std::size_t i = 0; i + 1 < below.size(); ++i) {
    PaintStrip({below[i].x, below[i].mean}, {below[i + 1].x, below[i + 1].mean}, above[i].mean,
               above[i + 1].mean, series.colour);
  }
}

// Between two points of a lower edge and the values above them. Smoothed edges of neighbours would
// overlap and show as stripes.
void Painter::PaintStrip(const PlotPoint& from, const PlotPoint& to, double above_from,
                         double above_to, ImU32 colour) const {
  const ImDrawListFlags flags = list_.Flags;
  list_.Flags &= ~ImDrawListFlags_AntiAliasedFill;
  list_.AddQuadFilled(At(from.x, from.y), At(to.x, to.y), At(to.x, above_to),
                      At(from.x, above_from), Faded(colour, 0.2F));
  list_.Flags = flags;
}

// Where points are dense, their means over their extremes.
void Painter::PaintCurve(const PlotSeries& series) const {
  const std::vector<PlotStretch> curve =
      CurveStretches(series.x, series.y, x_.low, x_.high, columns());
  std::vector<ImVec2> line;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const PlotStretch& here = curve[i];
    line.push_back(At(here.x, here.mean));
    if (i + 1 == curve.size()) break;
    const PlotStretch& next = curve[i + 1];
    if (here.low == here.high && next.low == next.high) continue;
    PaintStrip({here.x, here.low}, {next.x, next.low}, here.high, next.high, series.colour);
  }
  const float width = std::max(1.0F, 1.6F * unit_);
  list_.AddPolyline(line.data(), static_cast<int>(line.size()), series.colour, ImDrawFlags_None,
                    width);
  const bool dots = line.size() == 1 || (series.dots && line.size() <= kMostDots);
  if (!dots) return;
  for (const ImVec2& point : line) list_.AddCircleFilled(point, 1.6F * width, series.colour, 12);
}

// Intervals of single points, where no band shows them.
void Painter::PaintWhiskers(const PlotSeries& series) const {
  if (!series.dots || series.low.size() != series.y.size() ||
      series.high.size() != series.y.size() || series.y.size() > kMostWhiskers) {
    return;
  }
  for (std::size_t i = 0; i < series.y.size(); ++i) {
    if (!std::isfinite(series.y[i])) continue;
    const double low = std::isfinite(series.low[i]) ? series.low[i] : y_.low;
    const double high = std::isfinite(series.high[i]) ? series.high[i] : y_.high;
    list_.AddLine(At(series.x[i], low), At(series.x[i], high), Faded(series.colour, 0.55F),
                  std::max(1.0F, unit_));
  }
}

void Painter::PaintPointer(double at) const {
  const float x = std::round(At(at, y_.low).x);
  if (x < area_.x || x > area_.x + area_.width) return;
  list_.AddLine({x, area_.y}, {x, area_.y + area_.height}, kPointer, std::max(1.0F, unit_));
  for (const PlotSeries& series : series_) {
    const std::size_t i = NearestIndex(series.x, series.y, at);
    if (i >= series.y.size()) continue;
    const ImVec2 point = At(series.x[i], series.y[i]);
    list_.AddCircleFilled(point, 4.0F * unit_, kGround, 16);
    list_.AddCircleFilled(point, 3.0F * unit_, series.colour, 16);
  }
  if (!axes_) return;
  const std::string text = UnitText(options_.x_unit, at);
  const float width = TextWidth(text) + 8.0F * unit_;
  const float left = std::clamp(x - width / 2.0F, box_.x, box_.x + box_.width - width);
  const float top = area_.y + area_.height + 2.0F * unit_;
  list_.AddRectFilled({left, top}, {left + width, top + small_->FontSize + 4.0F * unit_}, kGrid,
                      3.0F * unit_);
  list_.AddText(small_, small_->FontSize, {left + 4.0F * unit_, top + 2.0F * unit_}, kText,
                text.c_str());
}

double Painter::LegendValue(const PlotSeries& series, std::optional<double> at) {
  if (series.y.empty()) return std::nan("");
  const std::size_t i = NearestIndex(series.x, series.y, at.value_or(series.x.back()));
  return i < series.y.size() ? series.y[i] : std::nan("");
}

std::string Painter::LegendText(const PlotSeries& series, std::optional<double> at) const {
  const double value = LegendValue(series, at);
  return std::isnan(value) || !legend_values_
             ? series.name
             : series.name + (series.name.empty() ? "" : " ") + UnitText(options_.y_unit, value);
}

void Painter::PaintLegend(std::optional<double> at) const {
  const float line = bold_->FontSize;
  list_.AddText(bold_, line, {box_.x + 8.0F * unit_, box_.y + 6.0F * unit_}, kText,
                options_.title.c_str());
  if (!legend_) return;
  float x = box_.x + box_.width - 10.0F * unit_;
  const float y = box_.y + 6.0F * unit_ +
                  (legend_below_ ? line + 3.0F * unit_ : 0.5F * (line - small_->FontSize));
  for (std::size_t i = series_.size(); i-- > 0;) {
    if (series_[i].hidden) continue;
    const std::string text = LegendText(series_[i], at);
    x -= TextWidth(text);
    list_.AddText(small_, small_->FontSize, {std::round(x), std::round(y)}, kFaint, text.c_str());
    x -= 10.0F * unit_;
    const float middle = y + 0.55F * small_->FontSize;
    if (!series_[i].name.empty()) {
      list_.AddRectFilled({x, middle - 2.0F * unit_}, {x + 7.0F * unit_, middle + 1.0F * unit_},
                          series_[i].colour, unit_);
    }
    x -= 12.0F * unit_;
  }
}

// Beside the mouse, what the legend had no room for.
void Painter::ShowValues(double at) const {
  if (series_.empty() || (legend_ && legend_values_)) return;
  ImGui::BeginTooltip();
  ImGui::PushFont(small_);
  for (const PlotSeries& series : series_) {
    const double value = LegendValue(series, at);
    if (std::isnan(value)) continue;
    ImGui::PushStyleColor(ImGuiCol_Text, series.colour);
    ImGui::Text("%s %s", series.name.c_str(), UnitText(options_.y_unit, value).c_str());
    ImGui::PopStyleColor();
  }
  ImGui::PopFont();
  ImGui::EndTooltip();
}

PlotAnswer Painter::Paint() {
  PlotAnswer answer;
  list_.AddRectFilled(box_.min(), box_.max(), kGround, 4.0F * unit_);
  list_.PushClipRect(box_.min(), box_.max(), true);
  if (!has_data_) {
    PaintLegend(std::nullopt);
    const float width = TextWidth(options_.empty);
    if (width < box_.width) {
      list_.AddText(small_, small_->FontSize,
                    {std::round(box_.centre().x - width / 2.0F), std::round(box_.centre().y)},
                    kFaint, options_.empty.c_str());
    }
    list_.PopClipRect();
    return answer;
  }
  PaintAxes();
  list_.PushClipRect({area_.x - 2.0F * unit_, area_.y - 2.0F * unit_},
                     {area_.x + area_.width + 3.0F * unit_, area_.y + area_.height + 2.0F * unit_},
                     true);
  for (const PlotSeries& series : series_) PaintBand(series);
  for (const PlotSeries& series : series_) PaintWhiskers(series);
  for (const PlotSeries& series : series_) PaintCurve(series);
  list_.PopClipRect();
  if (options_.marker) {
    const float x = std::round(At(*options_.marker, y_.low).x);
    list_.AddLine({x, area_.y}, {x, area_.y + area_.height}, kText, std::max(1.0F, unit_));
  }
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (ImGui::IsWindowHovered() && area_.Holds(mouse)) {
    answer.hovered_x = XAt(mouse.x);
    answer.clicked = ImGui::IsMouseClicked(ImGuiMouseButton_Left);
  }
  const std::optional<double> pointed = answer.hovered_x ? answer.hovered_x : options_.pointed;
  if (pointed) PaintPointer(*pointed);
  if (answer.hovered_x) ShowValues(*answer.hovered_x);
  PaintLegend(pointed);
  list_.PopClipRect();
  return answer;
}

}  // namespace

PlotAnswer DrawPlot(const Frame& frame, const Box& box, const PlotOptions& options,
                    std::span<const PlotSeries> series) {
  return Painter(frame, box, options, series).Paint();
}

ImU32 PlotColour(std::size_t index) { return kColours[index % kColours.size()]; }

ImU32 Faded(ImU32 colour, float alpha) {
  const auto old = static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xffU);
  return (colour & ~IM_COL32_A_MASK) |
         (static_cast<ImU32>(old * std::clamp(alpha, 0.0F, 1.0F)) << IM_COL32_A_SHIFT);
}

}  // namespace tengen

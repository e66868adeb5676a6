#include "experiments/viewer/learn/learn_screen.h"

#include <SDL.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "experiments/runs/run_contents.h"
#include "experiments/supervised/learn_page.h"
#include "experiments/viewer/window/plot.h"

namespace tengen {
namespace {

using Json = nlohmann::json;

constexpr double kLookInterval_s = 1.0;
constexpr float kMargin = 12.0F;  // units, see Frame::scale
constexpr float kHead = 64.0F;

// The file that grows while it trains.
std::filesystem::file_time_type Stamp(const std::filesystem::path& run) {
  std::error_code ignored;
  return std::filesystem::last_write_time(run / "metrics.jsonl", ignored);
}

// Cells end where their neighbours begin, on whole pixels: otherwise seams show.
void FillCell(const Box& box, int row, int column, float cell, ImU32 colour) {
  const auto edge = [cell](float origin, int i) {
    return std::round(origin + static_cast<float>(i) * cell);
  };
  ImGui::GetWindowDrawList()->AddRectFilled({edge(box.x, column), edge(box.y, row)},
                                            {edge(box.x, column + 1), edge(box.y, row + 1)},
                                            colour);
}

void DrawPicture(const Box& box, const Json& picture) {
  const auto values = picture.at("values").get<std::vector<double>>();
  const int rows = picture.at("rows"), columns = picture.at("columns");
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double range = *high > *low ? *high - *low : 1.0;
  const float cell =
      std::min(box.width / static_cast<float>(columns), box.height / static_cast<float>(rows));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const double value = values[static_cast<std::size_t>(row * columns + column)];
      const int grey = static_cast<int>(255.0 * (value - *low) / range);
      FillCell(box, row, column, cell, IM_COL32(grey, grey, grey, 255));
    }
  }
}

class LearnScreen : public Screen {
 public:
  explicit LearnScreen(std::filesystem::path run) : run_(std::move(run)) {}

  void Draw(const Frame& frame) override;
  std::string Failure() const override { return error_; }

 private:
  void Look(double now_s);
  void Keys(const Frame& frame);
  void DrawHead(const Frame& frame) const;
  void DrawCurves(const Frame& frame, const Box& box);
  void DrawGlance(const Frame& frame, const Box& box) const;
  void DrawLine(const Frame& frame, const Box& box, const Json& line) const;
  void DrawRegions(const Box& box, const Json& regions) const;
  void DrawMistakes(const Frame& frame, const Box& box, const Json& mistakes) const;

  const std::filesystem::path run_;
  LearnContents contents_;
  std::vector<Chart> charts_;
  std::string error_;
  std::filesystem::file_time_type stamp_;
  double looked_s_ = -1e9;
  std::optional<std::size_t> shown_;  // an evaluation; empty: the newest
  std::optional<double> pointed_;
};

void LearnScreen::Look(double now_s) {
  if (now_s - looked_s_ < kLookInterval_s) return;
  looked_s_ = now_s;
  const auto stamp = Stamp(run_);
  if (!charts_.empty() && stamp == stamp_) return;
  stamp_ = stamp;
  auto contents = ReadLearnRun(run_);
  if (!contents) {
    error_ = contents.error();
    return;
  }
  error_.clear();
  contents_ = std::move(*contents);
  charts_ = LearnCharts(contents_);
}

void LearnScreen::Keys(const Frame& frame) {
  const std::size_t count = contents_.evaluations.size();
  if (frame.Pressed(SDL_SCANCODE_END)) shown_.reset();
  if (count == 0) return;
  const std::size_t now = std::min(shown_.value_or(count - 1), count - 1);
  if (frame.Pressed(SDL_SCANCODE_LEFT) && now > 0) shown_ = now - 1;
  if (frame.Pressed(SDL_SCANCODE_RIGHT) && now + 1 < count) shown_ = now + 1;
  if (frame.Pressed(SDL_SCANCODE_HOME)) shown_ = 0;
}

void LearnScreen::Draw(const Frame& frame) {
  Look(frame.time_s);
  Keys(frame);
  const float margin = kMargin * frame.scale;
  const float top = kHead * frame.scale;
  BeginPanel("learn", {0, 0, frame.width, frame.height});
  DrawHead(frame);
  const float half = (frame.width - 3 * margin) / 2;
  const float height = frame.height - top - margin;
  if (error_.empty()) {
    DrawCurves(frame, {margin, top, half, height});
    DrawGlance(frame, {2 * margin + half, top, half, height});
  }
  EndPanel();
}

void LearnScreen::DrawHead(const Frame& frame) const {
  ImGui::SetCursorPos({kMargin * frame.scale, kMargin * frame.scale});
  if (!error_.empty()) {
    ImGui::TextUnformatted(error_.c_str());
    return;
  }
  ImGui::PushFont(frame.fonts.large);
  ImGui::TextUnformatted(StrCat("learn ", TextField(contents_.config, "task"), " ",
                                TextField(contents_.config, "preset"))
                             .c_str());
  ImGui::PopFont();
  ImGui::SameLine();
  std::string text = StrCat(" ", WholeField(contents_.config, "steps", 0), " steps");
  if (!contents_.evaluations.empty()) {
    text = StrCat(" step ", WholeField(contents_.evaluations.back(), "step", 0), " of", text);
  }
  text = " " + text;
  if (contents_.final_line.is_object()) {
    for (const Json& row : contents_.final_line.at("rows")) {
      char number[40];
      std::snprintf(number, sizeof number, "%.4g", row.at("value").get<double>());
      const auto name = row.at("name").get<std::string>();
      if (name == "test accuracy" || name == "validation loss" || name == "weight" ||
          name == "bias") {
        const auto unit = row.at("unit").get<std::string>();
        text += StrCat("   ", name, " ", number, unit == "%" ? " %" : "");
      }
    }
  }
  ImGui::TextUnformatted(text.c_str());
}

void LearnScreen::DrawCurves(const Frame& frame, const Box& box) {
  if (charts_.empty()) return;
  const auto count = static_cast<float>(charts_.size());
  std::optional<double> pointed;
  for (std::size_t i = 0; i < charts_.size(); ++i) {
    const Chart& chart = charts_[i];
    std::vector<PlotSeries> series;
    for (const ChartLine& line : chart.lines) {
      PlotSeries one;
      one.name = line.label;
      one.colour = PlotColour(series.size());
      one.x = line.x;
      one.y = line.y;
      series.push_back(one);
    }
    PlotOptions options;
    options.title = chart.title;
    options.x_unit = PlotUnit::kWhole;
    options.y_unit = chart.percent ? PlotUnit::kPercent : PlotUnit::kNumber;
    options.pointed = pointed_;
    if (shown_ && *shown_ < contents_.evaluations.size()) {
      options.marker = NumberField(contents_.evaluations[*shown_], "step", 0.0);
    }
    const Box place = {box.x, box.y + static_cast<float>(i) * box.height / count, box.width,
                       box.height / count - kMargin * frame.scale};
    const PlotAnswer answer = DrawPlot(frame, place, options, series);
    if (answer.hovered_x) pointed = answer.hovered_x;
  }
  pointed_ = pointed;
}

void LearnScreen::DrawGlance(const Frame& frame, const Box& box) const {
  const auto& all = contents_.evaluations;
  if (all.empty()) return;
  const Json& line = all[std::min(shown_.value_or(all.size() - 1), all.size() - 1)];
  if (!line.contains("glance") || !line.at("glance").is_object()) return;
  const Json& glance = line.at("glance");
  ImGui::SetCursorPos({box.x, box.y});
  ImGui::TextUnformatted(StrCat("after ", WholeField(line, "step", 0), " steps").c_str());
  const float head = ImGui::GetTextLineHeightWithSpacing();
  const Box rest = {box.x, box.y + head, box.width, box.height - head};
  try {
    if (glance.contains("line")) DrawLine(frame, rest, glance.at("line"));
    if (glance.contains("regions")) DrawRegions(rest, glance.at("regions"));
    if (glance.contains("mistakes")) DrawMistakes(frame, rest, glance.at("mistakes"));
    if (glance.contains("text")) {
      ImGui::SetCursorPos({rest.x, rest.y});
      ImGui::PushTextWrapPos(rest.x + rest.width);
      ImGui::PushFont(frame.fonts.mono);
      ImGui::TextUnformatted(TextField(glance, "text").c_str());
      ImGui::PopFont();
      ImGui::PopTextWrapPos();
    }
  } catch (const Json::exception&) {
    ImGui::TextUnformatted("this evaluation cannot be read");
  }
}

void LearnScreen::DrawLine(const Frame& frame, const Box& box, const Json& line) const {
  std::vector<std::array<double, 3>> points;
  for (std::size_t i = 0; i < line.at("x").size(); ++i) {
    points.push_back({line.at("x")[i], line.at("y")[i], line.at("fitted")[i]});
  }
  std::sort(points.begin(), points.end());
  std::vector<double> x, y, fitted;
  for (const auto& point : points) {
    x.push_back(point[0]);
    y.push_back(point[1]);
    fitted.push_back(point[2]);
  }
  PlotSeries examples, curve;
  examples.name = "examples";
  examples.colour = PlotColour(0);
  examples.x = x;
  examples.y = y;
  examples.dots = true;
  curve.name = "fitted";
  curve.colour = PlotColour(1);
  curve.x = x;
  curve.y = fitted;
  PlotOptions options;
  options.title = "Examples and the fitted line";
  const std::array<PlotSeries, 2> series = {examples, curve};
  DrawPlot(frame, box, options, series);
}

void LearnScreen::DrawRegions(const Box& box, const Json& regions) const {
  const int side = regions.at("side");
  const double extent = regions.at("extent");
  const float width = std::min(box.width, box.height);
  const float cell = width / static_cast<float>(side);
  ImDrawList* draw = ImGui::GetWindowDrawList();
  for (int i = 0; i < side * side; ++i) {
    const std::size_t label = regions.at("cells")[static_cast<std::size_t>(i)];
    FillCell(box, i / side, i % side, cell, Faded(PlotColour(label), 0.35F));
  }
  for (const Json& point : regions.at("points")) {
    const auto place = [&](double value) {
      return static_cast<float>((value / extent + 1.0) * 0.5) * width;
    };
    const ImVec2 centre = {box.x + place(point[0]), box.y + width - place(point[1])};
    draw->AddCircleFilled(centre, 2.5F, PlotColour(point[2].get<std::size_t>()));
  }
}

void LearnScreen::DrawMistakes(const Frame& frame, const Box& box, const Json& mistakes) const {
  const float width = (box.width - kMargin * frame.scale) / 2;
  const float height = box.height / 2;
  const float text = ImGui::GetTextLineHeightWithSpacing();
  for (std::size_t i = 0; i < std::min<std::size_t>(4, mistakes.size()); ++i) {
    const Json& mistake = mistakes[i];
    const Box place = {box.x + static_cast<float>(i % 2) * (width + kMargin * frame.scale),
                       box.y + static_cast<float>(i / 2) * height, width, height};
    ImGui::SetCursorPos({place.x, place.y});
    ImGui::TextUnformatted(
        StrCat(TextField(mistake, "label"), " taken for ", TextField(mistake, "predicted"))
            .c_str());
    if (!mistake.contains("picture")) continue;
    DrawPicture({place.x, place.y + text, place.width, place.height - 2 * text},
                mistake.at("picture"));
  }
  if (mistakes.empty()) {
    ImGui::SetCursorPos({box.x, box.y});
    ImGui::TextUnformatted("no mistake on the validation part");
  }
}

}  // namespace

std::unique_ptr<Screen> MakeLearnScreen(const std::filesystem::path& run) {
  return std::make_unique<LearnScreen>(run);
}

}  // namespace tengen

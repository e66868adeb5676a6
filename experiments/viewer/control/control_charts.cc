#include "experiments/viewer/control/control_charts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace tengen {
namespace {

constexpr ImU32 kTrack = IM_COL32(52, 56, 61, 255);
constexpr ImU32 kBar = IM_COL32(111, 177, 228, 255);
constexpr ImU32 kFaintBar = IM_COL32(86, 112, 136, 255);
constexpr ImU32 kMark = IM_COL32(240, 200, 92, 255);
constexpr ImU32 kZero = IM_COL32(120, 124, 130, 255);

// One line of the window, from the cursor on; moves the cursor below it.
struct Row {
  Row() : at(ImGui::GetCursorScreenPos()), width(ImGui::GetContentRegionAvail().x) {
    height = ImGui::GetTextLineHeight();
    ImGui::Dummy({width, height});
  }

  // Where a bar lies that begins and ends at these shares of the width.
  Box Bar(float from, float to) const {
    return {at.x + from * width, at.y + 0.2F * height, (to - from) * width, 0.6F * height};
  }
  void Text(float share, const std::string& text, ImU32 colour, float align = 0.0F) const {
    const float extent = ImGui::CalcTextSize(text.c_str()).x;
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.PushClipRect({at.x - 1.0F, at.y}, {at.x + width + 1.0F, at.y + 2.0F * height}, true);
    list.AddText({std::round(at.x + share * width - align * extent), at.y}, colour, text.c_str());
    list.PopClipRect();
  }

  ImVec2 at;
  float width;
  float height = 0.0F;
};

ImU32 TextColour() { return ImGui::GetColorU32(ImGuiCol_Text); }
ImU32 DimColour() { return ImGui::GetColorU32(ImGuiCol_TextDisabled); }

void Fill(const Box& box, ImU32 colour) {
  ImGui::GetWindowDrawList()->AddRectFilled(box.min(), box.max(), colour, 0.25F * box.height);
}

// A bar between two of the values of a scale from low to high.
void FillBetween(const Box& track, double low, double high, double from, double to, ImU32 colour) {
  const auto place = [&](double value) {
    const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return track.x + static_cast<float>(share) * track.width;
  };
  const float left = place(std::min(from, to));
  const float right = place(std::max(from, to));
  Fill({left, track.y, std::max(1.0F, right - left), track.height}, colour);
}

void Tick(const Box& track, double low, double high, double value, ImU32 colour, float width) {
  const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
  const float x = track.x + static_cast<float>(share) * track.width;
  const float reach = 0.2F * track.height;
  ImGui::GetWindowDrawList()->AddRectFilled({x - width / 2.0F, track.y - reach},
                                            {x + width / 2.0F, track.y + track.height + reach},
                                            colour);
}

// The mark at the action that the policy takes.
void MarkRow(const Row& row) {
  const float size = 0.3F * row.height;
  const float y = row.at.y + 0.5F * row.height;
  ImGui::GetWindowDrawList()->AddTriangleFilled({row.at.x, y - size}, {row.at.x + 1.2F * size, y},
                                                {row.at.x, y + size}, kMark);
}

std::string Printed(const char* format, double number) {
  char text[48];
  std::snprintf(text, sizeof(text), format, number);
  return text;
}

// What the bar of an action shows, and the text behind it.
struct ActionRow {
  double value = 0.0;  // the bar goes from 0 to it
  std::string text;
  double low = 0.0;  // ends of the scale
  double high = 1.0;
};

ActionRow RowOf(const ControlThought& thought, std::size_t action) {
  const PolicyOutput& out = thought.output;
  if (!thought.visits.empty()) {
    int all = 0;
    for (const int visits : thought.visits) all += visits;
    const int visits = thought.visits[action];
    return {static_cast<double>(visits) / std::max(1, all),
            StrCat(visits, "  Q ", ShortNumber(static_cast<double>(out.q[action])))};
  }
  if (!out.probabilities.empty()) {
    const auto p = static_cast<double>(out.probabilities[action]);
    return {p, Printed("%.1f %%", 100.0 * p)};
  }
  ActionRow row{static_cast<double>(out.q[action]), "", 0.0, 1e-9};
  for (const float q : out.q) {
    row.low = std::min(row.low, static_cast<double>(q));
    row.high = std::max(row.high, static_cast<double>(q));
  }
  row.text = ShortNumber(row.value);
  return row;
}

bool HasActionRows(const ControlThought& thought) {
  return !thought.output.q.empty() || !thought.output.probabilities.empty() ||
         !thought.visits.empty();
}

void DrawActionRows(const Frame& frame, const ControlTask& task, const ControlThought& thought) {
  for (std::size_t i = 0; i < task.actions.size(); ++i) {
    const Row row;
    const bool taken = static_cast<int>(i) == thought.action.index;
    if (taken) MarkRow(row);
    row.Text(0.045F, task.actions[i], taken ? TextColour() : DimColour());
    const ActionRow shown = RowOf(thought, i);
    const Box track = row.Bar(0.4F, 0.68F);
    Fill(track, kTrack);
    FillBetween(track, shown.low, shown.high, 0.0, shown.value, taken ? kBar : kFaintBar);
    ImGui::PushFont(frame.fonts.mono);
    row.Text(1.0F, shown.text, taken ? TextColour() : DimColour(), 1.0F);
    ImGui::PopFont();
  }
}

// One component of a continuous action: the whole range, one standard deviation on both sides of
// the mean, and the mean.
void DrawSpread(const Frame& frame, const std::string& name, double low, double high,
                const ActionSpread& spread) {
  const Row words;
  words.Text(0.0F, name, TextColour());
  const double width = 0.5 * static_cast<double>(spread.high - spread.low);
  ImGui::PushFont(frame.fonts.mono);
  words.Text(1.0F, StrCat(ShortNumber(static_cast<double>(spread.mean)), " ± ", ShortNumber(width)),
             TextColour(), 1.0F);
  ImGui::PopFont();
  const Row row;
  const Box track = row.Bar(0.0F, 1.0F);
  Fill(track, kTrack);
  FillBetween(track, low, high, static_cast<double>(spread.low), static_cast<double>(spread.high),
              kFaintBar);
  Tick(track, low, high, 0.5 * (low + high), kZero, 1.0F);
  Tick(track, low, high, static_cast<double>(spread.mean), kMark,
       std::max(2.0F, 0.16F * row.height));
}

}  // namespace

std::string ShortNumber(double number) {
  const double size = std::abs(number);
  if (!std::isfinite(number)) return number != number ? "nan" : number > 0.0 ? "inf" : "-inf";
  if (number == std::round(number) && size < 99999.5) return Printed("%.0f", number);
  if (size >= 99999.5) return Printed("%.2g", number);
  return Printed(size >= 999.95   ? "%.0f"
                 : size >= 99.995 ? "%.1f"
                 : size >= 9.9995 ? "%.2f"
                                  : "%.3f",
                 number);
}

int ObservationRows(const EnvSpec& spec) { return spec.observation_size(); }

void DrawObservation(const Frame& frame, const EnvSpec& spec, std::span<const float> observation) {
  for (std::size_t i = 0; i < observation.size(); ++i) {
    const Row row;
    row.Text(0.0F, i < spec.observation_names.size() ? spec.observation_names[i] : StrCat(i),
             TextColour());
    const auto low = static_cast<double>(spec.observation_low[i]);
    const auto high = static_cast<double>(spec.observation_high[i]);
    const auto value = static_cast<double>(observation[i]);
    if (std::isfinite(low) && std::isfinite(high)) {
      const Box track = row.Bar(0.5F, 0.8F);
      Fill(track, kTrack);
      const double zero = std::clamp(0.0, low, high);
      FillBetween(track, low, high, zero, value, kBar);
      Tick(track, low, high, zero, kZero, 1.0F);
    }
    ImGui::PushFont(frame.fonts.mono);
    row.Text(1.0F, Printed("%.4f", value), TextColour(), 1.0F);
    ImGui::PopFont();
  }
}

int ThoughtRows(const ActionSpace& space, const ControlThought& thought) {
  const int rows = thought.output.spread.empty() ? 0 : 2 * space.size();
  return rows + (HasActionRows(thought) ? space.num_actions : 0) + (thought.output.value ? 1 : 0);
}

void DrawThought(const Frame& frame, const ControlTask& task, const ActionSpace& space,
                 const ControlThought& thought) {
  const PolicyOutput& out = thought.output;
  if (HasActionRows(thought)) DrawActionRows(frame, task, thought);
  for (std::size_t k = 0; k < out.spread.size(); ++k) {
    DrawSpread(frame, task.actions[k], static_cast<double>(space.low[k]),
               static_cast<double>(space.high[k]), out.spread[k]);
  }
  if (!out.value) return;
  const Row row;
  row.Text(0.0F, "value: discounted return expected", DimColour());
  ImGui::PushFont(frame.fonts.mono);
  row.Text(1.0F, ShortNumber(static_cast<double>(*out.value)), TextColour(), 1.0F);
  ImGui::PopFont();
}

void DrawCurve(const Frame& frame, const char* name, std::span<const float> numbers, float height,
               ImU32 colour) {
  float low = std::numeric_limits<float>::infinity();
  float high = -low;
  float last = std::numeric_limits<float>::quiet_NaN();
  for (const float number : numbers) {
    if (!std::isfinite(number)) continue;
    low = std::min(low, number);
    high = std::max(high, number);
    last = number;
  }
  const Row row;
  row.Text(0.0F, name, TextColour());
  ImGui::PushFont(frame.fonts.mono);
  if (std::isfinite(last)) {
    row.Text(1.0F, ShortNumber(static_cast<double>(last)), colour, 1.0F);
    if (low < high) {
      row.Text(0.78F,
               StrCat(ShortNumber(static_cast<double>(low)), " to ",
                      ShortNumber(static_cast<double>(high))),
               DimColour(), 1.0F);
    }
  }
  ImGui::PopFont();

  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x;
  ImGui::Dummy({width, height});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width, at.y + height}, kTrack, 3.0F * frame.scale);
  if (!std::isfinite(last)) return;
  const float pad = 4.0F * frame.scale;
  const float span = std::max(high - low, 1e-9F);
  // A short episode fills a part of the width; a long one moves through it.
  const auto steps = static_cast<float>(std::max<std::size_t>(numbers.size(), 60) - 1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isfinite(numbers[i])) continue;
    const float share = high > low ? (numbers[i] - low) / span : 0.5F;
    list.PathLineTo({at.x + pad + (width - 2.0F * pad) * static_cast<float>(i) / steps,
                     at.y + height - pad - share * (height - 2.0F * pad)});
  }
  list.PathStroke(colour, ImDrawFlags_None, std::max(1.0F, 1.5F * frame.scale));
}

}  // namespace tengen

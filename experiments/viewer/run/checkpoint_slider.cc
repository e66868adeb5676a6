#include "experiments/viewer/run/checkpoint_slider.h"

#include <algorithm>
#include <cmath>

namespace tengen {
namespace {

constexpr ImU32 kRail = IM_COL32(64, 68, 74, 255);
constexpr ImU32 kUnasked = IM_COL32(98, 103, 110, 255);
constexpr ImU32 kKnown = IM_COL32(111, 177, 228, 255);
constexpr ImU32 kGone = IM_COL32(232, 112, 92, 255);
constexpr ImU32 kHandle = IM_COL32(232, 230, 227, 255);

ImU32 ColourOf(CheckpointMark mark) {
  switch (mark) {
    case CheckpointMark::kUnasked:
      return kUnasked;
    case CheckpointMark::kKnown:
      return kKnown;
    case CheckpointMark::kGone:
      return kGone;
  }
  return kUnasked;
}

}  // namespace

std::optional<std::size_t> DrawCheckpointSlider(const Frame& frame, const Box& box,
                                                const std::vector<CheckpointMark>& marks,
                                                std::size_t chosen) {
  const float inset = 9.0F * frame.scale;
  const float left = box.x + inset;
  const float width = std::max(1.0F, box.width - 2.0F * inset);
  const float middle = std::round(box.y + box.height / 2.0F);
  const float last = static_cast<float>(std::max<std::size_t>(1, marks.size() - 1));
  const auto place = [&](std::size_t i) { return left + width * static_cast<float>(i) / last; };

  ImGui::SetCursorScreenPos(box.min());
  ImGui::InvisibleButton("checkpoints", {std::max(1.0F, box.width), std::max(1.0F, box.height)});
  frame.NamePlace("checkpoints");
  const bool held = ImGui::IsItemActive();
  const bool hovered = ImGui::IsItemHovered();

  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float rail = std::max(1.0F, 2.0F * frame.scale);
  list.AddRectFilled({left, middle - rail}, {left + width, middle + rail}, kRail, rail);
  const float spacing = width / last;
  const float half = std::clamp(0.3F * spacing, 0.5F * frame.scale, 1.5F * frame.scale);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const float x = place(i);
    list.AddRectFilled({x - half, middle - 6.0F * frame.scale},
                       {x + half, middle + 6.0F * frame.scale}, ColourOf(marks[i]));
  }
  const float x = place(chosen);
  const float grip = (held || hovered ? 5.5F : 5.0F) * frame.scale;
  list.AddRectFilled({x - grip, middle - 1.8F * grip}, {x + grip, middle + 1.8F * grip}, kHandle,
                     0.5F * grip);
  if (!held || marks.empty()) return std::nullopt;
  const float at = (ImGui::GetIO().MousePos.x - left) / width * last;
  const auto index = static_cast<std::size_t>(
      std::clamp(std::round(at), 0.0F, static_cast<float>(marks.size() - 1)));
  if (index == chosen) return std::nullopt;
  return index;
}

}  // namespace tengen

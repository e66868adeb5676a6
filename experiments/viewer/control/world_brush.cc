#include "experiments/viewer/control/world_brush.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace tengen {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

// Colours between two, channel by channel.
ImU32 Mixed(ImU32 a, ImU32 b, float share) {
  const ImVec4 x = ImGui::ColorConvertU32ToFloat4(a);
  const ImVec4 y = ImGui::ColorConvertU32ToFloat4(b);
  const auto mix = [share](float from, float to) { return from + share * (to - from); };
  return ImGui::ColorConvertFloat4ToU32(
      {mix(x.x, y.x), mix(x.y, y.y), mix(x.z, y.z), mix(x.w, y.w)});
}

// Of a circle that looks round: those that differ from it by a tenth of a pixel.
int Segments(float radius) {
  return std::clamp(static_cast<int>(kPi * std::sqrt(5.0F * radius)) + 1, 12, 512);
}

}  // namespace

WorldPoint Polar(float length, float angle_rad) {
  return {length * std::cos(angle_rad), length * std::sin(angle_rad)};
}

ImU32 Darker(ImU32 colour, float factor) {
  ImVec4 rgb = ImGui::ColorConvertU32ToFloat4(colour);
  return ImGui::ColorConvertFloat4ToU32({factor * rgb.x, factor * rgb.y, factor * rgb.z, rgb.w});
}

WorldBrush::WorldBrush(ImDrawList& list, const Box& box, const WorldView& view)
    : list_(list),
      box_(box),
      scale_(std::max(1e-3F, std::min(box.width / (view.right - view.left),
                                      box.height / (view.top - view.bottom)))),
      centre_{(view.left + view.right) / 2.0F, (view.bottom + view.top) / 2.0F} {
  const float spare = box.height / scale_ - (view.top - view.bottom);
  centre_.y += (0.5F - view.spare_below) * spare;
  list_.PushClipRect(box.min(), box.max(), /*intersect_with_current_clip_rect=*/true);
}

WorldBrush::~WorldBrush() { list_.PopClipRect(); }

ImVec2 WorldBrush::At(WorldPoint point) const {
  const ImVec2 middle = box_.centre();
  return {middle.x + scale_ * (point.x - centre_.x), middle.y - scale_ * (point.y - centre_.y)};
}

WorldView WorldBrush::shown() const {
  const float x = box_.width / scale_ / 2.0F;
  const float y = box_.height / scale_ / 2.0F;
  return {centre_.x - x, centre_.x + x, centre_.y - y, centre_.y + y};
}

float WorldBrush::LineWidth(float length) const { return std::max(1.0F, scale_ * length); }

void WorldBrush::Background(ImU32 top, ImU32 bottom) {
  const float left = box_.x;
  const float right = box_.x + box_.width;
  ForEachBand(box_.y, top, bottom, [&](float from, float to, ImU32 shade) {
    FillQuad({left, from}, {right, from}, {right, to}, {left, to}, shade);
  });
}

void WorldBrush::Ground(std::span<const WorldPoint> line, ImU32 top, ImU32 bottom) {
  std::vector<ImVec2> points;
  float highest = box_.y + box_.height;
  for (const WorldPoint& point : line) {
    points.push_back(At(point));
    highest = std::min(highest, points.back().y);
  }
  ForEachBand(std::max(highest, box_.y), top, bottom, [&](float from, float to, ImU32 shade) {
    list_.PushClipRect({box_.x, from}, {box_.x + box_.width, to}, true);
    // Neighbours that fill the band from top to bottom make one rectangle.
    for (std::size_t i = 0; i + 1 < points.size(); ++i) {
      std::size_t end = i;
      while (end + 1 < points.size() && std::max(points[end].y, points[end + 1].y) <= from) ++end;
      if (end > i) {
        FillQuad({points[i].x, from}, {points[end].x, from}, {points[end].x, to}, {points[i].x, to},
                 shade);
        i = end - 1;
      } else if (std::min(points[i].y, points[i + 1].y) < to) {
        const float low = std::max({points[i].y, points[i + 1].y, to});
        FillQuad(points[i], points[i + 1], {points[i + 1].x, low}, {points[i].x, low}, shade);
      }
    }
    list_.PopClipRect();
  });
}

// Shades of one colour each, as many as there are between the two: as smooth as a gradient, and a
// software renderer draws them several times as fast.
template <typename Draw>
void WorldBrush::ForEachBand(float begin, ImU32 top, ImU32 bottom, const Draw& draw) const {
  int steps = 1;
  for (const int shift : {IM_COL32_R_SHIFT, IM_COL32_G_SHIFT, IM_COL32_B_SHIFT}) {
    const auto channel = [shift](ImU32 colour) {
      return static_cast<int>((colour >> shift) & 255U);
    };
    steps = std::max(steps, std::abs(channel(top) - channel(bottom)) + 1);
  }
  const float height = box_.y + box_.height - begin;
  for (int i = 0; i < steps && height > 0.0F; ++i) {
    const auto edge = [&](int k) {
      return std::round(begin + height * static_cast<float>(k) / static_cast<float>(steps));
    };
    const float share = steps == 1 ? 0.0F : static_cast<float>(i) / static_cast<float>(steps - 1);
    if (edge(i) < edge(i + 1)) draw(edge(i), edge(i + 1), Mixed(top, bottom, share));
  }
}

// Without soft edges, which would show as seams between neighbours.
void WorldBrush::FillQuad(ImVec2 a, ImVec2 b, ImVec2 c, ImVec2 d, ImU32 colour) {
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  list_.PrimReserve(6, 4);
  list_.PrimQuadUV(a, b, c, d, white, white, white, white, colour);
}

void WorldBrush::Line(WorldPoint from, WorldPoint to, float width, ImU32 colour) {
  list_.AddLine(At(from), At(to), colour, LineWidth(width));
}

void WorldBrush::Dashes(WorldPoint from, WorldPoint to, float dash, float width, ImU32 colour) {
  const float length = std::hypot(to.x - from.x, to.y - from.y);
  const int count = std::max(1, static_cast<int>(length / (2.0F * dash)));
  for (int i = 0; i < count; ++i) {
    const float begin = (static_cast<float>(i) + 0.25F) / static_cast<float>(count);
    const float end = (static_cast<float>(i) + 0.75F) / static_cast<float>(count);
    Line((1.0F - begin) * from + begin * to, (1.0F - end) * from + end * to, width, colour);
  }
}

void WorldBrush::Polyline(std::span<const WorldPoint> points, float width, ImU32 colour) {
  for (const WorldPoint& point : points) list_.PathLineTo(At(point));
  list_.PathStroke(colour, ImDrawFlags_None, LineWidth(width));
}

void WorldBrush::Disc(WorldPoint centre, float radius, ImU32 colour) {
  const float r = std::max(0.75F, pixels(radius));
  list_.AddCircleFilled(At(centre), r, colour, Segments(r));
}

void WorldBrush::Circle(WorldPoint centre, float radius, float width, ImU32 colour) {
  const float r = std::max(1.0F, pixels(radius));
  list_.AddCircle(At(centre), r, colour, Segments(r), LineWidth(width));
}

void WorldBrush::Polygon(std::span<const WorldPoint> corners, ImU32 colour) {
  for (const WorldPoint& corner : corners) list_.PathLineTo(At(corner));
  list_.PathFillConvex(colour);
}

void WorldBrush::RoundedBox(WorldPoint pivot, const WorldView& box, float radius, float angle_rad,
                            ImU32 colour) {
  // Counterclockwise in the world, clockwise on the screen, as ImGui fills.
  const std::array<WorldPoint, 4> centres = {WorldPoint{box.right - radius, box.top - radius},
                                             WorldPoint{box.right - radius, box.bottom + radius},
                                             WorldPoint{box.left + radius, box.bottom + radius},
                                             WorldPoint{box.left + radius, box.top - radius}};
  const float cos = std::cos(angle_rad);
  const float sin = std::sin(angle_rad);
  for (std::size_t i = 0; i < centres.size(); ++i) {
    const WorldPoint c = centres[i];
    const ImVec2 at = At(pivot + WorldPoint{c.x * cos - c.y * sin, c.x * sin + c.y * cos});
    const float from = -angle_rad + (static_cast<float>(i) - 1.0F) * kPi / 2.0F;
    list_.PathArcTo(at, pixels(radius), from, from + kPi / 2.0F, 8);
  }
  list_.PathFillConvex(colour);
}

void WorldBrush::Capsule(WorldPoint from, WorldPoint to, float radius, ImU32 colour) {
  const ImVec2 a = At(from);
  const ImVec2 b = At(to);
  const float along = std::atan2(b.y - a.y, b.x - a.x);
  const float rim = std::clamp(0.16F * pixels(radius), 1.0F, 4.0F);
  const auto fill = [&](float r, ImU32 shade) {
    list_.PathArcTo(b, r, along - kPi / 2.0F, along + kPi / 2.0F, 24);
    list_.PathArcTo(a, r, along + kPi / 2.0F, along + 1.5F * kPi, 24);
    list_.PathFillConvex(shade);
  };
  const float r = std::max(1.0F, pixels(radius));
  fill(r, Darker(colour, 0.72F));
  if (r > rim + 0.5F) fill(r - rim, colour);
}

void WorldBrush::ArrowHead(WorldPoint tip, float angle_rad, float size, ImU32 colour) {
  const WorldPoint back = tip + Polar(-1.2F * size, angle_rad);
  const WorldPoint side = Polar(0.7F * size, angle_rad + kPi / 2.0F);
  // Clockwise on the screen.
  const std::array<WorldPoint, 3> corners = {tip, back + -1.0F * side, back + side};
  Polygon(corners, colour);
}

void WorldBrush::Arrow(WorldPoint from, float angle_rad, float length, float width, ImU32 colour) {
  if (length <= 2.0F * width) return;
  const float head = std::min(3.0F * width, 0.7F * length);
  const WorldPoint tip = from + Polar(length, angle_rad);
  Line(from, tip + Polar(-1.1F * head, angle_rad), width, colour);
  ArrowHead(tip, angle_rad, head, colour);
}

void WorldBrush::TurnArrow(WorldPoint centre, float radius, float from_rad, float sweep_rad,
                           float width, ImU32 colour) {
  const float head = 3.0F * width;
  const float head_sweep = 1.1F * head / radius;
  if (std::abs(sweep_rad) < 1.2F * head_sweep) return;
  const float sign = sweep_rad > 0.0F ? 1.0F : -1.0F;
  const float to = from_rad + sweep_rad - sign * head_sweep;
  constexpr int kPieces = 32;
  std::array<WorldPoint, kPieces + 1> arc;
  for (int i = 0; i <= kPieces; ++i) {
    const float share = static_cast<float>(i) / kPieces;
    arc[static_cast<std::size_t>(i)] = centre + Polar(radius, from_rad + share * (to - from_rad));
  }
  Polyline(arc, width, colour);
  const WorldPoint tip = centre + Polar(radius, from_rad + sweep_rad);
  ArrowHead(tip, from_rad + sweep_rad - sign * 0.5F * head_sweep + sign * kPi / 2.0F, head, colour);
}

}  // namespace tengen

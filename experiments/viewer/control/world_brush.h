#pragma once

#include <imgui.h>
#include <span>
#include <vector>

#include "experiments/viewer/window/screen.h"

namespace tengen {

// A point of a task's world: y points up, lengths are the task's.
struct WorldPoint {
  float x = 0.0F;
  float y = 0.0F;
};

inline WorldPoint operator+(WorldPoint a, WorldPoint b) { return {a.x + b.x, a.y + b.y}; }
inline WorldPoint operator*(float k, WorldPoint a) { return {k * a.x, k * a.y}; }
// At that distance from the origin, turned counterclockwise from the x axis.
WorldPoint Polar(float length, float angle_rad);

// What has to be in view.
struct WorldView {
  float left = 0.0F;
  float right = 0.0F;
  float bottom = 0.0F;
  float top = 0.0F;
  // Of the height that a box has to spare, the share below the view.
  float spare_below = 0.5F;
};

// Draws shapes of a plane world into a box, as large as the view fits, without distorting it; what
// is beside the view fills the rest. Everything is anti-aliased and clipped to the box.
class WorldBrush {
 public:
  WorldBrush(ImDrawList& list, const Box& box, const WorldView& view);
  ~WorldBrush();
  WorldBrush(const WorldBrush&) = delete;
  WorldBrush& operator=(const WorldBrush&) = delete;

  ImVec2 At(WorldPoint point) const;
  float pixels(float length) const { return scale_ * length; }
  // The part of the world that the box shows.
  WorldView shown() const;
  // At least a pixel, so that thin lines stay visible in small boxes.
  float LineWidth(float length) const;

  // The whole box, from one colour at the top to another at the bottom.
  void Background(ImU32 top, ImU32 bottom);
  // Everything below a line of points with ascending x, fading downwards.
  void Ground(std::span<const WorldPoint> line, ImU32 top, ImU32 bottom);
  void Line(WorldPoint from, WorldPoint to, float width, ImU32 colour);
  void Dashes(WorldPoint from, WorldPoint to, float dash, float width, ImU32 colour);
  void Polyline(std::span<const WorldPoint> points, float width, ImU32 colour);
  void Disc(WorldPoint centre, float radius, ImU32 colour);
  void Circle(WorldPoint centre, float radius, float width, ImU32 colour);
  // Convex.
  void Polygon(std::span<const WorldPoint> corners, ImU32 colour);
  // A rectangle with round corners, turned counterclockwise around `pivot`; its own coordinates are
  // relative to the pivot.
  void RoundedBox(WorldPoint pivot, const WorldView& box, float radius, float angle_rad,
                  ImU32 colour);
  // A link with round ends and a darker rim.
  void Capsule(WorldPoint from, WorldPoint to, float radius, ImU32 colour);
  // From a point in a direction; no arrow where it is shorter than twice its width.
  void Arrow(WorldPoint from, float angle_rad, float length, float width, ImU32 colour);
  // Around a centre from one angle on, counterclockwise where `sweep_rad` is positive.
  void TurnArrow(WorldPoint centre, float radius, float from_rad, float sweep_rad, float width,
                 ImU32 colour);

 private:
  // Calls draw(from, to, shade) for bands between `begin` and the box's bottom, y in pixels.
  template <typename Draw>
  void ForEachBand(float begin, ImU32 top, ImU32 bottom, const Draw& draw) const;
  void FillQuad(ImVec2 a, ImVec2 b, ImVec2 c, ImVec2 d, ImU32 colour);
  void ArrowHead(WorldPoint tip, float angle_rad, float size, ImU32 colour);

  ImDrawList& list_;
  const Box box_;
  float scale_;  // pixels per unit of length
  WorldPoint centre_;
};

// The same colour, darker; its alpha stays.
ImU32 Darker(ImU32 colour, float factor);

}  // namespace tengen

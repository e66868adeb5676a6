#include "experiments/viewer/control/control_pictures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "envs/control/acrobot.h"
#include "envs/control/cartpole.h"
#include "envs/control/mountain_car.h"
#include "envs/control/mountain_car_continuous.h"
#include "envs/control/pendulum.h"
#include "envs/core/check.h"
#include "experiments/viewer/control/world_brush.h"

namespace tengen {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

constexpr ImU32 kSky = IM_COL32(216, 229, 240, 255);
constexpr ImU32 kHaze = IM_COL32(248, 245, 238, 255);
constexpr ImU32 kSoil = IM_COL32(214, 206, 192, 255);
constexpr ImU32 kDeepSoil = IM_COL32(196, 186, 170, 255);
constexpr ImU32 kGroundLine = IM_COL32(120, 112, 100, 255);
constexpr ImU32 kFaint = IM_COL32(90, 96, 110, 60);
constexpr ImU32 kGrass = IM_COL32(158, 186, 122, 255);
constexpr ImU32 kDeepGrass = IM_COL32(96, 128, 86, 255);
constexpr ImU32 kGrassLine = IM_COL32(78, 108, 66, 255);
constexpr ImU32 kSteel = IM_COL32(52, 70, 92, 255);
constexpr ImU32 kWheel = IM_COL32(38, 42, 50, 255);
constexpr ImU32 kHub = IM_COL32(176, 184, 194, 255);
constexpr ImU32 kWood = IM_COL32(206, 154, 98, 255);
constexpr ImU32 kRed = IM_COL32(206, 78, 62, 255);
constexpr ImU32 kTeal = IM_COL32(36, 156, 160, 255);
constexpr ImU32 kGold = IM_COL32(228, 180, 62, 255);
constexpr ImU32 kGlass = IM_COL32(214, 232, 244, 255);
constexpr ImU32 kGoal = IM_COL32(46, 140, 84, 255);
constexpr ImU32 kGoalTint = IM_COL32(46, 140, 84, 26);
constexpr ImU32 kPush = IM_COL32(40, 112, 190, 235);

constexpr float Float(double x) { return static_cast<float>(x); }

// Metres; the cart is 50x30 pixels and the pole 10 wide where Gymnasium's metre has 125.
void DrawCartPole(ImDrawList& list, const Box& box, const ControlPicture& picture) {
  constexpr float kEnd = Float(CartPole::kMaxX);
  constexpr float kPole = 2.0F * Float(CartPole::kHalfPoleLength);
  constexpr float kRail = -0.17F;  // below the cart's middle, which is at 0
  WorldBrush brush(list, box, {-kEnd - 0.3F, kEnd + 0.3F, -0.75F, 1.45F, 0.2F});
  brush.Background(kSky, kHaze);
  const WorldView shown = brush.shown();
  const std::array<WorldPoint, 2> ground = {WorldPoint{shown.left, -0.32F},
                                            WorldPoint{shown.right, -0.32F}};
  brush.Ground(ground, kSoil, kDeepSoil);
  brush.Polyline(ground, 0.012F, kGroundLine);

  // The rail with a stand at every half metre and a buffer where the track ends.
  for (int i = -4; i <= 4; ++i) {
    const float x = 0.5F * static_cast<float>(i);
    brush.Line({x, kRail}, {x, -0.32F}, 0.016F, kGroundLine);
  }
  brush.Line({-kEnd, kRail}, {kEnd, kRail}, 0.035F, kSteel);
  for (const float end : {-kEnd, kEnd}) {
    brush.RoundedBox({end, 0.0F}, {-0.03F, 0.03F, -0.32F, 0.02F}, 0.012F, 0.0F, kRed);
  }

  const float x = Float(picture.state[0]);
  const float theta = Float(picture.state[2]);
  const WorldPoint axle = {x, 0.06F};
  for (const double limit : {-CartPole::kMaxTheta, CartPole::kMaxTheta}) {
    brush.Dashes(axle, axle + Polar(kPole + 0.12F, kPi / 2.0F - Float(limit)), 0.035F, 0.008F,
                 kFaint);
  }
  const float direction = picture.push < 0.0F ? kPi : 0.0F;
  const WorldPoint side = {x + (picture.push < 0.0F ? -0.23F : 0.23F), 0.0F};
  brush.Arrow(side, direction, 0.4F * std::abs(picture.push), 0.03F, kPush);
  for (const float wheel : {-0.12F, 0.12F}) {
    brush.Disc({x + wheel, -0.105F}, 0.05F, kWheel);
    brush.Disc({x + wheel, -0.105F}, 0.018F, kHub);
  }
  brush.RoundedBox({x, 0.0F}, {-0.2F, 0.2F, -0.12F, 0.12F}, 0.035F, 0.0F, Darker(kSteel, 0.75F));
  brush.RoundedBox({x, 0.0F}, {-0.188F, 0.188F, -0.108F, 0.108F}, 0.025F, 0.0F, kSteel);
  brush.Capsule(axle, axle + Polar(kPole - 0.04F, kPi / 2.0F - theta), 0.04F, kWood);
  brush.Disc(axle, 0.03F, kWheel);
  brush.Disc(axle, 0.014F, kHub);
}

// The hill; its slope is what pulls the car.
float Height(float x) { return 0.45F * std::sin(3.0F * x) + 0.55F; }
float Slope(float x) { return std::atan(1.35F * std::cos(3.0F * x)); }

void DrawFlag(WorldBrush& brush, float x) {
  const float foot = Height(x);
  brush.Line({x, foot}, {x, foot + 0.17F}, 0.007F, kWheel);
  const std::array<WorldPoint, 3> cloth = {WorldPoint{x, foot + 0.17F},
                                           WorldPoint{x + 0.09F, foot + 0.14F},
                                           WorldPoint{x, foot + 0.11F}};
  brush.Polygon(cloth, kGold);
}

// A point of the car, which stands on the hill at x: `along` the slope and `above` it.
WorldPoint OnCar(float x, float along, float above) {
  const float slope = Slope(x);
  return WorldPoint{x, Height(x)} + Polar(along, slope) + Polar(above, slope + kPi / 2.0F);
}

// The car is 40x20 pixels where Gymnasium's unit has 333, its wheels 8 in radius.
void DrawCar(WorldBrush& brush, float x) {
  constexpr float kWheelRadius = 0.024F;
  const float slope = Slope(x);
  const WorldPoint seat = OnCar(x, 0.0F, 0.0F);
  const std::array<WorldPoint, 4> cabin = {OnCar(x, -0.034F, 0.066F), OnCar(x, -0.018F, 0.094F),
                                           OnCar(x, 0.02F, 0.094F), OnCar(x, 0.038F, 0.066F)};
  const std::array<WorldPoint, 4> window = {OnCar(x, -0.025F, 0.067F), OnCar(x, -0.014F, 0.087F),
                                            OnCar(x, 0.016F, 0.087F), OnCar(x, 0.028F, 0.067F)};
  brush.Polygon(cabin, kSteel);
  brush.Polygon(window, kGlass);
  brush.RoundedBox(seat, {-0.062F, 0.062F, 0.026F, 0.07F}, 0.014F, slope, Darker(kRed, 0.75F));
  brush.RoundedBox(seat, {-0.058F, 0.058F, 0.03F, 0.066F}, 0.011F, slope, kRed);
  for (const float along : {-0.032F, 0.032F}) {
    brush.Disc(OnCar(x, along, kWheelRadius + 0.002F), kWheelRadius, kWheel);
    brush.Disc(OnCar(x, along, kWheelRadius + 0.002F), 0.009F, kHub);
  }
}

void DrawMountainCar(ImDrawList& list, const Box& box, const ControlPicture& picture, double goal) {
  constexpr float kLeft = Float(MountainCar::kMinPosition);
  constexpr float kRight = Float(MountainCar::kMaxPosition);
  WorldBrush brush(list, box, {kLeft - 0.13F, kRight + 0.08F, 0.0F, 1.24F, 0.35F});
  brush.Background(kSky, kHaze);
  const WorldView shown = brush.shown();
  std::vector<WorldPoint> hill;
  const int pieces = std::clamp(static_cast<int>(box.width / 3.0F), 40, 2000);
  // A little farther than the box on both sides.
  for (int i = -1; i <= pieces + 1; ++i) {
    const float share = static_cast<float>(i) / static_cast<float>(pieces);
    const float x = shown.left + (shown.right - shown.left) * share;
    hill.push_back({x, Height(x)});
  }
  DrawFlag(brush, Float(goal));
  brush.Ground(hill, kGrass, kDeepGrass);
  brush.Polyline(hill, 0.011F, kGrassLine);
  // The wall that stops the car on the left.
  brush.RoundedBox({kLeft - 0.075F, Height(kLeft)}, {-0.014F, 0.014F, -0.06F, 0.12F}, 0.008F, 0.0F,
                   kSteel);

  const float x = Float(picture.state[0]);
  DrawCar(brush, x);
  const float direction = Slope(x) + (picture.push < 0.0F ? kPi : 0.0F);
  brush.Arrow(OnCar(x, 0.0F, 0.14F), direction, 0.16F * std::abs(picture.push), 0.012F, kPush);
}

// Unit lengths; links and joints 0.2 thick as in Gymnasium. An angle of 0 hangs down.
void DrawAcrobot(ImDrawList& list, const Box& box, const ControlPicture& picture) {
  constexpr float kReach = Float(2.0 * Acrobot::kLength1);
  constexpr float kLine = Float(Acrobot::kLength1);  // the tip has to be above
  WorldBrush brush(list, box, {-kReach - 0.25F, kReach + 0.25F, -kReach - 0.2F, kReach + 0.2F});
  brush.Background(kSky, kHaze);
  const WorldView shown = brush.shown();
  const std::array<WorldPoint, 4> goal = {
      WorldPoint{shown.left, shown.top}, WorldPoint{shown.right, shown.top},
      WorldPoint{shown.right, kLine}, WorldPoint{shown.left, kLine}};
  brush.Polygon(goal, kGoalTint);
  brush.Line({shown.left, kLine}, {shown.right, kLine}, 0.022F, kGoal);

  const float first = Float(picture.state[0]) - kPi / 2.0F;
  const float second = first + Float(picture.state[1]);
  const WorldPoint pivot = {0.0F, 0.0F};
  const WorldPoint joint = Polar(1.0F, first);
  const WorldPoint tip = joint + Polar(1.0F, second);
  brush.Circle(pivot, kReach, 0.008F, kFaint);
  brush.RoundedBox(pivot, {-0.26F, 0.26F, -0.26F, 0.26F}, 0.1F, 0.0F, IM_COL32(150, 158, 168, 120));
  brush.Capsule(pivot, joint, 0.1F, kTeal);
  brush.Capsule(joint, tip, 0.1F, kTeal);
  brush.Disc(pivot, 0.1F, Darker(kGold, 0.7F));
  brush.Disc(pivot, 0.084F, kGold);
  brush.Disc(joint, 0.1F, Darker(kGold, 0.7F));
  brush.Disc(joint, 0.084F, kGold);
  brush.Disc(tip, 0.045F, tip.y > kLine ? kGoal : kWheel);
  brush.TurnArrow(joint, 0.32F, second + 0.45F * (picture.push < 0.0F ? -1.0F : 1.0F),
                  1.9F * picture.push, 0.045F, kPush);
}

// Unit length; the rod is 0.2 thick as in Gymnasium. An angle of 0 is upright, positive ones are
// counterclockwise.
void DrawPendulum(ImDrawList& list, const Box& box, const ControlPicture& picture) {
  constexpr float kLength = Float(Pendulum::kLength);
  WorldBrush brush(list, box, {-1.4F, 1.4F, -1.3F, 1.45F});
  brush.Background(kSky, kHaze);
  const WorldPoint pivot = {0.0F, 0.0F};
  brush.Circle(pivot, kLength + 0.14F, 0.006F, kFaint);
  // Where the rod is wanted.
  const std::array<WorldPoint, 3> mark = {WorldPoint{-0.06F, 1.32F}, WorldPoint{0.06F, 1.32F},
                                          WorldPoint{0.0F, 1.2F}};
  brush.Polygon(mark, kGoal);
  brush.Disc(pivot, 0.2F, IM_COL32(150, 158, 168, 120));
  const float angle = Float(picture.state[0]) + kPi / 2.0F;
  brush.Capsule(pivot, Polar(kLength, angle), 0.1F, kRed);
  brush.Disc(pivot, 0.055F, kWheel);
  brush.Disc(pivot, 0.022F, kHub);
  brush.TurnArrow(pivot, 0.42F, angle + 0.4F * (picture.push < 0.0F ? -1.0F : 1.0F),
                  2.2F * picture.push, 0.04F, kPush);
}

using DrawFunction = void (*)(ImDrawList&, const Box&, const ControlPicture&);

DrawFunction FindPicture(std::string_view task) {
  if (task == "cartpole") return DrawCartPole;
  if (task == "mountain_car") {
    return [](ImDrawList& list, const Box& box, const ControlPicture& picture) {
      DrawMountainCar(list, box, picture, MountainCar::kGoalPosition);
    };
  }
  if (task == "mountain_car_continuous") {
    return [](ImDrawList& list, const Box& box, const ControlPicture& picture) {
      DrawMountainCar(list, box, picture, MountainCarContinuous::kGoalPosition);
    };
  }
  if (task == "acrobot") return DrawAcrobot;
  if (task == "pendulum") return DrawPendulum;
  return nullptr;
}

}  // namespace

bool HasControlPicture(std::string_view task) { return FindPicture(task) != nullptr; }

void DrawControlPicture(ImDrawList& list, const Box& box, const ControlPicture& picture) {
  const DrawFunction draw = FindPicture(picture.task);
  TENGEN_CHECK(draw != nullptr, "no picture of ", picture.task);
  if (box.width < 1.0F || box.height < 1.0F) return;
  draw(list, box, picture);
}

}  // namespace tengen

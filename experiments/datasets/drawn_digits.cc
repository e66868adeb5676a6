#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "experiments/datasets/data_rng.h"
#include "experiments/datasets/generated.h"

namespace tengen {
namespace {

constexpr int kSide = 28;
constexpr double kDegree = std::numbers::pi / 180.0;

// x to the right, y down; the digit fills the unit square.
struct Dot {
  double x = 0.0;
  double y = 0.0;
};
using Stroke = std::vector<Dot>;  // the pen goes from dot to dot

// Part of an ellipse; angles in degrees, 0 to the right, 90 down.
Stroke Arc(Dot centre, double width, double height, double from, double to) {
  constexpr int kParts = 12;
  Stroke stroke;
  for (int i = 0; i <= kParts; ++i) {
    const double angle = kDegree * (from + (to - from) * i / kParts);
    stroke.push_back({centre.x + width * std::cos(angle), centre.y + height * std::sin(angle)});
  }
  return stroke;
}

std::vector<Stroke> StrokesOf(int digit) {
  switch (digit) {
    case 0:
      return {Arc({0.5, 0.5}, 0.3, 0.45, 0, 360)};
    case 1:
      return {{{0.35, 0.25}, {0.55, 0.05}, {0.55, 0.95}}};
    case 2: {
      Stroke top = Arc({0.5, 0.3}, 0.28, 0.25, 180, 390);
      top.push_back({0.2, 0.95});
      top.push_back({0.82, 0.95});
      return {top};
    }
    case 3:
      return {Arc({0.47, 0.28}, 0.28, 0.23, 200, 450), Arc({0.47, 0.73}, 0.31, 0.23, 270, 520)};
    case 4:
      return {{{0.62, 0.95}, {0.62, 0.05}, {0.18, 0.65}, {0.85, 0.65}}};
    case 5: {
      Stroke stroke = {{0.78, 0.06}, {0.3, 0.06}, {0.27, 0.46}};
      const Stroke bowl = Arc({0.48, 0.67}, 0.31, 0.27, 230, 510);
      stroke.insert(stroke.end(), bowl.begin(), bowl.end());
      return {stroke};
    }
    case 6:
      return {Arc({0.75, 0.68}, 0.52, 0.64, 265, 180), Arc({0.5, 0.7}, 0.27, 0.25, 0, 360)};
    case 7:
      return {{{0.18, 0.07}, {0.82, 0.07}, {0.42, 0.95}}};
    case 8:
      return {Arc({0.5, 0.28}, 0.23, 0.22, 0, 360), Arc({0.5, 0.73}, 0.28, 0.23, 0, 360)};
    default:
      return {Arc({0.5, 0.3}, 0.27, 0.25, 0, 360), {{0.77, 0.32}, {0.72, 0.65}, {0.6, 0.95}}};
  }
}

double Around(double most, Rng& rng) { return most * (2.0 * rng.Uniform() - 1.0); }

// From the unit square to pixels, another way for each digit.
class Hand {
 public:
  explicit Hand(Rng& rng) {
    const double angle = kDegree * Around(12.0, rng);
    const double slant = Around(0.25, rng);
    const double width = 15.0 * (1.0 + Around(0.15, rng));
    const double height = 20.0 * (1.0 + Around(0.12, rng));
    a_ = width * std::cos(angle);
    b_ = -height * (std::sin(angle) + slant * std::cos(angle));
    c_ = width * std::sin(angle);
    d_ = height * (std::cos(angle) - slant * std::sin(angle));
    middle_ = {13.5 + Around(2.0, rng), 13.5 + Around(2.0, rng)};
    pen_ = 1.1 + Around(0.45, rng);
  }

  Dot Place(Dot dot) const {
    const double x = dot.x - 0.5;
    const double y = dot.y - 0.5;
    return {middle_.x + a_ * x + b_ * y, middle_.y + c_ * x + d_ * y};
  }
  double pen() const { return pen_; }  // half its width, pixels

 private:
  double a_, b_, c_, d_;
  Dot middle_;
  double pen_;
};

double DistanceToLine(Dot p, Dot from, Dot to) {
  const double dx = to.x - from.x;
  const double dy = to.y - from.y;
  const double length = dx * dx + dy * dy;
  const double along =
      length == 0.0 ? 0.0
                    : std::clamp(((p.x - from.x) * dx + (p.y - from.y) * dy) / length, 0.0, 1.0);
  return std::hypot(p.x - from.x - along * dx, p.y - from.y - along * dy);
}

// Paints one line; the edge of the pen is a pixel wide.
void Paint(Dot from, Dot to, double pen, std::span<float> pixels) {
  const auto range = [pen](double a, double b) {
    return std::pair(std::max(0, static_cast<int>(std::floor(std::min(a, b) - pen - 1.0))),
                     std::min(kSide - 1, static_cast<int>(std::ceil(std::max(a, b) + pen + 1.0))));
  };
  const auto [left, right] = range(from.x, to.x);
  const auto [top, bottom] = range(from.y, to.y);
  for (int y = top; y <= bottom; ++y) {
    for (int x = left; x <= right; ++x) {
      const double distance =
          DistanceToLine({static_cast<double>(x), static_cast<double>(y)}, from, to);
      const auto ink = static_cast<float>(std::clamp(pen + 0.5 - distance, 0.0, 1.0));
      float& pixel = pixels[static_cast<std::size_t>(y * kSide + x)];
      pixel = std::max(pixel, ink);
    }
  }
}

void Draw(int digit, Rng& rng, std::span<float> pixels) {
  const Hand hand(rng);
  for (Stroke stroke : StrokesOf(digit)) {
    // The whole stroke trembles as one, its dots a little on their own.
    const double x = 0.03 * rng.Normal();
    const double y = 0.03 * rng.Normal();
    for (Dot& dot : stroke) {
      dot = hand.Place({dot.x + x + 0.008 * rng.Normal(), dot.y + y + 0.008 * rng.Normal()});
    }
    for (std::size_t i = 1; i < stroke.size(); ++i) {
      Paint(stroke[i - 1], stroke[i], hand.pen(), pixels);
    }
  }
}

}  // namespace

Samples DrawnDigits(int count, std::uint64_t seed) {
  Rng rng = DataRng(seed, DataStream::kDigits);
  Samples samples;
  samples.shape = {1, kSide, kSide};
  for (int digit = 0; digit < 10; ++digit) samples.class_names.push_back(std::to_string(digit));
  samples.features.resize(static_cast<std::size_t>(count * kSide * kSide));
  for (int i = 0; i < count; ++i) {
    samples.labels.push_back(i % 10);
    Draw(i % 10, rng, samples.row(i));
  }
  return samples;
}

}  // namespace tengen

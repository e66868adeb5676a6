#include "experiments/datasets/augment.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tengen {
namespace {

// One channel of a picture, row by row.
struct Plane {
  std::span<float> values;
  int rows = 0;
  int columns = 0;

  float At(int row, int column) const {
    if (row < 0 || row >= rows || column < 0 || column >= columns) return 0.0F;
    return values[static_cast<std::size_t>(row * columns + column)];
  }
};

// Where each point of the new picture comes from: source = matrix * (point - centre) + centre -
// shift.
struct Turn {
  double a = 1.0, b = 0.0, c = 0.0, d = 1.0;
  double shift_rows = 0.0;
  double shift_columns = 0.0;

  bool moves() const {
    return a != 1.0 || b != 0.0 || c != 0.0 || d != 1.0 || shift_rows != 0.0 ||
           shift_columns != 0.0;
  }
};

int DrawShift(int most, Rng& rng) {
  return most == 0 ? 0
                   : static_cast<int>(rng.Below(static_cast<std::uint32_t>(2 * most + 1))) - most;
}

// Uniform in [-most, most].
double DrawAround(double most, Rng& rng) {
  return most == 0.0 ? 0.0 : most * (2.0 * rng.Uniform() - 1.0);
}

Turn DrawTurn(const AugmentConfig& config, Rng& rng) {
  const double angle = DrawAround(config.rotate_degrees, rng) * std::numbers::pi / 180.0;
  const double scale = 1.0 / (1.0 + DrawAround(config.scale, rng));
  const double mirror = config.flip && rng.Below(2) == 1 ? -1.0 : 1.0;
  Turn turn;
  if (angle != 0.0 || scale != 1.0 || mirror < 0.0) {
    turn.a = scale * std::cos(angle);
    turn.b = -scale * std::sin(angle) * mirror;
    turn.c = scale * std::sin(angle);
    turn.d = scale * std::cos(angle) * mirror;
  }
  turn.shift_rows = DrawShift(config.shift, rng);
  turn.shift_columns = DrawShift(config.shift, rng);
  return turn;
}

float Bilinear(const Plane& plane, double row, double column) {
  const double top = std::floor(row);
  const double left = std::floor(column);
  const int r = static_cast<int>(top);
  const int c = static_cast<int>(left);
  const auto down = static_cast<float>(row - top);
  const auto right = static_cast<float>(column - left);
  return (1.0F - down) * ((1.0F - right) * plane.At(r, c) + right * plane.At(r, c + 1)) +
         down * ((1.0F - right) * plane.At(r + 1, c) + right * plane.At(r + 1, c + 1));
}

void Move(const Turn& turn, Plane plane, std::vector<float>& moved) {
  const double middle_row = 0.5 * (plane.rows - 1);
  const double middle_column = 0.5 * (plane.columns - 1);
  moved.clear();
  for (int row = 0; row < plane.rows; ++row) {
    for (int column = 0; column < plane.columns; ++column) {
      const double y = row - middle_row - turn.shift_rows;
      const double x = column - middle_column - turn.shift_columns;
      moved.push_back(Bilinear(plane, turn.a * y + turn.b * x + middle_row,
                               turn.c * y + turn.d * x + middle_column));
    }
  }
  std::copy(moved.begin(), moved.end(), plane.values.begin());
}

// Start of a stretch of at most `length` in [0, extent), and its end.
std::pair<int, int> DrawStretch(int length, int extent, Rng& rng) {
  const int used = std::min(length, extent);
  const int begin = static_cast<int>(rng.Below(static_cast<std::uint32_t>(extent - used + 1)));
  return {begin, begin + used};
}

void AugmentPicture(const AugmentConfig& config, const std::vector<int>& shape, Rng& rng,
                    std::span<float> example) {
  const int rows = shape[1];
  const int columns = shape[2];
  const auto points = static_cast<std::size_t>(rows * columns);
  const Turn turn = DrawTurn(config, rng);
  std::vector<float> moved;
  for (std::size_t begin = 0; turn.moves() && begin < example.size(); begin += points) {
    Move(turn, {example.subspan(begin, points), rows, columns}, moved);
  }
  if (config.erase == 0) return;
  const auto [top, bottom] = DrawStretch(config.erase, rows, rng);
  const auto [left, right] = DrawStretch(config.erase, columns, rng);
  for (std::size_t begin = 0; begin < example.size(); begin += points) {
    for (int row = top; row < bottom; ++row) {
      const auto line = example.subspan(begin + static_cast<std::size_t>(row * columns));
      std::fill(line.begin() + left, line.begin() + right, 0.0F);
    }
  }
}

// A voice that speaks faster or slower, from a longer or shorter vocal tract (Jaitly & Hinton 2013,
// here linear in mel). What comes from above the highest band is as that one.
void StretchSound(double share, int frames, int bands, Rng& rng, std::span<float> example) {
  const double along_frames = 1.0 / (1.0 + DrawAround(share, rng));
  const double along_bands = 1.0 / (1.0 + DrawAround(share, rng));
  std::vector<float> before(example.begin(), example.end());
  const Plane plane = {before, frames, bands};
  for (int f = 0; f < frames; ++f) {
    for (int b = 0; b < bands; ++b) {
      const double band = std::min(along_bands * b, static_cast<double>(bands - 1));
      example[static_cast<std::size_t>(f * bands + b)] = Bilinear(plane, along_frames * f, band);
    }
  }
}

// Stretches, shifts by whole frames, then masks a stretch of frames and one of bands (Park et al.
// 2019, "SpecAugment", without its warping).
void AugmentSound(const AugmentConfig& config, const std::vector<int>& shape, Rng& rng,
                  std::span<float> example) {
  const int frames = shape[0];
  const int bands = shape[1];
  if (config.scale > 0.0) StretchSound(config.scale, frames, bands, rng, example);
  const int shift = std::clamp(DrawShift(config.shift, rng), -frames, frames) * bands;
  if (shift > 0) {
    std::shift_right(example.begin(), example.end(), shift);
    std::fill(example.begin(), example.begin() + shift, 0.0F);
  } else if (shift < 0) {
    std::shift_left(example.begin(), example.end(), -shift);
    std::fill(example.end() + shift, example.end(), 0.0F);
  }
  if (config.erase == 0) return;
  const auto frame = DrawStretch(config.erase, frames, rng);
  const auto band = DrawStretch(config.erase, bands, rng);
  for (int f = 0; f < frames; ++f) {
    const bool whole = f >= frame.first && f < frame.second;
    const auto line =
        example.subspan(static_cast<std::size_t>(f * bands), static_cast<std::size_t>(bands));
    std::fill(line.begin() + (whole ? 0 : band.first), line.begin() + (whole ? bands : band.second),
              0.0F);
  }
}

}  // namespace

Status CheckAugmentConfig(const AugmentConfig& config) {
  if (config.shift < 0) return Error{StrCat("shift is ", config.shift, ", wanted at least 0")};
  if (config.erase < 0) return Error{StrCat("erase is ", config.erase, ", wanted at least 0")};
  if (!(config.rotate_degrees >= 0.0 && config.rotate_degrees <= 180.0)) {
    return Error{StrCat("rotate_degrees is ", config.rotate_degrees, ", wanted 0 to 180")};
  }
  if (!(config.scale >= 0.0 && config.scale < 1.0)) {
    return Error{StrCat("scale is ", config.scale, ", wanted from 0, less than 1")};
  }
  return Ok{};
}

void Augment(const AugmentConfig& config, const std::vector<int>& shape, Rng& rng,
             std::span<float> example) {
  if (shape.size() == 3) AugmentPicture(config, shape, rng, example);
  if (shape.size() == 2) AugmentSound(config, shape, rng, example);
}

}  // namespace tengen

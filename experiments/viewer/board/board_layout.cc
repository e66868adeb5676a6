#include "experiments/viewer/board/board_layout.h"

#include <algorithm>
#include <cmath>

namespace tengen {
namespace {

constexpr float kRowStep = 0.8660254F;  // of hexagons, in units of their column step: sqrt(3) / 2

bool IsStones(BoardStyle style) { return style == BoardStyle::kLines; }

}  // namespace

BoardLayout::BoardLayout(const GameSpec& spec, const Box& box, bool coordinates)
    : style_(BoardStyleOf(spec)), shape_(spec.shape) {
  const auto rows = static_cast<float>(shape_.rows);
  const auto columns = static_cast<float>(shape_.columns);
  const bool hexes = style_ == BoardStyle::kHexes;
  // In cells: what the points take, the rim beyond them, the coordinates.
  const float wide = hexes ? columns + 0.5F * (rows - 1.0F) : columns;
  const float high = hexes ? (rows - 1.0F) * kRowStep + 1.155F : rows;
  const float rim = IsStones(style_) ? 0.12F : 0.25F;
  const float labels = coordinates ? 0.55F : 0.0F;
  const float around = 2.0F * (rim + labels);
  cell_ = std::max(1.0F, std::min(box.width / (wide + around), box.height / (high + around)));
  if (cell_ > 8.0F) cell_ = std::floor(cell_);
  margin_ = labels * cell_;
  board_.width = std::round((wide + around) * cell_);
  board_.height = std::round((high + around) * cell_);
  board_.x = std::round(box.x + (box.width - board_.width) / 2.0F);
  board_.y = std::round(box.y + (box.height - board_.height) / 2.0F);
  const float inset = (rim + labels) * cell_;
  first_ = {std::round(board_.x + inset + cell_ / 2.0F),
            std::round(board_.y + inset + (hexes ? 0.5775F : 0.5F) * cell_)};
}

ImVec2 BoardLayout::Centre(int row, int column) const {
  const auto down = static_cast<float>(row);
  const auto right = static_cast<float>(column);
  if (style_ == BoardStyle::kHexes) {
    return {first_.x + cell_ * (right + 0.5F * down), first_.y + cell_ * kRowStep * down};
  }
  return {first_.x + cell_ * right, first_.y + cell_ * down};
}

std::optional<int> BoardLayout::PointAt(ImVec2 at) const {
  const float step = style_ == BoardStyle::kHexes ? kRowStep * cell_ : cell_;
  const int row = static_cast<int>(std::lround((at.y - first_.y) / step));
  if (row < 0 || row >= shape_.rows) return std::nullopt;
  const float left = Centre(row, 0).x;
  const int column = static_cast<int>(std::lround((at.x - left) / cell_));
  if (column < 0 || column >= shape_.columns) return std::nullopt;
  return row * shape_.columns + column;
}

}  // namespace tengen

#include "experiments/viewer/board_layout.h"

#include <algorithm>
#include <cmath>

namespace tengen {
namespace {

constexpr float kRowStep = 0.8660254F;  // of hexagons, in units of their column step: sqrt(3) / 2

bool IsStones(BoardStyle style) { return style == BoardStyle::kLines; }

}  // namespace

BoardStyle BoardStyleOf(const GameSpec& spec) {
  if (spec.name == "othello") return BoardStyle::kSquares;
  if (spec.name == "tictactoe") return BoardStyle::kMarks;
  if (spec.name == "hex") return BoardStyle::kHexes;
  if (spec.policy == PolicyLayout::kColumns) return BoardStyle::kHoles;
  return BoardStyle::kLines;
}

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

BoardCoordinates CoordinatesOf(const Game& game) {
  const GameSpec& spec = game.spec();
  BoardCoordinates names;
  if (spec.policy == PolicyLayout::kColumns) {
    for (int c = 0; c < spec.shape.columns; ++c) names.columns.push_back(game.ActionText(c));
    return names;
  }
  if (spec.policy == PolicyLayout::kDense) return names;
  for (int c = 0; c < spec.shape.columns; ++c) {
    const std::string text = game.ActionText(c);
    names.columns.push_back(text.substr(0, text.find_first_of("0123456789")));
  }
  for (int r = 0; r < spec.shape.rows; ++r) {
    const std::string text = game.ActionText(r * spec.shape.columns);
    names.rows.push_back(text.substr(text.find_first_of("0123456789")));
  }
  return names;
}

int PointOfAction(const GameSpec& spec, const std::vector<Cell>& cells, Action action) {
  if (action < 0 || action >= spec.num_actions || spec.policy == PolicyLayout::kDense) return -1;
  if (spec.policy != PolicyLayout::kColumns) return action < spec.shape.points() ? action : -1;
  for (int row = spec.shape.rows - 1; row >= 0; --row) {
    const int point = row * spec.shape.columns + action;
    if (cells[static_cast<std::size_t>(point)] == Cell::kEmpty) return point;
  }
  return -1;
}

Action ActionAtPoint(const GameSpec& spec, int point) {
  if (spec.policy == PolicyLayout::kDense) return kNoAction;
  return spec.policy == PolicyLayout::kColumns ? point % spec.shape.columns : point;
}

std::vector<int> StarPoints(BoardShape shape) {
  const auto lines = [](int side) {
    std::vector<int> at;
    if (side >= 7) {
      const int edge = side >= 12 ? 3 : 2;
      at = {edge, side - 1 - edge};
    }
    if (side % 2 == 1 && (side >= 13 || side < 7)) at.push_back(side / 2);
    return at;
  };
  std::vector<int> points;
  for (const int row : lines(shape.rows)) {
    for (const int column : lines(shape.columns)) points.push_back(row * shape.columns + column);
  }
  const bool centre = shape.rows % 2 == 1 && shape.columns % 2 == 1;
  const int middle = shape.points() / 2;
  if (centre && std::find(points.begin(), points.end(), middle) == points.end()) {
    points.push_back(middle);
  }
  return points;
}

}  // namespace tengen

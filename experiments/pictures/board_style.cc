#include "experiments/pictures/board_style.h"

#include <algorithm>

namespace tengen {

BoardStyle BoardStyleOf(const GameSpec& spec) {
  if (spec.name == "othello") return BoardStyle::kSquares;
  if (spec.name == "tictactoe") return BoardStyle::kMarks;
  if (spec.name == "hex") return BoardStyle::kHexes;
  if (spec.policy == PolicyLayout::kColumns) return BoardStyle::kHoles;
  return BoardStyle::kLines;
}

const char* PlayerName(const GameSpec& spec, Player player) {
  const bool first = player == Player::kFirst;
  if (spec.name == "tictactoe") return first ? "X" : "O";
  if (spec.policy == PolicyLayout::kColumns) return first ? "Red" : "Yellow";
  return first ? "Black" : "White";
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

#include "envs/go/handicap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <utility>

namespace tengen {
namespace {

constexpr int kLeastStones = 2;

Status CheckCount(int stones, int most) {
  if (stones >= kLeastStones && stones <= most) return Ok{};
  return Error{StrCat("handicap of ", stones, " stones, wanted ", kLeastStones, " to ", most)};
}

// Distance of the corner points from the edge, counted from 0.
int LineOf(int side) { return side < 13 ? 2 : 3; }

int Distance(Action a, Action b, int columns) {
  return std::abs(a / columns - b / columns) + std::abs(a % columns - b % columns);
}

bool IsAtEdge(Action point, BoardShape shape) {
  const int row = point / shape.columns;
  const int column = point % shape.columns;
  return row == 0 || column == 0 || row == shape.rows - 1 || column == shape.columns - 1;
}

// The empty point farthest from all stones; points off the edge come first.
Action FarthestPoint(BoardShape shape, const std::vector<Action>& stones) {
  std::pair<bool, int> best = {false, -1};
  Action farthest = kNoAction;
  for (Action point = 0; point < shape.points(); ++point) {
    int nearest = std::numeric_limits<int>::max();
    for (const Action stone : stones) {
      nearest = std::min(nearest, Distance(point, stone, shape.columns));
    }
    const std::pair<bool, int> rank = {!IsAtEdge(point, shape), nearest};
    if (nearest == 0 || (farthest != kNoAction && rank <= best)) continue;
    best = rank;
    farthest = point;
  }
  return farthest;
}

}  // namespace

int MaxFixedHandicap(BoardShape shape) {
  const auto [least, most] = std::minmax(shape.rows, shape.columns);
  if (least < 7) return 0;
  return least >= 9 && least % 2 == 1 && most % 2 == 1 ? 9 : 4;
}

Result<std::vector<Action>> FixedHandicap(BoardShape shape, int stones) {
  const int most = MaxFixedHandicap(shape);
  if (most == 0) {
    return Error{StrCat("fixed handicap on ", shape.rows, "x", shape.columns,
                        ", wanted sides of at least 7 points")};
  }
  if (const Status status = CheckCount(stones, most); !status) return Error{status.error()};
  const int top = LineOf(shape.rows);
  const int left = LineOf(shape.columns);
  const std::array<int, 3> rows = {top, shape.rows / 2, shape.rows - 1 - top};
  const std::array<int, 3> columns = {left, shape.columns / 2, shape.columns - 1 - left};
  const auto at = [&](std::size_t row, std::size_t column) -> Action {
    return rows[row] * shape.columns + columns[column];
  };
  const std::array<Action, 8> order = {at(2, 0), at(0, 2), at(0, 0), at(2, 2),
                                       at(1, 0), at(1, 2), at(0, 1), at(2, 1)};
  // From five stones on, an odd one stands in the centre.
  const bool has_centre = stones >= 5 && stones % 2 == 1;
  std::vector<Action> points(order.begin(), order.begin() + (stones - (has_centre ? 1 : 0)));
  if (has_centre) points.push_back(at(1, 1));
  return points;
}

Result<std::vector<Action>> FreeHandicap(BoardShape shape, int stones) {
  const Status status = CheckCount(stones, shape.points() - 1);
  if (!status) return Error{status.error()};
  std::vector<Action> points;
  const int fixed = std::min(stones, MaxFixedHandicap(shape));
  if (fixed >= kLeastStones) points = FixedHandicap(shape, fixed).value();
  while (points.size() < static_cast<std::size_t>(stones)) {
    points.push_back(FarthestPoint(shape, points));
  }
  return points;
}

Result<GoSetup> WithHandicap(GoSetup setup, const std::vector<Action>& points) {
  if (!setup.diagram.empty()) return Error{"handicap on a board with stones, wanted an empty one"};
  const BoardShape shape = setup.shape;
  const Status status = CheckCount(static_cast<int>(points.size()), shape.points() - 1);
  if (!status) return Error{status.error()};
  setup.diagram.assign(static_cast<std::size_t>(shape.rows),
                       std::string(static_cast<std::size_t>(shape.columns), '.'));
  for (const Action point : points) {
    if (point < 0 || point >= shape.points()) {
      return Error{StrCat("handicap point ", point, ", wanted 0 to ", shape.points() - 1)};
    }
    char& cell = setup.diagram[static_cast<std::size_t>(point / shape.columns)]
                              [static_cast<std::size_t>(point % shape.columns)];
    if (cell != '.') return Error{StrCat("handicap point ", point, " is named twice")};
    cell = 'X';
  }
  setup.to_move = Player::kSecond;
  setup.handicap = static_cast<int>(points.size());
  return setup;
}

}  // namespace tengen

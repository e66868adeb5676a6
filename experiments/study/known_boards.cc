#include "experiments/study/known_boards.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

// Chinese rules, ko without superko, long cycles are ties. 5x6 by what is quoted of the table at
// https://boardgames.stackexchange.com/questions/5579.
constexpr const char* kRectangular =
    "van der Werf and Winands 2009, Solving Go for rectangular boards";
// The same number there and in 2003, where it was first proven.
constexpr const char* kSquare =
    "van der Werf, van den Herik and Uiterwijk 2003, Solving Go on small boards";

}  // namespace

std::string BoardText(BoardShape shape) { return StrCat(shape.rows, "x", shape.columns); }

const std::vector<KnownBoard>& KnownBoards() {
  static const std::vector<KnownBoard> kBoards = {
      {{2, 2}, 1, true, "Tromp; with positional superko, without it 0"},
      {{2, 3}, 0, true, kRectangular},
      {{2, 4}, 8, true, kRectangular},
      {{3, 3}, 9, true, kRectangular},
      {{2, 5}, 10, true, "Drange 1998; the whole board can be proven Black's"},
      {{3, 4}, 4, true, kRectangular},
      {{3, 5}, 15, true, kRectangular},
      {{4, 4}, 2, true, kRectangular},
      {{4, 5}, 20, true, kRectangular},
      {{5, 5}, 25, true, kSquare},
      {{5, 6}, 4, true, kRectangular},
      {{6, 6}, 4, false, "believed by strong players and programs"},
      {{7, 7}, 9, false, "believed by strong players and programs"},
  };
  return kBoards;
}

const KnownBoard* FindKnownBoard(BoardShape shape) {
  if (shape.rows > shape.columns) std::swap(shape.rows, shape.columns);
  const auto& boards = KnownBoards();
  const auto found = std::find_if(boards.begin(), boards.end(),
                                  [shape](const KnownBoard& b) { return b.shape == shape; });
  return found == boards.end() ? nullptr : &*found;
}

}  // namespace tengen

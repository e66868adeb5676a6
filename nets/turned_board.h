#pragma once

#include "envs/core/symmetry.h"

namespace tengen {

// Symmetry::Map without divisions: every symmetry moves (row, column) to
// origin + row * row_step + column * column_step.
class TurnedBoard {
 public:
  TurnedBoard(BoardShape shape, Symmetry symmetry)
      : origin_(symmetry.Map(shape, 0)),
        row_step_(shape.rows > 1 ? symmetry.Map(shape, shape.columns) - origin_ : 0),
        column_step_(shape.columns > 1 ? symmetry.Map(shape, 1) - origin_ : 0) {}

  int Point(int row, int column) const { return origin_ + row * row_step_ + column * column_step_; }

 private:
  int origin_;
  int row_step_;
  int column_step_;
};

}  // namespace tengen

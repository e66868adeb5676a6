#pragma once

#include <optional>

#include "envs/core/game.h"
#include "experiments/pictures/board_style.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// Where the points of a board lie in the window.
class BoardLayout {
 public:
  // The largest board that fits into the box; `coordinates`: leaves a margin for them.
  BoardLayout(const GameSpec& spec, const Box& box, bool coordinates);

  BoardStyle style() const { return style_; }
  BoardShape shape() const { return shape_; }
  float cell() const { return cell_; }         // pixels between neighbours
  const Box& board() const { return board_; }  // wood, margin included
  float margin() const { return margin_; }     // of the coordinates
  ImVec2 Centre(int point) const { return Centre(point / shape_.columns, point % shape_.columns); }
  ImVec2 Centre(int row, int column) const;
  // The point under the mouse.
  std::optional<int> PointAt(ImVec2 at) const;

 private:
  BoardStyle style_;
  BoardShape shape_;
  float cell_ = 1.0F;
  float margin_ = 0.0F;
  Box board_;
  ImVec2 first_;  // centre of point 0
};

}  // namespace tengen

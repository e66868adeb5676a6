#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "experiments/viewer/screen.h"

namespace tengen {

// How a game's board looks.
enum class BoardStyle {
  kLines,    // stones on the crossings of a wooden board: Go, Gomoku
  kSquares,  // discs in squares: Othello
  kMarks,    // crosses and noughts: tic-tac-toe
  kHoles,    // discs that fall into a column: Connect Four
  kHexes,    // stones in hexagons: Hex
};

BoardStyle BoardStyleOf(const GameSpec& spec);

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

// Column letters and row numbers as Game::ActionText writes them, row 0 on top. Empty for games
// that name no points.
struct BoardCoordinates {
  std::vector<std::string> columns;
  std::vector<std::string> rows;
};
BoardCoordinates CoordinatesOf(const Game& game);

// Where the marks for an action stand: its point, the free cell of its column; -1 for a pass and
// for actions without a place. `cells` as State::Board writes them.
int PointOfAction(const GameSpec& spec, const std::vector<Cell>& cells, Action action);
// The action of a click on a point; kNoAction if there is none.
Action ActionAtPoint(const GameSpec& spec, int point);

// Handicap and centre points of a Go board, as point indices.
std::vector<int> StarPoints(BoardShape shape);

}  // namespace tengen

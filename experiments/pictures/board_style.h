#pragma once

#include <string>
#include <vector>

#include "envs/core/game.h"

// What a picture of a game's board needs to know, wherever it is drawn. Needs no window.

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

// "Black" and "White", "Red" and "Yellow", "X" and "O".
const char* PlayerName(const GameSpec& spec, Player player);

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

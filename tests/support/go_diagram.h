#pragma once

#include <span>
#include <string>
#include <vector>

#include "envs/go/board.h"

namespace tengen {

// A board drawn as text: one string per row from the top, "X" first player, "O" second, "." empty.
inline GoBoard DrawnBoard(const std::vector<std::string>& rows) {
  GoBoard board({static_cast<int>(rows.size()), static_cast<int>(rows[0].size())});
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows[row].size(); ++column) {
      const char stone = rows[row][column];
      if (stone == '.') continue;
      board.Play(board.PointAt(static_cast<int>(row), static_cast<int>(column)),
                 stone == 'X' ? Player::kFirst : Player::kSecond);
    }
  }
  board.Pass();
  return board;
}

// Cells as rows of text, for comparison with a drawing.
inline std::vector<std::string> Drawing(std::span<const Cell> cells, BoardShape shape) {
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % static_cast<std::size_t>(shape.columns) == 0) rows.emplace_back();
    rows.back() += ".XO"[static_cast<int>(cells[i])];
  }
  return rows;
}

}  // namespace tengen

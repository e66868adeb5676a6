#pragma once

#include <span>
#include <string>
#include <vector>

#include "envs/go/board_diagram.h"

namespace tengen {

inline GoBoard DrawnBoard(const std::vector<std::string>& rows) {
  return BoardOfDiagram(rows, {static_cast<int>(rows.size()), static_cast<int>(rows[0].size())});
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

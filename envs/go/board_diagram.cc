#include "envs/go/board_diagram.h"

namespace tengen {

GoBoard BoardOfDiagram(const std::vector<std::string>& rows, BoardShape shape) {
  GoBoard board(shape);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows[row].size(); ++column) {
      const char stone = rows[row][column];
      if (stone == '.') continue;
      board.Play(board.PointAt(static_cast<int>(row), static_cast<int>(column)),
                 stone == 'X' ? Player::kFirst : Player::kSecond);
    }
  }
  board.Pass();  // forgets the ko of the last stone
  return board;
}

}  // namespace tengen

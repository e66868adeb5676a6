#include "nets/board_encoder.h"

#include <algorithm>
#include <array>

#include "nets/turned_board.h"

namespace tengen {

Status BoardEncoder::Accepts(const GameSpec& spec) const {
  if (spec.shape.points() < 1 || spec.shape.points() > kMaxPoints) {
    return Error{StrCat("encoder board/1: ", spec.id, " has a board of ", spec.shape.points(),
                        " points, wanted 1 to ", kMaxPoints)};
  }
  return Ok{};
}

void BoardEncoder::Encode(const State& state, Symmetry symmetry, std::span<float> planes,
                          std::span<float> globals) const {
  const BoardShape shape = state.game().spec().shape;
  const auto points = static_cast<std::size_t>(shape.points());
  TENGEN_DCHECK(planes.size() == points * 3 && globals.size() == 1);
  std::array<Cell, kMaxPoints> cells;
  const std::span<Cell> board(cells.data(), points);
  state.Board(board);

  const Player mover = state.ToMove();
  const Cell own = CellOf(mover);
  const TurnedBoard turned(shape, symmetry);
  auto cell = board.begin();
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column, ++cell) {
      float* out = &planes[static_cast<std::size_t>(turned.Point(row, column)) * 3];
      out[0] = 1.0F;
      out[1] = *cell == own ? 1.0F : 0.0F;
      out[2] = *cell != own && *cell != Cell::kEmpty ? 1.0F : 0.0F;
    }
  }
  globals[0] = mover == Player::kFirst ? 1.0F : 0.0F;
}

}  // namespace tengen

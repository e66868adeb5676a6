#include "envs/go/area_bits.h"

#include "envs/core/check.h"

namespace tengen {
namespace {

__extension__ using Bits128 = unsigned __int128;

int Count(std::uint64_t bits) { return __builtin_popcountll(bits); }
int Count(Bits128 bits) {
  return Count(static_cast<std::uint64_t>(bits)) + Count(static_cast<std::uint64_t>(bits >> 64));
}

// A board as three sets of points, point = row * columns + column. `Bits` has one for each point.
template <typename Bits>
struct BitBoard {
  explicit BitBoard(const GoBoard& board) : columns(board.shape().columns) {
    Bits all = 0;
    for (int row = 0, shift = 0; row < board.shape().rows; ++row, shift += columns) {
      // Cells are 1 and 2: their two bits are the two players' stones.
      static_assert(static_cast<int>(Cell::kFirst) == 1 && static_cast<int>(Cell::kSecond) == 2);
      std::uint64_t first_row = 0;
      std::uint64_t second_row = 0;
      const Point start = board.PointAt(row, 0);
      for (int column = 0; column < columns; ++column) {
        const auto cell = static_cast<std::uint64_t>(board.At(static_cast<Point>(start + column)));
        first_row |= (cell & 1) << column;
        second_row |= (cell >> 1) << column;
      }
      first |= static_cast<Bits>(first_row) << shift;
      second |= static_cast<Bits>(second_row) << shift;
      first_column |= Bits{1} << shift;
      all |= static_cast<Bits>((std::uint64_t{1} << columns) - 1) << shift;
    }
    empty = all & ~(first | second);
    last_column = first_column << (columns - 1);
  }

  // The empty points that an empty path links with these stones.
  Bits Reach(Bits stones) const {
    Bits reached = Neighbours(stones) & empty;
    while (true) {
      const Bits grown = (reached | Neighbours(reached)) & empty;
      if (grown == reached) return reached;
      reached = grown;
    }
  }

  Bits Neighbours(Bits set) const {
    return set << columns | set >> columns | (set & ~last_column) << 1 | (set & ~first_column) >> 1;
  }

  int Score() const {
    const Bits first_reach = Reach(first);
    const Bits second_reach = Reach(second);
    return Count(first | (first_reach & ~second_reach)) -
           Count(second | (second_reach & ~first_reach));
  }

  int columns;
  Bits first = 0, second = 0, empty = 0;
  Bits first_column = 0, last_column = 0;
};

}  // namespace

int AreaScoreByBits(const GoBoard& board) {
  TENGEN_DCHECK(board.shape().points() <= kMaxBitPoints);
  if (board.shape().points() <= 64) return BitBoard<std::uint64_t>(board).Score();
  return BitBoard<Bits128>(board).Score();
}

}  // namespace tengen

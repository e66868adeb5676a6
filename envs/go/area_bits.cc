#include "envs/go/area_bits.h"

#include "envs/core/check.h"

namespace tengen {
namespace {

__extension__ using Bits = unsigned __int128;

int Count(Bits bits) {
  return __builtin_popcountll(static_cast<std::uint64_t>(bits)) +
         __builtin_popcountll(static_cast<std::uint64_t>(bits >> 64));
}

// A board as three sets. The first point is the highest bit; areas do not mind the order.
struct BitBoard {
  explicit BitBoard(const GoBoard& board) : columns(board.shape().columns) {
    for (int row = 0; row < board.shape().rows; ++row) {
      last_column = last_column << columns | Bits{1};
      for (int column = 0; column < columns; ++column) {
        const Cell cell = board.At(board.PointAt(row, column));
        first = first << 1 | Bits{cell == Cell::kFirst};
        second = second << 1 | Bits{cell == Cell::kSecond};
        empty = empty << 1 | Bits{cell == Cell::kEmpty};
      }
    }
    first_column = last_column << (columns - 1);
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
    return set << columns | set >> columns | (set & ~first_column) << 1 | (set & ~last_column) >> 1;
  }

  int columns;
  Bits first = 0, second = 0, empty = 0;
  Bits first_column = 0, last_column = 0;
};

}  // namespace

int AreaScoreByBits(const GoBoard& board) {
  TENGEN_DCHECK(board.shape().points() <= kMaxBitPoints);
  const BitBoard bits(board);
  const Bits first = bits.Reach(bits.first);
  const Bits second = bits.Reach(bits.second);
  return Count(bits.first | (first & ~second)) - Count(bits.second | (second & ~first));
}

}  // namespace tengen

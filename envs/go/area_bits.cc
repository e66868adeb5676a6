#include "envs/go/area_bits.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "envs/core/check.h"

namespace tengen {
namespace {

__extension__ using Bits128 = unsigned __int128;

// A set of up to 64 * kWords points, for boards that no built-in number holds.
template <std::size_t kWords>
struct WideBits {
  std::array<std::uint64_t, kWords> words = {};

  friend WideBits operator&(WideBits a, const WideBits& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words[i] &= b.words[i];
    return a;
  }
  friend WideBits operator|(WideBits a, const WideBits& b) {
    for (std::size_t i = 0; i < kWords; ++i) a.words[i] |= b.words[i];
    return a;
  }
  friend WideBits operator~(WideBits a) {
    for (std::uint64_t& word : a.words) word = ~word;
    return a;
  }
  // Both with 0 < count < 64.
  friend WideBits operator<<(const WideBits& a, int count) {
    WideBits moved;
    moved.words[0] = a.words[0] << count;
    for (std::size_t i = 1; i < kWords; ++i) {
      moved.words[i] = a.words[i] << count | a.words[i - 1] >> (64 - count);
    }
    return moved;
  }
  friend WideBits operator>>(const WideBits& a, int count) {
    WideBits moved;
    for (std::size_t i = 0; i + 1 < kWords; ++i) {
      moved.words[i] = a.words[i] >> count | a.words[i + 1] << (64 - count);
    }
    moved.words[kWords - 1] = a.words[kWords - 1] >> count;
    return moved;
  }
  bool operator==(const WideBits&) const = default;
};

int Count(std::uint64_t bits) { return std::popcount(bits); }
int Count(Bits128 bits) {
  return Count(static_cast<std::uint64_t>(bits)) + Count(static_cast<std::uint64_t>(bits >> 64));
}
template <std::size_t kWords>
int Count(const WideBits<kWords>& bits) {
  int count = 0;
  for (const std::uint64_t word : bits.words) count += Count(word);
  return count;
}

// Adds a row of less than 64 points whose first one is point number `first`.
template <typename Bits>
void AddRow(std::uint64_t row, int first, Bits& set) {
  set |= static_cast<Bits>(row) << first;
}
template <std::size_t kWords>
void AddRow(std::uint64_t row, int first, WideBits<kWords>& set) {
  const auto word = static_cast<std::size_t>(first / 64);
  const int shift = first % 64;
  set.words[word] |= row << shift;
  if (shift > 0 && word + 1 < kWords) set.words[word + 1] |= row >> (64 - shift);
}

// The set of its lowest point alone. REQUIRES: not empty.
template <typename Bits>
Bits LowestPoint(Bits set) {
  return set & (~set + 1);
}
template <std::size_t kWords>
WideBits<kWords> LowestPoint(const WideBits<kWords>& set) {
  WideBits<kWords> lowest;
  std::size_t i = 0;
  while (set.words[i] == 0) ++i;
  lowest.words[i] = LowestPoint(set.words[i]);
  return lowest;
}

template <typename Bits>
bool IsEmpty(const Bits& set) {
  return set == Bits{};
}

// A board as sets of points, point = row * columns + column. `Bits` has one for each point.
template <typename Bits>
struct BitBoard {
  explicit BitBoard(const GoBoard& board) : columns(board.shape().columns) {
    for (int row = 0; row < board.shape().rows; ++row) {
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
      const int place = row * columns;
      AddRow(first_row, place, stones[0]);
      AddRow(second_row, place, stones[1]);
      AddRow(1, place, first_column);
      AddRow(std::uint64_t{1} << (columns - 1), place, last_column);
      AddRow((std::uint64_t{1} << columns) - 1, place, all);
    }
    UpdateEmpty();
  }

  void UpdateEmpty() { empty = all & ~(stones[0] | stones[1]); }

  void Remove(const GoBoard& board, std::span<const Point> removed) {
    Bits gone = {};
    for (const Point p : removed) AddRow(1, board.IndexOf(p), gone);
    for (Bits& set : stones) set = set & ~gone;
    UpdateEmpty();
  }

  // May reach beyond the board.
  Bits Neighbours(const Bits& set) const {
    return set << columns | set >> columns | (set & ~last_column) << 1 | (set & ~first_column) >> 1;
  }

  // The points that a path within `within` links with the seeds there.
  Bits Fill(const Bits& seeds, const Bits& within) const {
    Bits reached = seeds & within;
    while (true) {
      // Two steps a comparison: most fills take several.
      const Bits once = (reached | Neighbours(reached)) & within;
      const Bits twice = (once | Neighbours(once)) & within;
      if (twice == reached) return reached;
      reached = twice;
    }
  }

  // The empty points of regions that touch one player's stones only, by player.
  std::array<Bits, 2> Territory() const {
    const Bits first = Fill(Neighbours(stones[0]), empty);
    const Bits second = Fill(Neighbours(stones[1]), empty);
    return {first & ~second, second & ~first};
  }

  int columns;
  std::array<Bits, 2> stones = {};  // by Index(player)
  Bits empty = {};
  Bits first_column = {}, last_column = {}, all = {};
};

template <typename Bits>
int AreaDifference(const BitBoard<Bits>& board) {
  const std::array<Bits, 2> territory = board.Territory();
  return Count(board.stones[0] | territory[0]) - Count(board.stones[1] | territory[1]);
}

// Takes the taxes of one player's groups off, see ScoreGame. A group whose empty points are four or
// more is no seki: they are two regions, or one of that size.
template <typename Bits>
void TakeTaxes(const BitBoard<Bits>& board, const Bits& stones, const Bits& territory,
               const Bits& neutral, TaxRule tax, int& points, int& group_tax) {
  const Bits area = stones | territory;
  const Bits near_neutral = board.Neighbours(neutral);
  // Without the tax on all groups those without territory do not matter.
  Bits left = tax == TaxRule::kAll ? area : territory;
  while (!IsEmpty(left)) {
    const Bits group = board.Fill(LowestPoint(left), area);
    left = left & ~group;
    const Bits inside = group & territory;
    const int size = Count(inside);
    bool seki = size < 4 && !IsEmpty(group & near_neutral);
    if (seki && size > 1) seki = board.Fill(LowestPoint(inside), inside) == inside;
    if (seki) {
      points -= size;
    } else if (tax == TaxRule::kAll) {
      group_tax += 2;
    }
  }
}

template <typename Bits>
void CountPoints(BitBoard<Bits> bits, TaxRule tax, GoScore& score) {
  const std::array<Bits, 2> territory = bits.Territory();
  const Bits neutral = bits.empty & ~(territory[0] | territory[1]);
  for (std::size_t i = 0; i < 2; ++i) {
    score.stones[i] = Count(bits.stones[i]);
    score.territory[i] = Count(territory[i]);
    if (tax == TaxRule::kNone) continue;
    TakeTaxes(bits, bits.stones[i], territory[i], neutral, tax, score.territory[i],
              score.group_tax[i]);
  }
}

// A region is territory only if at most one of its points touches no stone of the player. One with
// two such points side by side is none, and that leaves few others.
template <typename Bits>
bool HasStonesInSmallRegions(const BitBoard<Bits>& board, const Bits& own, const Bits& other) {
  const Bits outside = board.all & ~own;
  const Bits inner = outside & ~board.Neighbours(own);
  const Bits large = board.Fill(inner & board.Neighbours(inner), outside);
  return !IsEmpty(other & ~large);
}

// Calls `use` with the board in the smallest set that holds its points.
template <typename Use>
auto WithBits(const GoBoard& board, Use use) {
  const int points = board.shape().points();
  if (points <= 64) return use(BitBoard<std::uint64_t>(board));
  if (points <= 128) return use(BitBoard<Bits128>(board));
  if (points <= 192) return use(BitBoard<WideBits<3>>(board));
  static_assert(GoBoard::kMaxPoints <= 384 && GoBoard::kMaxSide < 64);
  return use(BitBoard<WideBits<6>>(board));
}

}  // namespace

int AreaScoreByBits(const GoBoard& board) {
  return WithBits(board, [](const auto& bits) { return AreaDifference(bits); });
}

GoScore ScoreGameByBits(const GoBoard& board, TaxRule tax, std::span<const Point> dead) {
  GoScore score;
  score.prisoners = {board.removed(Player::kSecond), board.removed(Player::kFirst)};
  for (const Point p : dead) {
    TENGEN_CHECK(board.At(p) != Cell::kEmpty, "no stone at dead point ", p);
    ++score.prisoners[board.At(p) == Cell::kFirst ? 1 : 0];
  }
  WithBits(board, [&](auto bits) {
    if (!dead.empty()) bits.Remove(board, dead);
    CountPoints(bits, tax, score);
  });
  return score;
}

std::array<bool, 2> MayHoldDeadStones(const GoBoard& board) {
  return WithBits(board, [](const auto& bits) {
    const auto& [first, second] = bits.stones;
    return std::array<bool, 2>{HasStonesInSmallRegions(bits, first, second),
                               HasStonesInSmallRegions(bits, second, first)};
  });
}

}  // namespace tengen

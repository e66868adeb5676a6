#pragma once

#include <cstdint>

namespace tengen {

// A rectangle of points. Point index = row * columns + column, row 0 is the top row.
struct BoardShape {
  int rows = 0;
  int columns = 0;

  int points() const { return rows * columns; }
  bool operator==(const BoardShape&) const = default;
};

// One of the eight symmetries of the square (the dihedral group D4), as three bits.
// Applied to a point in this order: transpose, flip rows, flip columns.
class Symmetry {
 public:
  static constexpr int kFlipColumns = 1;
  static constexpr int kFlipRows = 2;
  static constexpr int kTranspose = 4;
  static constexpr int kCount = 8;

  constexpr Symmetry() = default;
  explicit constexpr Symmetry(int index) : bits_(static_cast<std::uint8_t>(index)) {}

  constexpr int index() const { return bits_; }
  constexpr bool transposes() const { return (bits_ & kTranspose) != 0; }
  constexpr bool operator==(const Symmetry&) const = default;

  // Where `point` goes. REQUIRES: shape is square if transposes().
  constexpr int Map(BoardShape shape, int point) const {
    int row = point / shape.columns;
    int column = point % shape.columns;
    if (transposes()) {
      const int old_row = row;
      row = column;
      column = old_row;
    }
    if ((bits_ & kFlipRows) != 0) row = shape.rows - 1 - row;
    if ((bits_ & kFlipColumns) != 0) column = shape.columns - 1 - column;
    return row * shape.columns + column;
  }

  constexpr Symmetry Inverse() const {
    // Flips undo themselves; behind a transpose the two flips change places.
    if (!transposes()) return *this;
    const int flips = ((bits_ & kFlipColumns) != 0 ? kFlipRows : 0) |
                      ((bits_ & kFlipRows) != 0 ? kFlipColumns : 0);
    return Symmetry(flips | kTranspose);
  }

 private:
  std::uint8_t bits_ = 0;
};

// The symmetries that leave the rules of a game unchanged: a subset of D4 that holds the identity.
class SymmetryGroup {
 public:
  constexpr SymmetryGroup() = default;  // identity only

  static constexpr SymmetryGroup Identity() { return SymmetryGroup(0b0000'0001); }
  static constexpr SymmetryGroup MirrorColumns() { return SymmetryGroup(0b0000'0011); }
  static constexpr SymmetryGroup HalfTurn() { return SymmetryGroup(0b0000'1001); }
  // Identity, half turn and the reflections in the two diagonals. REQUIRES: a square board.
  static constexpr SymmetryGroup Diagonals() { return SymmetryGroup(0b1001'1001); }
  // All eight on a square board, the four without transposition on a rectangle.
  static constexpr SymmetryGroup Dihedral(BoardShape shape) {
    return SymmetryGroup(shape.rows == shape.columns ? 0b1111'1111 : 0b0000'1111);
  }

  constexpr bool Contains(Symmetry symmetry) const {
    return ((mask_ >> symmetry.index()) & 1U) != 0;
  }
  constexpr int size() const { return __builtin_popcount(mask_); }

  // The n-th member, in index order. REQUIRES: 0 <= n < size().
  constexpr Symmetry Member(int n) const {
    for (int i = 0; i < Symmetry::kCount; ++i) {
      if (Contains(Symmetry(i)) && n-- == 0) return Symmetry(i);
    }
    return Symmetry();
  }

  // Uniform member picked by a 64-bit random number.
  constexpr Symmetry Pick(std::uint64_t random) const {
    return Member(static_cast<int>(((random >> 32) * static_cast<std::uint64_t>(size())) >> 32));
  }

 private:
  explicit constexpr SymmetryGroup(unsigned mask) : mask_(mask) {}

  unsigned mask_ = 1;
};

}  // namespace tengen

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// Index into a guarded board, see GoBoard. Unlike an Action it depends on the number of columns.
using Point = std::int32_t;
inline constexpr Point kNoPoint = 0;  // the first guard, never on the board

// Stones on a rectangle of 1x1 to 19x19 points, with chains, exact liberties and hashes kept up to
// date by every play. Knows captures and suicide, not whose turn it is, nor superko.
//
// Points lie in one dimension with a guard column at the left and a guard row above and below; the
// guard at the left of a row also closes the right side of the row above. A 2x3 board (stride 4):
//
//    #  #  #  #         0  1  2  3
//    #  .  .  .         4  5  6  7
//    #  .  .  .         8  9 10 11
//    #  #  #  #        12 13 14 15
//    #                 16
//
// so neighbours are p - stride, p - 1, p + 1, p + stride, and no access needs a bounds check.
//
// A chain is named by one of its stones, its head. Its stones form a circular list; its liberty
// count, size and hash lie at the head. A flat value: copies move only what the shape uses. Not
// thread-safe; different objects are independent.
class GoBoard {
 public:
  static constexpr int kMaxSide = 19;
  static constexpr int kMaxPoints = kMaxSide * kMaxSide;
  static constexpr std::size_t kMaxSlots = (kMaxSide + 2) * (kMaxSide + 1) + 1;  // with guards

  // An empty board. REQUIRES: 1 <= rows, columns <= kMaxSide.
  explicit GoBoard(BoardShape shape);
  GoBoard(const GoBoard& other) { CopyUsed(other); }
  GoBoard& operator=(const GoBoard& other) {
    CopyUsed(other);
    return *this;
  }

  BoardShape shape() const { return shape_; }
  int stride() const { return stride_; }
  Point PointAt(int row, int column) const { return (row + 1) * stride_ + column + 1; }
  // Row-major index of a point, from the top row. REQUIRES: p is no guard.
  int IndexOf(Point p) const { return (p / stride_ - 1) * shape_.columns + p % stride_ - 1; }
  std::array<Point, 4> Neighbours(Point p) const {
    return {p - stride_, p - 1, p + 1, p + stride_};
  }

  // What stands at p. Guards are neither empty nor a stone.
  Cell At(Point p) const { return points_[Slot(p)].cell; }
  bool IsGuard(Point p) const { return At(p) == kGuard; }

  // Empty points in no particular order.
  std::span<const std::uint16_t> empty_points() const {
    return {empty_.data(), static_cast<std::size_t>(empty_count_)};
  }

  // Chains. REQUIRES: a stone at p.
  Point Head(Point p) const { return points_[Slot(p)].chain; }
  Point NextStone(Point p) const { return points_[Slot(p)].link; }
  int Liberties(Point p) const { return chains_[points_[Slot(p)].chain].liberties; }
  int ChainSize(Point p) const { return chains_[points_[Slot(p)].chain].size; }

  // Neighbours of p. Own neighbours count guards too, as an eye's walls do.
  int EmptyNeighbours(Point p) const { return (points_[Slot(p)].neighbours >> 8) & 15; }
  int WallNeighbours(Point p, Player player) const {
    return (points_[Slot(p)].neighbours >> (4 * Index(player))) & 15;
  }

  // Whether all neighbours of the empty point p are the player's stones or edge, and the opponent
  // holds fewer than two diagonals (fewer than one at the edge).
  bool IsEyeLike(Point p, Player player) const {
    return WallNeighbours(p, player) == 4 && HasEyeDiagonals(p, player);
  }

  // Whether a stone of that player has ever stood at p since the board was made.
  bool EverHeld(Point p, Player player) const {
    return (points_[Slot(p)].ever & (1U << Index(player))) != 0;
  }

  // What a play at an empty point would do, ko aside.
  enum class PlayKind {
    kNormal,         // keeps a liberty or captures
    kSingleSuicide,  // one stone without liberties
    kMultiSuicide,   // joins own chains into one without liberties
  };
  PlayKind Classify(Point p, Player player) const;

  // Hash of the board after a play, without making it. REQUIRES: p is empty, kind == Classify(...).
  std::uint64_t HashAfter(Point p, Player player, PlayKind kind) const;

  // Puts a stone on an empty point, then takes off the opponent's chains without liberties, or if
  // there are none and the stone's own chain has none, that chain. Returns the number of stones
  // taken off. Which suicides and repetitions are legal is the caller's business. REQUIRES: p is
  // empty.
  int Play(Point p, Player player);
  void Pass() { ko_point_ = kNoPoint; }

  // The one point where a play now would recreate the board before the last play, or kNoPoint.
  Point ko_point() const { return ko_point_; }

  // Zobrist hash of the stones; 0 for the empty board (Zobrist 1970).
  std::uint64_t hash() const { return hash_; }

  // Stones of the player that were taken off so far (by captures and suicide).
  int removed(Player player) const { return removed_[static_cast<std::size_t>(Index(player))]; }
  // Counts stones as taken off that stood on another board: of a game that was set up anew.
  void CountRemoved(Player player, int stones) {
    removed_[static_cast<std::size_t>(Index(player))] += stones;
  }

  // Rows from the top, of "X" (first player), "O" and ".".
  std::vector<std::string> Rows() const;
  // The same as one text, each row with a line end.
  std::string Text() const;

 private:
  static constexpr Cell kGuard = static_cast<Cell>(3);

  struct PointData {
    // Counts of neighbours, four bits each: first player's stones and guards, second player's
    // stones and guards, empty points.
    std::uint16_t neighbours;
    Cell cell;
    std::uint8_t ever;    // bit Index(player): EverHeld
    std::uint16_t chain;  // head; 0 where there is no stone
    std::uint16_t link;   // stone: next of the chain; empty: place in empty_
  };
  static_assert(sizeof(PointData) == 8);

  // Valid at heads. Entry 0 stands for "no chain": it is written to and never read, which saves
  // branches.
  struct ChainData {
    std::uint64_t hash;  // of its stones
    std::uint16_t liberties;
    std::uint16_t size;
  };
  static_assert(sizeof(ChainData) == 16);

  static std::size_t Slot(Point p) { return static_cast<std::size_t>(p); }
  std::size_t slots() const { return Slot((shape_.rows + 2) * stride_ + 1); }

  void CopyUsed(const GoBoard& other);
  bool HasEyeDiagonals(Point p, Player player) const;
  template <int kChange>
  void ChangeLibertiesAround(Point p);
  void Join(Point p, Player player);
  void AddToChain(Point p, Point head);
  void Merge(Point from, Point into);
  int RemoveChain(Point p, Player owner);

  BoardShape shape_;
  int stride_ = 0;
  int empty_count_ = 0;
  Point ko_point_ = kNoPoint;
  std::array<int, 2> removed_ = {0, 0};
  std::uint64_t hash_ = 0;
  // Only the first slots() and empty_count_ entries are used, the rest is never read or copied.
  // Copies are faster by a quarter where no 64-byte move crosses a cache line.
  alignas(64) std::array<PointData, kMaxSlots> points_;
  alignas(64) std::array<ChainData, kMaxSlots> chains_;
  alignas(64) std::array<std::uint16_t, kMaxPoints> empty_;
};

}  // namespace tengen

#include "envs/go/scoring.h"

#include <array>

#include "envs/core/check.h"
#include "envs/go/area_bits.h"

namespace tengen {
namespace {

// One connected set of empty points, found by breadth-first search.
class EmptyRegions {
 public:
  explicit EmptyRegions(const GoBoard& board) : board_(board) { seen_.fill(false); }

  // Visits the region of an empty point; no points if it was visited before.
  std::span<const std::uint16_t> Visit(Point start) {
    std::size_t found = 0;
    touches_first_ = touches_second_ = false;
    Enqueue(start, found);
    for (std::size_t i = 0; i < found; ++i) {
      for (const Point q : board_.Neighbours(region_[i])) {
        const Cell cell = board_.At(q);
        touches_first_ |= cell == Cell::kFirst;
        touches_second_ |= cell == Cell::kSecond;
        if (cell == Cell::kEmpty) Enqueue(q, found);
      }
    }
    return {region_.data(), found};
  }

  Cell owner() const {
    if (touches_first_ == touches_second_) return Cell::kEmpty;
    return touches_first_ ? Cell::kFirst : Cell::kSecond;
  }

 private:
  void Enqueue(Point p, std::size_t& found) {
    bool& seen = seen_[static_cast<std::size_t>(p)];
    if (seen) return;
    seen = true;
    region_[found++] = static_cast<std::uint16_t>(p);
  }

  const GoBoard& board_;
  bool touches_first_ = false;
  bool touches_second_ = false;
  std::array<bool, GoBoard::kMaxSlots> seen_;
  std::array<std::uint16_t, GoBoard::kMaxPoints> region_;
};

int Sign(Cell owner) {
  if (owner == Cell::kEmpty) return 0;
  return owner == Cell::kFirst ? 1 : -1;
}

}  // namespace

int AreaScore(const GoBoard& board, std::span<Cell> owner) {
  const BoardShape shape = board.shape();
  TENGEN_CHECK(owner.empty() || owner.size() == static_cast<std::size_t>(shape.points()),
               "owners of ", owner.size(), " points, wanted ", shape.points());
  if (owner.empty() && shape.points() <= kMaxBitPoints) return AreaScoreByBits(board);
  int score = 0;
  std::size_t i = 0;
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column, ++i) {
      const Cell cell = board.At(board.PointAt(row, column));
      score += Sign(cell);
      if (!owner.empty()) owner[i] = cell;
    }
  }
  EmptyRegions regions(board);
  for (const Point start : board.empty_points()) {
    const auto region = regions.Visit(start);
    const Cell region_owner = regions.owner();
    score += Sign(region_owner) * static_cast<int>(region.size());
    if (owner.empty()) continue;
    for (const Point p : region) {
      owner[static_cast<std::size_t>(board.IndexOf(p))] = region_owner;
    }
  }
  return score;
}

}  // namespace tengen

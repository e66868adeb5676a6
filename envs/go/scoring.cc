#include "envs/go/scoring.h"

#include <algorithm>
#include <array>

#include "envs/core/check.h"
#include "envs/go/area_bits.h"
#include "envs/go/benson.h"

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

constexpr std::size_t Slot(Point p) { return static_cast<std::size_t>(p); }

Player PlayerOf(Cell cell) { return cell == Cell::kFirst ? Player::kFirst : Player::kSecond; }

// A copy without some stones, with neither history nor prisoners.
GoBoard WithoutStones(const GoBoard& board, std::span<const Point> removed) {
  const auto [rows, columns] = board.shape();
  GoBoard cleared(board.shape());
  for (int i = 0; i < rows * columns; ++i) {
    const Point p = board.PointAt(i / columns, i % columns);
    if (board.At(p) == Cell::kEmpty ||
        std::find(removed.begin(), removed.end(), p) != removed.end())
      continue;
    cleared.Play(p, PlayerOf(board.At(p)));
  }
  return cleared;
}

// What makes a group live or a seki, see ScoreGame.
struct Group {
  std::span<const std::uint16_t> points;
  int regions = 0;
  int largest_region = 0;
  bool touches_neutral = false;

  bool IsSeki() const { return touches_neutral && regions < 2 && largest_region < 4; }
};

// Finds the groups of a board whose points have owners.
class GroupFinder {
 public:
  GroupFinder(const GoBoard& board, std::span<const Cell> owner)
      : board_(board), owner_(owner), regions_(board) {
    seen_.fill(false);
  }

  bool Seen(Point p) const { return seen_[Slot(p)]; }

  // The group of a point that no visit has seen. Its points last until the next visit.
  Group Visit(Point start) {
    Group group;
    const Cell colour = OwnerOf(start);
    std::size_t found = 0;
    Enqueue(start, found);
    for (std::size_t i = 0; i < found; ++i) {
      const Point p = points_[i];
      if (board_.At(p) == Cell::kEmpty) CountRegion(p, group);
      for (const Point q : board_.Neighbours(p)) {
        if (board_.IsGuard(q)) continue;
        if (OwnerOf(q) == colour) Enqueue(q, found);
        group.touches_neutral |= OwnerOf(q) == Cell::kEmpty;
      }
    }
    group.points = {points_.data(), found};
    return group;
  }

 private:
  Cell OwnerOf(Point p) const { return owner_[Slot(board_.IndexOf(p))]; }

  void Enqueue(Point p, std::size_t& found) {
    if (Seen(p)) return;
    seen_[Slot(p)] = true;
    points_[found++] = static_cast<std::uint16_t>(p);
  }

  // Counts a region at the first of its points.
  void CountRegion(Point p, Group& group) {
    const int size = static_cast<int>(regions_.Visit(p).size());
    group.regions += size > 0 ? 1 : 0;
    group.largest_region = std::max(group.largest_region, size);
  }

  const GoBoard& board_;
  std::span<const Cell> owner_;
  EmptyRegions regions_;
  std::array<bool, GoBoard::kMaxSlots> seen_;
  std::array<std::uint16_t, GoBoard::kMaxPoints> points_;
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
  if (owner.empty()) return AreaScoreByBits(board);
  int score = 0;
  std::size_t i = 0;
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column, ++i) {
      const Cell cell = board.At(board.PointAt(row, column));
      score += Sign(cell);
      owner[i] = cell;
    }
  }
  EmptyRegions regions(board);
  for (const Point start : board.empty_points()) {
    const auto region = regions.Visit(start);
    const Cell region_owner = regions.owner();
    score += Sign(region_owner) * static_cast<int>(region.size());
    for (const Point p : region) {
      owner[static_cast<std::size_t>(board.IndexOf(p))] = region_owner;
    }
  }
  return score;
}

int GoScore::Difference(const Rules& rules) const {
  const auto& counted = rules.scoring == ScoringRule::kArea ? stones : prisoners;
  return (territory[0] + counted[0] - group_tax[0]) - (territory[1] + counted[1] - group_tax[1]);
}

GoScore ScoreGame(const GoBoard& board, TaxRule tax, std::span<const Point> dead,
                  std::span<Cell> owner) {
  const auto [rows, columns] = board.shape();
  TENGEN_CHECK(owner.empty() || owner.size() == Slot(rows * columns), "owners of ", owner.size(),
               " points, wanted ", rows * columns);
  if (owner.empty()) return ScoreGameByBits(board, tax, dead);
  GoScore score;
  score.prisoners = {board.removed(Player::kSecond), board.removed(Player::kFirst)};
  for (const Point p : dead) {
    TENGEN_CHECK(board.At(p) != Cell::kEmpty, "no stone at dead point ", p);
    ++score.prisoners[Slot(Index(Opponent(PlayerOf(board.At(p)))))];
  }
  const GoBoard cleared = WithoutStones(board, dead);
  std::array<Cell, GoBoard::kMaxPoints> owners;
  const std::span<Cell> area(owners.data(), Slot(rows * columns));
  AreaScore(cleared, area);
  std::copy(area.begin(), area.end(), owner.begin());
  GroupFinder finder(cleared, area);
  for (int i = 0; i < rows * columns; ++i) {
    const Point start = board.PointAt(i / columns, i % columns);
    if (area[Slot(i)] == Cell::kEmpty || finder.Seen(start)) continue;
    const auto player = Slot(Index(PlayerOf(area[Slot(i)])));
    const Group group = finder.Visit(start);
    if (tax == TaxRule::kAll && !group.IsSeki()) score.group_tax[player] += 2;
    for (const Point p : group.points) {
      if (cleared.At(p) != Cell::kEmpty) {
        ++score.stones[player];
      } else if (tax == TaxRule::kNone || !group.IsSeki()) {
        ++score.territory[player];
      } else {
        owner[Slot(board.IndexOf(p))] = Cell::kEmpty;
      }
    }
  }
  return score;
}

std::vector<Point> StonesInSeki(const GoBoard& board, std::span<const Point> dead) {
  const auto [rows, columns] = board.shape();
  const GoBoard cleared = WithoutStones(board, dead);
  std::array<Cell, GoBoard::kMaxPoints> owners;
  const std::span<Cell> area(owners.data(), Slot(rows * columns));
  AreaScore(cleared, area);
  GroupFinder finder(cleared, area);
  std::vector<Point> stones;
  for (int i = 0; i < rows * columns; ++i) {
    const Point start = board.PointAt(i / columns, i % columns);
    if (area[Slot(i)] == Cell::kEmpty || finder.Seen(start)) continue;
    const Group group = finder.Visit(start);
    if (!group.IsSeki()) continue;
    for (const Point p : group.points) {
      if (cleared.At(p) != Cell::kEmpty) stones.push_back(p);
    }
  }
  return stones;
}

std::span<const Point> PassDeadStones(const GoBoard& board, SuicideRule suicide,
                                      std::array<Point, GoBoard::kMaxPoints>& buffer) {
  const auto [rows, columns] = board.shape();
  std::array<Cell, GoBoard::kMaxPoints> owners;
  const std::span<Cell> alive(owners.data(), Slot(rows * columns));
  const auto [first, second] = MayHoldDeadStones(board);
  if (!first && !second) return {};
  std::fill(alive.begin(), alive.end(), Cell::kEmpty);
  if (first) AddPassAliveArea(board, suicide, Player::kFirst, alive);
  if (second) AddPassAliveArea(board, suicide, Player::kSecond, alive);
  std::size_t count = 0;
  for (int i = 0; i < rows * columns; ++i) {
    const Point p = board.PointAt(i / columns, i % columns);
    const Cell cell = board.At(p);
    if (cell != Cell::kEmpty && alive[Slot(i)] != Cell::kEmpty && alive[Slot(i)] != cell) {
      buffer[count++] = p;
    }
  }
  return {buffer.data(), count};
}

}  // namespace tengen

#include "envs/go/benson.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "envs/core/check.h"
#include "envs/go/scoring.h"

namespace tengen {
namespace {

constexpr std::size_t Slot(Point p) { return static_cast<std::size_t>(p); }

void CheckSize(const GoBoard& board, std::span<Cell> owner) {
  TENGEN_CHECK(owner.size() == static_cast<std::size_t>(board.shape().points()), "owners of ",
               owner.size(), " points, wanted ", board.shape().points());
}

// Benson's algorithm for one player, in three phases: regions, chains, elimination.
class BensonPlayer {
 public:
  BensonPlayer(const GoBoard& board, Player player, SuicideRule suicide)
      : board_(board), own_(CellOf(player)), suicide_(suicide) {
    const auto slots = static_cast<std::size_t>(board.PointAt(board.shape().rows, 0));
    std::fill_n(seen_.begin(), slots, false);
    std::fill_n(alive_.begin(), slots, false);
    FindRegions();
    FindChains();
    Eliminate();
  }

  void MarkStones(std::span<Cell> owner) const {
    for (int i = 0; i < board_.shape().points(); ++i) {
      const Point p = PointOf(i);
      if (board_.At(p) == own_ && alive_[Slot(board_.Head(p))]) owner[Slot(i)] = own_;
    }
  }

  // REQUIRES: stones of this player on the board; without them the only region has no border.
  void MarkTerritory(std::span<Cell> owner) const {
    if (chain_count_ == 0) return;
    for (int r = 0; r < region_count_; ++r) {
      const Region& region = regions_[Slot(r)];
      if (!region.healthy || region.inner_points > 1) continue;
      for (int i = region.begin; i < region.end; ++i) {
        owner[Slot(board_.IndexOf(points_[Slot(i)]))] = own_;
      }
    }
  }

 private:
  static constexpr std::size_t kMaxRegions = GoBoard::kMaxPoints;

  // Without initialisers: there is room for as many as points, and most boards have a few.
  struct Region {
    int begin;  // its points lie at points_[begin .. end)
    int end;
    int inner_points;            // points that touch no own stone
    bool healthy;                // bordered by chains alone that may still be pass-alive
    int vital_count;             // entries of:
    std::array<Point, 4> vital;  // heads of the chains that it is vital to
  };

  Point PointOf(int index) const {
    const int columns = board_.shape().columns;
    return board_.PointAt(index / columns, index % columns);
  }

  // Every region holds an empty point, since the chains in it have liberties.
  void FindRegions() {
    for (const Point start : board_.empty_points()) {
      if (!seen_[Slot(start)]) FloodRegion(start);
    }
  }

  void FloodRegion(Point start) {
    Region& region = regions_[Slot(region_count_++)];
    region.begin = region.end = point_count_;
    region.inner_points = region.vital_count = 0;
    region.healthy = true;
    Enqueue(start, region);
    for (const Point q : board_.Neighbours(start)) {
      if (board_.At(q) == own_) AddVital(board_.Head(q), region);
    }
    for (int i = region.begin; i < region.end; ++i) {
      const Point p = points_[Slot(i)];
      if (suicide_ == SuicideRule::kMulti || board_.At(p) == Cell::kEmpty) KeepVital(p, region);
      bool inner = true;
      for (const Point q : board_.Neighbours(p)) {
        if (board_.At(q) == own_) {
          inner = false;
        } else if (!board_.IsGuard(q)) {
          Enqueue(q, region);
        }
      }
      region.inner_points += inner ? 1 : 0;
    }
    point_count_ = region.end;
  }

  void Enqueue(Point p, Region& region) {
    if (seen_[Slot(p)]) return;
    seen_[Slot(p)] = true;
    points_[Slot(region.end++)] = static_cast<std::uint16_t>(p);
  }

  static void AddVital(Point head, Region& region) {
    const auto end = region.vital.begin() + region.vital_count;
    if (std::find(region.vital.begin(), end, head) != end) return;
    region.vital[Slot(region.vital_count++)] = head;
  }

  // Drops the chains that do not touch p.
  void KeepVital(Point p, Region& region) const {
    int kept = 0;
    for (int i = 0; i < region.vital_count; ++i) {
      const Point head = region.vital[Slot(i)];
      for (const Point q : board_.Neighbours(p)) {
        if (board_.At(q) != own_ || board_.Head(q) != head) continue;
        region.vital[Slot(kept++)] = head;
        break;
      }
    }
    region.vital_count = kept;
  }

  void FindChains() {
    for (int i = 0; i < board_.shape().points(); ++i) {
      const Point p = PointOf(i);
      if (board_.At(p) != own_ || board_.Head(p) != p) continue;
      chains_[Slot(chain_count_++)] = static_cast<std::uint16_t>(p);
      alive_[Slot(p)] = true;
    }
  }

  // Drops chains with fewer than two vital regions, then regions that border on dropped chains,
  // until nothing changes.
  void Eliminate() {
    bool changed = true;
    while (changed) {
      changed = false;
      CountVitalRegions();
      for (int i = 0; i < chain_count_; ++i) {
        const Point head = chains_[Slot(i)];
        if (!alive_[Slot(head)] || vital_regions_[Slot(head)] >= 2) continue;
        alive_[Slot(head)] = false;
        changed = true;
      }
      if (changed) DropRegions();
    }
  }

  void CountVitalRegions() {
    for (int i = 0; i < chain_count_; ++i) vital_regions_[chains_[Slot(i)]] = 0;
    for (int r = 0; r < region_count_; ++r) {
      const Region& region = regions_[Slot(r)];
      if (!region.healthy) continue;
      for (int i = 0; i < region.vital_count; ++i) ++vital_regions_[Slot(region.vital[Slot(i)])];
    }
  }

  void DropRegions() {
    for (int r = 0; r < region_count_; ++r) {
      Region& region = regions_[Slot(r)];
      for (int i = region.begin; i < region.end && region.healthy; ++i) {
        for (const Point q : board_.Neighbours(points_[Slot(i)])) {
          if (board_.At(q) == own_ && !alive_[Slot(board_.Head(q))]) region.healthy = false;
        }
      }
    }
  }

  const GoBoard& board_;
  const Cell own_;
  const SuicideRule suicide_;
  int point_count_ = 0;
  int region_count_ = 0;
  int chain_count_ = 0;
  std::array<bool, GoBoard::kMaxSlots> seen_;
  std::array<bool, GoBoard::kMaxSlots> alive_;                   // at heads
  std::array<std::uint16_t, GoBoard::kMaxSlots> vital_regions_;  // at heads
  std::array<std::uint16_t, GoBoard::kMaxPoints> points_;        // of the regions, one by one
  std::array<std::uint16_t, GoBoard::kMaxPoints> chains_;        // heads
  std::array<Region, kMaxRegions> regions_;
};

// Maximal connected sets of points for which `owner` holds the same value.
class Groups {
 public:
  Groups(const GoBoard& board, std::span<const Cell> owner) : board_(board), owner_(owner) {
    seen_.fill(false);
  }

  // The group of a point; empty if it was visited before.
  std::span<const std::uint16_t> Visit(Point start) {
    std::size_t found = 0;
    Enqueue(start, found);
    for (std::size_t i = 0; i < found; ++i) {
      for (const Point q : board_.Neighbours(group_[i])) {
        if (!board_.IsGuard(q) && OwnerOf(q) == OwnerOf(start)) Enqueue(q, found);
      }
    }
    return {group_.data(), found};
  }

  Cell OwnerOf(Point p) const { return owner_[Slot(board_.IndexOf(p))]; }

 private:
  void Enqueue(Point p, std::size_t& found) {
    if (seen_[Slot(p)]) return;
    seen_[Slot(p)] = true;
    group_[found++] = static_cast<std::uint16_t>(p);
  }

  const GoBoard& board_;
  std::span<const Cell> owner_;
  std::array<bool, GoBoard::kMaxSlots> seen_;
  std::array<std::uint16_t, GoBoard::kMaxPoints> group_;
};

bool MayBeSeki(const GoBoard& board, const Groups& groups, Point p) {
  if (board.At(p) == groups.OwnerOf(p) && board.Liberties(p) == 1) return true;
  for (const Point q : board.Neighbours(p)) {
    if (board.At(q) == Cell::kEmpty && groups.OwnerOf(q) == Cell::kEmpty) return true;
  }
  return false;
}

}  // namespace

void PassAliveStones(const GoBoard& board, SuicideRule suicide, std::span<Cell> owner) {
  CheckSize(board, owner);
  std::fill(owner.begin(), owner.end(), Cell::kEmpty);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    BensonPlayer(board, player, suicide).MarkStones(owner);
  }
}

void PassAliveArea(const GoBoard& board, SuicideRule suicide, std::span<Cell> owner) {
  CheckSize(board, owner);
  std::fill(owner.begin(), owner.end(), Cell::kEmpty);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    AddPassAliveArea(board, suicide, player, owner);
  }
}

void AddPassAliveArea(const GoBoard& board, SuicideRule suicide, Player player,
                      std::span<Cell> owner) {
  CheckSize(board, owner);
  const BensonPlayer benson(board, player, suicide);
  benson.MarkStones(owner);
  benson.MarkTerritory(owner);
}

void StandingArea(const GoBoard& board, SuicideRule suicide, std::span<Cell> owner) {
  PassAliveArea(board, suicide, owner);
  std::array<Cell, GoBoard::kMaxPoints> as_it_stands;
  const std::span<Cell> plain(as_it_stands.data(), owner.size());
  AreaScore(board, plain);
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (owner[i] == Cell::kEmpty) owner[i] = plain[i];
  }
}

int IndependentArea(const GoBoard& board, SuicideRule suicide, SekiStones seki_stones,
                    std::span<Cell> owner) {
  std::array<Cell, GoBoard::kMaxPoints> standing_area;
  const std::span<Cell> standing(standing_area.data(), owner.size());
  StandingArea(board, suicide, standing);
  std::fill(owner.begin(), owner.end(), Cell::kEmpty);
  Groups groups(board, standing);
  int group_difference = 0;
  const int columns = board.shape().columns;
  for (int i = 0; i < board.shape().points(); ++i) {
    const Point start = board.PointAt(i / columns, i % columns);
    const Cell group_owner = groups.OwnerOf(start);
    if (group_owner == Cell::kEmpty) continue;
    const auto group = groups.Visit(start);
    if (group.empty()) continue;
    const bool drop = std::any_of(group.begin(), group.end(),
                                  [&](Point p) { return MayBeSeki(board, groups, p); });
    if (!drop) group_difference += group_owner == Cell::kFirst ? 1 : -1;
    for (const Point p : group) {
      const bool keep_stone = seki_stones == SekiStones::kKeep && board.At(p) == group_owner;
      if (!drop || keep_stone) owner[Slot(board.IndexOf(p))] = group_owner;
    }
  }
  return group_difference;
}

}  // namespace tengen

#pragma once

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "envs/go/rules.h"
#include "tests/support/reference_go_grid.h"

// Scoring written down from the definitions in envs/go/scoring.h and benson.h, with sets instead of
// care. Shares nothing with the code it checks but the Rules. Boards and owners are strings of 'X',
// 'O' and '.', row-major from the top row.

namespace tengen {

class ReferenceGoScore {
 public:
  explicit ReferenceGoScore(BoardShape shape) : grid_(shape) {}

  // Owner of each point under area scoring (Tromp and Taylor, rule 9).
  std::string Area(const std::string& board) const {
    const std::vector<bool> black = grid_.Reaching(board, '.', 'X');
    const std::vector<bool> white = grid_.Reaching(board, '.', 'O');
    std::string owner = board;
    for (std::size_t i = 0; i < board.size(); ++i) {
      if (black[i] != white[i]) owner[i] = black[i] ? 'X' : 'O';
    }
    return owner;
  }

  struct Parts {
    std::array<int, 2> stones = {0, 0};
    std::array<int, 2> territory = {0, 0};
    std::array<int, 2> prisoners = {0, 0};
    std::array<int, 2> group_tax = {0, 0};
    bool seki = false;  // of some group
    std::string owner;
  };

  // `removed`: stones of each player taken in play; `dead`: points of stones agreed to be dead.
  Parts Score(const std::string& board, const std::array<int, 2>& removed, TaxRule tax,
              const std::set<int>& dead) const {
    Parts parts;
    parts.prisoners = {removed[1], removed[0]};
    std::string cleared = board;
    for (const int point : dead) {
      ++parts.prisoners[board[Slot(point)] == 'X' ? 1 : 0];
      cleared[Slot(point)] = '.';
    }
    const std::string area = Area(cleared);
    parts.owner = area;
    for (const std::vector<int>& group : grid_.Split(area).points) {
      const char colour = area[Slot(group.front())];
      if (colour == '.') continue;
      const std::size_t player = colour == 'X' ? 0 : 1;
      const bool seki = IsSeki(cleared, area, group);
      parts.seki |= seki;
      if (tax == TaxRule::kAll && !seki) parts.group_tax[player] += 2;
      for (const int point : group) {
        if (cleared[Slot(point)] != '.') {
          ++parts.stones[player];
        } else if (tax == TaxRule::kNone || !seki) {
          ++parts.territory[player];
        } else {
          parts.owner[Slot(point)] = '.';
        }
      }
    }
    return parts;
  }

  // Black minus White without komi.
  static int Difference(const Parts& parts, ScoringRule scoring) {
    const auto side = [&](std::size_t player) {
      return parts.territory[player] - parts.group_tax[player] +
             (scoring == ScoringRule::kArea ? parts.stones[player] : parts.prisoners[player]);
    };
    return side(0) - side(1);
  }

  // Stones in the pass-alive territory of the opponent.
  std::set<int> PassDead(const std::string& board, SuicideRule suicide) const {
    std::set<int> dead;
    for (const char own : {'X', 'O'}) {
      const Benson benson(grid_, board, own, suicide);
      for (const int point : benson.territory()) {
        if (board[Slot(point)] != '.') dead.insert(point);
      }
    }
    return dead;
  }

 private:
  static std::size_t Slot(int point) { return static_cast<std::size_t>(point); }

  // Touches a neutral point, and has neither two regions nor one of at least four points.
  bool IsSeki(const std::string& cleared, const std::string& area,
              const std::vector<int>& group) const {
    bool touches_neutral = false;
    std::string regions(cleared.size(), '-');  // the group's empty points alone
    for (const int point : group) {
      if (cleared[Slot(point)] == '.') regions[Slot(point)] = '.';
      for (const int next : grid_.Neighbours(point)) touches_neutral |= area[Slot(next)] == '.';
    }
    std::size_t count = 0;
    std::size_t largest = 0;
    for (const std::vector<int>& region : grid_.Split(regions).points) {
      if (regions[Slot(region.front())] != '.') continue;
      ++count;
      largest = std::max(largest, region.size());
    }
    return touches_neutral && count < 2 && largest < 4;
  }

  // Benson 1976, by elimination.
  class Benson {
   public:
    Benson(const ReferenceGoGrid& grid, const std::string& board, char own, SuicideRule suicide)
        : grid_(grid), board_(board), own_(own), suicide_(suicide) {
      std::string letters = board;
      for (char& letter : letters) letter = letter == own ? own : '.';
      const ReferenceGoGrid::Parts parts = grid.Split(letters);
      part_of_ = parts.part_of;
      for (std::size_t part = 0; part < parts.points.size(); ++part) {
        if (letters[Slot(parts.points[part].front())] == own) {
          alive_.insert(static_cast<int>(part));
        } else {
          regions_.push_back(parts.points[part]);
        }
      }
      while (Eliminate()) continue;
    }

    // Points of regions bordered by pass-alive chains alone, of which at most one touches none.
    std::set<int> territory() const {
      std::set<int> points;
      for (const std::vector<int>& region : regions_) {
        if (!IsHealthy(region) || ChainsAround(region).empty()) continue;
        int inner = 0;
        for (const int point : region) inner += ChainsAround({point}).empty() ? 1 : 0;
        if (inner <= 1) points.insert(region.begin(), region.end());
      }
      return points;
    }

   private:
    std::set<int> ChainsAround(const std::vector<int>& points) const {
      std::set<int> chains;
      for (const int point : points) {
        for (const int next : grid_.Neighbours(point)) {
          if (board_[Slot(next)] == own_) chains.insert(part_of_[Slot(next)]);
        }
      }
      return chains;
    }

    bool IsHealthy(const std::vector<int>& region) const {
      for (const int chain : ChainsAround(region)) {
        if (alive_.count(chain) == 0) return false;
      }
      return true;
    }

    // All empty points of the region (with suicide: all its points) touch the chain.
    bool IsVital(const std::vector<int>& region, int chain) const {
      for (const int point : region) {
        if (board_[Slot(point)] != '.' && suicide_ == SuicideRule::kNone) continue;
        if (ChainsAround({point}).count(chain) == 0) return false;
      }
      return true;
    }

    bool Eliminate() {
      std::set<int> lost;
      for (const int chain : alive_) {
        int vital = 0;
        for (const std::vector<int>& region : regions_) {
          vital += IsHealthy(region) && IsVital(region, chain) ? 1 : 0;
        }
        if (vital < 2) lost.insert(chain);
      }
      for (const int chain : lost) alive_.erase(chain);
      return !lost.empty();
    }

    const ReferenceGoGrid& grid_;
    const std::string& board_;
    const char own_;
    const SuicideRule suicide_;
    std::vector<int> part_of_;
    std::set<int> alive_;
    std::vector<std::vector<int>> regions_;
  };

  ReferenceGoGrid grid_;
};

}  // namespace tengen

#pragma once

#include <vector>

#include "envs/core/game.h"

namespace tengen {

// Moves that an analysis does not look at, per player and down to a depth, as KataGo's avoidMoves
// and allowMoves say it. Depth 0 are the moves at the root.
class MoveLimits {
 public:
  bool empty() const { return limits_.empty(); }

  // The player may not play `moves`, at depths below `until_depth`.
  void Avoid(Player player, std::vector<Action> moves, int until_depth);
  // The player may play nothing else.
  void Allow(Player player, std::vector<Action> moves, int until_depth);

  bool Permits(Player player, int depth, Action move) const;
  // Whether there are moves of that kind for the player at all: KataGo takes but one kind, and the
  // second only once.
  bool HasAvoided(Player player) const;
  bool HasAllowed(Player player) const;

 private:
  struct Limit {
    Player player;
    int until_depth;
    bool permitted;             // what the moves named are; all others are the opposite
    std::vector<Action> moves;  // ascending
  };

  void Add(Limit limit);

  std::vector<Limit> limits_;
};

}  // namespace tengen

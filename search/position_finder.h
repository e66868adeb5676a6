#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "envs/core/game.h"
#include "search/tree.h"

namespace tengen {

// Finds a later position of a game in the tree of an earlier one, by replaying the tree's moves.
// Keeps its scratch positions; not thread-safe.
class PositionFinder {
 public:
  // The node of `wanted` (equal Ply and InputKey) in a tree with the position `root` at its root;
  // kNoNode if there is none. Costs one copy and one move for every node above that depth.
  // REQUIRES: all calls are about one game.
  NodeIndex Find(const Tree& tree, const State& root, const State& wanted);

 private:
  struct Wanted {
    std::uint64_t board;  // PositionHash
    Key128 key;
  };
  NodeIndex FindBelow(const Tree& tree, NodeIndex node, std::size_t depth, int plies,
                      const Wanted& wanted);

  std::vector<std::unique_ptr<State>> states_;  // one for each ply of the walk
};

}  // namespace tengen

#include "search/position_finder.h"

namespace tengen {

NodeIndex PositionFinder::Find(const Tree& tree, const State& root, const State& wanted) {
  const int plies = wanted.Ply() - root.Ply();
  if (tree.empty() || plies < 0) return kNoNode;
  if (states_.empty()) states_.push_back(root.Clone());
  states_[0]->CopyFrom(root);
  return FindBelow(tree, Tree::kRoot, 0, plies, {wanted.PositionHash(), wanted.InputKey()});
}

// states_[depth] is the position of `node`.
NodeIndex PositionFinder::FindBelow(const Tree& tree, NodeIndex node, std::size_t depth, int plies,
                                    const Wanted& wanted) {
  if (plies == 0) {
    // Most siblings differ in the board already, which is cheaper to see than the whole key.
    const State& state = *states_[depth];
    const bool found = state.PositionHash() == wanted.board && state.InputKey() == wanted.key;
    return found ? node : kNoNode;
  }
  if (states_.size() == depth + 1) states_.push_back(states_[depth]->Clone());
  const Node& here = tree.node(node);
  for (std::size_t move = 0; move < here.num_edges; ++move) {
    const NodeIndex child = tree.children(here)[move];
    if (child == kNoNode || tree.node(child).terminal()) continue;
    states_[depth + 1]->CopyFrom(*states_[depth]);
    states_[depth + 1]->Apply(tree.actions(here)[move]);
    const NodeIndex found = FindBelow(tree, child, depth + 1, plies - 1, wanted);
    if (found != kNoNode) return found;
  }
  return kNoNode;
}

}  // namespace tengen

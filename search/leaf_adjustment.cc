#include "search/leaf_adjustment.h"

#include "search/gumbel.h"
#include "search/score_utility.h"

namespace tengen {

void LeafAdjustment::Clear() {
  bias_.Clear();
  score_center_.reset();
}

void LeafAdjustment::Keep(Tree& tree) {
  if (bias_.on()) bias_.Rebuild(tree);
}

float LeafAdjustment::Utility(const LeafPlace& leaf) {
  const GameSpec& spec = leaf.root.game().spec();
  if (utility_factor_ <= 0.0 || spec.num_players != 2 || !spec.has_area) return 0.0F;
  const bool root_moves = leaf.path.size() % 2 == 0;
  const bool first_moves = (leaf.root.ToMove() == Player::kFirst) == root_moves;
  if (!score_center_) score_center_ = first_moves ? leaf.score : -leaf.score;
  const float center = first_moves ? *score_center_ : -*score_center_;
  return static_cast<float>(ScoreUtility(utility_factor_, static_cast<double>(leaf.score),
                                         static_cast<double>(center), spec.shape.points()));
}

void LeafAdjustment::Fill(const Tree& tree, const LeafPlace& leaf, Tree::Leaf& added) {
  added.utility = Utility(leaf);
  const auto path = leaf.path;
  if (!bias_.on() || path.empty() || leaf.terminal) return;
  const Action last = tree.edge_action(path.back().edge);
  const Action before = path.size() < 2 ? kNoAction : tree.edge_action(path[path.size() - 2].edge);
  added.bucket = bias_.Bucket(ValueBiasKey(leaf.state, last, before, board_));
  added.correction = static_cast<float>(bias_.Correction(added.bucket));
}

void TakeUtilityOff(const Tree& tree, RootSelection root, SearchResult& result) {
  const std::vector<float> utilities = MeanUtilities(tree);
  const Node& node = tree.node(Tree::kRoot);
  const auto children = tree.children(node);
  const float at_root = utilities[Tree::kRoot];
  std::vector<float> of_moves(children.size(), at_root);
  for (std::size_t a = 0; a < of_moves.size(); ++a) {
    if (children[a] != kNoNode) of_moves[a] = -utilities[children[a]];
    result.q[a] -= of_moves[a];
  }
  if (root == RootSelection::kPuct) {
    result.root_value -= at_root;
    return;
  }
  const double own = static_cast<double>(tree.extras(Tree::kRoot).utility);
  const MoveStatistics moves{tree.priors(node), tree.visits(node), of_moves};
  result.root_value -= static_cast<float>(PolicyValue(own, moves, result.policy));
}

}  // namespace tengen

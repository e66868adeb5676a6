#include "search/tree_reading.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "search/backup.h"

namespace tengen {
namespace {

SelfplayScore SelfplayScoreOf(const ScoreMoments& moments) {
  const double mean = moments.mean;
  const double variance = std::max(0.0, moments.square - mean * mean);
  return {moments.mean, static_cast<float>(std::sqrt(variance))};
}

}  // namespace

std::vector<Action> LineOf(const Tree& tree, std::size_t first, std::vector<int>* visits) {
  std::vector<Action> line;
  const Node* node = &tree.node(Tree::kRoot);
  for (auto move = static_cast<std::uint32_t>(first);;) {
    const std::uint32_t edge = node->first_edge + move;
    line.push_back(tree.edge_action(edge));
    if (visits != nullptr) visits->push_back(tree.visits(*node)[move]);
    const NodeIndex child = tree.children(*node)[move];
    if (child == kNoNode) return line;
    node = &tree.node(child);
    const auto counts = tree.visits(*node);
    const auto most = std::max_element(counts.begin(), counts.end());
    if (most == counts.end() || *most == 0) return line;
    move = static_cast<std::uint32_t>(most - counts.begin());
  }
}

std::vector<TreeMove> MovesOf(const Tree& tree, const PuctParameters& puct, int min_visits,
                              std::size_t most) {
  std::vector<TreeMove> moves;
  const auto add_below = [&](NodeIndex index, int parent, int depth) {
    const Node& node = tree.node(index);
    const double exploration = ExplorationFactor(puct, static_cast<int>(node.visits));
    const std::size_t begin = moves.size();
    for (std::uint32_t move = 0; move < node.num_edges; ++move) {
      const int visits = tree.visits(node)[move];
      if (visits < min_visits) continue;
      const float prior = tree.priors(node)[move];
      moves.push_back({parent, depth, tree.actions(node)[move], visits, tree.q(node)[move], prior,
                       static_cast<float>(exploration * prior / (1 + visits))});
    }
    std::stable_sort(moves.begin() + static_cast<std::ptrdiff_t>(begin), moves.end(),
                     [](const TreeMove& a, const TreeMove& b) { return a.visits > b.visits; });
    moves.resize(std::min(moves.size(), most));
  };
  std::vector<NodeIndex> below;  // the position behind each move
  const auto find_below = [&](NodeIndex index) {
    const Node& node = tree.node(index);
    for (std::size_t i = below.size(); i < moves.size(); ++i) {
      const auto actions = tree.actions(node);
      const auto found = std::find(actions.begin(), actions.end(), moves[i].action);
      below.push_back(tree.children(node)[static_cast<std::size_t>(found - actions.begin())]);
    }
  };
  add_below(Tree::kRoot, -1, 1);
  find_below(Tree::kRoot);
  for (std::size_t i = 0; i < below.size() && moves.size() < most; ++i) {
    if (below[i] == kNoNode) continue;
    add_below(below[i], static_cast<int>(i), moves[i].depth + 1);
    find_below(below[i]);
  }
  return moves;
}

SearchScores ScoresOf(const Tree& tree) {
  const std::vector<float> means = MeanScores(tree);
  SearchScores scores;
  scores.root = means[Tree::kRoot];
  for (const NodeIndex child : tree.children(tree.node(Tree::kRoot))) {
    scores.moves.push_back(child == kNoNode ? scores.root : -means[child]);
  }
  const std::vector<ScoreMoments> moments = MeanMoments(tree);
  if (moments.empty()) return scores;
  scores.selfplay_root = SelfplayScoreOf(moments[Tree::kRoot]);
  for (const NodeIndex child : tree.children(tree.node(Tree::kRoot))) {
    SelfplayScore score = *scores.selfplay_root;
    if (child != kNoNode) {
      score = SelfplayScoreOf(moments[child]);
      score.mean = -score.mean;
    }
    scores.selfplay_moves.push_back(score);
  }
  return scores;
}

}  // namespace tengen

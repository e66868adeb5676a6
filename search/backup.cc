#include "search/backup.h"

namespace tengen {
namespace {

// Mean over each node's own(index) and the means behind its moves by their visits. `sign` turns a
// value to the view of the other player. Moves visited without a node are left out.
template <typename Own>
std::vector<float> SubtreeMeans(const Tree& tree, double sign, Own own) {
  std::vector<float> means(static_cast<std::size_t>(tree.size()));
  for (std::size_t i = means.size(); i-- > 0;) {  // children come behind their parents
    const Node& node = tree.node(static_cast<NodeIndex>(i));
    const auto children = tree.children(node);
    const auto visits = tree.visits(node);
    double sum = own(static_cast<NodeIndex>(i));
    double weight = 1.0;
    for (std::size_t move = 0; move < children.size(); ++move) {
      if (children[move] == kNoNode) continue;
      sum += sign * static_cast<double>(visits[move]) * means[children[move]];
      weight += visits[move];
    }
    means[i] = static_cast<float>(sum / weight);
  }
  return means;
}

}  // namespace

PathStep MakeStep(const Tree& tree, NodeIndex index, int move) {
  const Node& node = tree.node(index);
  const auto m = static_cast<std::uint32_t>(move);
  return {index, node.first_edge + m, node.visits, tree.visits(node)[m], tree.q(node)[m]};
}

void SaveAnew(const Tree& tree, std::span<PathStep> path) {
  for (PathStep& step : path) {
    const std::uint32_t first = tree.node(step.node).first_edge;
    step = MakeStep(tree, step.node, static_cast<int>(step.edge - first));
  }
}

void AddReturn(Tree& tree, std::span<const PathStep> path, double reward, double value,
               double child_discount, QRange& range) {
  for (std::size_t i = path.size(); i > 0; --i) {
    Node& node = tree.node(path[i - 1].node);
    const std::uint32_t edge = path[i - 1].edge;
    // From here on the view of the player who moves at `node`.
    value = reward + child_discount * value;
    reward = node.reward;

    std::int32_t& visits = tree.edge_visits(edge);
    float& q = tree.edge_q(edge);
    if (++visits == 1) node.visited_prior += tree.edge_prior(edge);
    q += static_cast<float>((value - q) / visits);
    range.Include(q);
    ++node.visits;
    node.mean += static_cast<float>((value - node.mean) / node.visits);
  }
}

void AddReturnWithExtras(Tree& tree, std::span<const PathStep> path, double reward, double value,
                         double child_discount, QRange& range, ValueBias& bias) {
  double shift = 0.0;  // of the sum of earlier returns, view of the player of `value`
  for (std::size_t i = path.size(); i > 0; --i) {
    Node& node = tree.node(path[i - 1].node);
    NodeExtras& extras = tree.extras(path[i - 1].node);
    const std::uint32_t edge = path[i - 1].edge;
    value = reward + child_discount * value;
    shift *= child_discount;
    reward = node.reward;

    std::int32_t& visits = tree.edge_visits(edge);
    float& q = tree.edge_q(edge);
    float& square = tree.edge_square(edge);
    if (++visits == 1) node.visited_prior += tree.edge_prior(edge);
    q += static_cast<float>((value + shift - q) / visits);
    square += static_cast<float>((value * value - square) / visits);
    range.Include(q);
    ++node.visits;
    node.mean += static_cast<float>((value + shift - node.mean) / node.visits);
    extras.returns = node.visits;
    extras.square += static_cast<float>((value * value - extras.square) / node.visits);
    if (bias.on()) shift += bias.Update(tree, path[i - 1].node);
  }
}

void AddUnobserved(Tree& tree, std::span<const PathStep> path, std::int32_t visits, float worst) {
  for (const PathStep& step : path) {
    std::int32_t& n = tree.edge_visits(step.edge);
    if (n == 0) tree.edge_q(step.edge) = worst;
    n += visits;
    tree.node(step.node).visits += visits;
  }
}

void TakeUnobservedBack(Tree& tree, std::span<const PathStep> path) {
  for (const PathStep& step : path) {
    tree.node(step.node).visits = step.saved_node_visits;
    tree.edge_visits(step.edge) = step.saved_edge_visits;
    tree.edge_q(step.edge) = step.saved_edge_q;
  }
}

std::vector<float> MeanScores(const Tree& tree) {
  return SubtreeMeans(tree, -1.0, [&tree](NodeIndex i) { return tree.node(i).raw_score; });
}

std::vector<float> MeanUtilities(const Tree& tree) {
  return SubtreeMeans(tree, -1.0, [&tree](NodeIndex i) { return tree.extras(i).utility; });
}

std::vector<ScoreMoments> MeanMoments(const Tree& tree) {
  const auto moments = tree.moments();
  if (moments.empty()) return {};
  const auto means = SubtreeMeans(tree, -1.0, [&](NodeIndex i) { return moments[i].mean; });
  const auto squares = SubtreeMeans(tree, 1.0, [&](NodeIndex i) { return moments[i].square; });
  std::vector<ScoreMoments> both(means.size());
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = {means[i], squares[i]};
  return both;
}

}  // namespace tengen

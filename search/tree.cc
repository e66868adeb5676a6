#include "search/tree.h"

#include <algorithm>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::size_t kEdgeBytes =
    2 * sizeof(float) + sizeof(std::int32_t) + sizeof(NodeIndex) + sizeof(std::uint16_t);
constexpr std::size_t kFirstCapacity = 64;

std::size_t MaxEdges(std::size_t max_nodes, std::size_t num_actions) {
  return std::min<std::size_t>(max_nodes * num_actions, kNoNode);
}

// Room for `wanted` more elements by doubling, but never beyond `bound`.
template <typename T>
void Grow(std::vector<T>& array, std::size_t wanted, std::size_t bound) {
  const std::size_t needed = array.size() + wanted;
  if (needed <= array.capacity()) return;
  array.reserve(std::min(std::max({needed, 2 * array.capacity(), kFirstCapacity}), bound));
}

}  // namespace

Tree::Tree(int max_nodes, int num_actions, TreeExtras extras)
    : max_nodes_(static_cast<std::size_t>(max_nodes)),
      num_actions_(static_cast<std::size_t>(num_actions)),
      max_edges_(MaxEdges(max_nodes_, num_actions_)),
      has_extras_(extras == TreeExtras::kAll) {
  TENGEN_CHECK(max_nodes > 0, "max_nodes ", max_nodes, ", wanted at least 1");
  TENGEN_CHECK(0 < num_actions && num_actions <= kMaxActions, "number of actions ", num_actions,
               ", wanted 1 to ", kMaxActions);
}

std::int64_t Tree::BytesFor(int max_nodes, int num_actions, TreeExtras extras) {
  const auto nodes = static_cast<std::size_t>(max_nodes);
  const std::size_t edges = MaxEdges(nodes, static_cast<std::size_t>(num_actions));
  // While one array grows, what it was before still exists.
  const std::size_t growth = std::max(nodes * sizeof(Node), edges * sizeof(float));
  const std::size_t more =
      extras == TreeExtras::kAll ? nodes * sizeof(NodeExtras) + edges * sizeof(float) : 0;
  return static_cast<std::int64_t>(
      sizeof(Tree) + nodes * (sizeof(Node) + sizeof(ScoreMoments) + sizeof(NodeIndex)) +
      edges * kEdgeBytes + growth + more);
}

void Tree::Clear() {
  nodes_.clear();
  moments_.clear();
  extras_.clear();
  ShrinkEdges(0);
}

void Tree::ShrinkEdges(std::size_t edges) {
  prior_.resize(edges);
  q_.resize(edges);
  visits_.resize(edges);
  child_.resize(edges);
  action_.resize(edges);
  if (has_extras_) square_.resize(edges);
}

NodeIndex Tree::Add(const Leaf& leaf, std::span<const Action> actions,
                    std::span<const float> priors) {
  TENGEN_DCHECK(!full(), "the tree is full at ", size(), " nodes");
  TENGEN_DCHECK(actions.size() == priors.size(), actions.size(), " actions, ", priors.size(),
                " priors");
  if (nodes_.empty()) has_moments_ = leaf.moments.has_value();
  const std::size_t first = prior_.size();
  const std::size_t count = actions.size();
  Grow(nodes_, 1, max_nodes_);
  Grow(prior_, count, max_edges_);
  Grow(q_, count, max_edges_);
  Grow(visits_, count, max_edges_);
  Grow(child_, count, max_edges_);
  Grow(action_, count, max_edges_);
  prior_.insert(prior_.end(), priors.begin(), priors.end());
  q_.insert(q_.end(), count, 0.0F);
  visits_.insert(visits_.end(), count, 0);
  child_.insert(child_.end(), count, kNoNode);
  action_.resize(first + count);
  std::transform(actions.begin(), actions.end(), action_.data() + first,
                 [](Action action) { return static_cast<std::uint16_t>(action); });

  Node node;
  node.first_edge = static_cast<std::uint32_t>(first);
  node.num_edges = static_cast<std::uint16_t>(count);
  node.mean = leaf.value;
  node.raw_value = leaf.value;
  node.raw_score = leaf.score;
  node.reward = leaf.reward;
  nodes_.push_back(node);
  if (has_moments_) {
    Grow(moments_, 1, max_nodes_);
    moments_.push_back(leaf.moments.value_or(ScoreMoments{leaf.score, leaf.score * leaf.score}));
  }
  if (has_extras_) AddExtras(leaf, count);
  return static_cast<NodeIndex>(nodes_.size() - 1);
}

// Of the node added last.
void Tree::AddExtras(const Leaf& leaf, std::size_t edges) {
  Node& node = nodes_.back();
  node.mean = leaf.value + leaf.utility - leaf.correction;
  NodeExtras extras;
  extras.square = node.mean * node.mean;
  extras.utility = leaf.utility;
  extras.correction = leaf.correction;
  extras.bucket = leaf.bucket;
  Grow(extras_, 1, max_nodes_);
  extras_.push_back(extras);
  Grow(square_, edges, max_edges_);
  square_.insert(square_.end(), edges, 0.0F);
}

void Tree::KeepSubtree(NodeIndex root) {
  if (root == kRoot) return;

  // 1. Number what stays. A parent comes before its children, so one pass marks everything.
  Grow(new_index_, nodes_.size() - new_index_.size(), max_nodes_);
  new_index_.assign(nodes_.size(), kNoNode);
  new_index_[root] = kRoot;
  NodeIndex kept = 0;
  for (std::size_t i = root; i < nodes_.size(); ++i) {
    if (new_index_[i] == kNoNode) continue;
    new_index_[i] = kept++;
    for (const NodeIndex child : children(nodes_[i])) {
      if (child != kNoNode) new_index_[child] = 0;
    }
  }

  // 2. Slide it down: every place written lies before or at the place read.
  std::size_t next_edge = 0;
  for (std::size_t i = root; i < nodes_.size(); ++i) {
    if (new_index_[i] == kNoNode) continue;
    Node node = nodes_[i];
    for (std::size_t from = node.first_edge; from < std::size_t{node.first_edge} + node.num_edges;
         ++from, ++next_edge) {
      prior_[next_edge] = prior_[from];
      q_[next_edge] = q_[from];
      visits_[next_edge] = visits_[from];
      action_[next_edge] = action_[from];
      if (has_extras_) square_[next_edge] = square_[from];
      child_[next_edge] = child_[from] == kNoNode ? kNoNode : new_index_[child_[from]];
    }
    node.first_edge = static_cast<std::uint32_t>(next_edge - node.num_edges);
    nodes_[new_index_[i]] = node;
    if (has_moments_) moments_[new_index_[i]] = moments_[i];
    if (has_extras_) extras_[new_index_[i]] = extras_[i];
  }
  nodes_.resize(kept);
  if (has_moments_) moments_.resize(kept);
  if (has_extras_) extras_.resize(kept);
  ShrinkEdges(next_edge);
}

}  // namespace tengen

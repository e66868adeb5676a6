#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = 0xffffffffU;

// One expanded position. Its moves ("edges") lie beside it in Tree's edge arrays. All values are
// from the view of the player to move here, unless said otherwise.
struct Node {
  std::uint32_t first_edge = 0;
  std::uint16_t num_edges = 0;  // legal moves; 0 at the end of a game
  std::uint16_t reserved = 0;
  std::int32_t visits = 1;     // own evaluation + simulations through its moves
  float mean = 0.0F;           // mean return over those visits
  float raw_value = 0.0F;      // the evaluator's value
  float raw_score = 0.0F;      // the evaluator's score
  float reward = 0.0F;         // of the move into here, view of the player who took it
  float visited_prior = 0.0F;  // sum of the priors of the moves with visits

  bool terminal() const { return num_edges == 0; }
};
static_assert(sizeof(Node) == 32, "two nodes to a cache line");

// E[S] and E[S^2] of the final score S of a game, in points; view of the player to move.
struct ScoreMoments {
  float mean = 0.0F;
  float square = 0.0F;
};

// What a node has besides in a tree with extras, for searches that ask for more than means. Values
// are from the view of the player to move at the node.
struct NodeExtras {
  std::int32_t returns = 1;  // visits that Node::mean counts: without those under way
  float square = 0.0F;       // mean of the squared returns over them
  float utility = 0.0F;      // what the search added to the own evaluation for its score
  float correction = 0.0F;   // what it took off for its bias, see value_bias.h
  // The node's part in its bucket of value_bias.h.
  std::uint32_t bucket = kNoNode;
  float weight = 0.0F;
  float weighted_error = 0.0F;
};

enum class TreeExtras { kNone, kAll };

// Nodes and edges of one search tree, in flat arrays addressed by 32-bit indices:
//
//   nodes     | 0 root | 1       | 2       | 3 ...            32 bytes each
//              first_edge=0  =5        =9        num_edges
//   prior     | . . . . . | . . . . | . . . . . . |           float
//   q         | . . . . . | . . . . | . . . . . . |           float, mean return of the move
//   visits    | . . . . . | . . . . | . . . . . . |           int32
//   child     | 1 . 3 . . | . 2 . . | . . . . . . |           node index or kNoNode
//   action    | . . . . . | . . . . | . . . . . . |           uint16
//               edges of 0  edges of 1  edges of 2            18 bytes each
//
// and, if the root came with them, moments of the final score for each node (8 bytes), and, in a
// tree made with extras, NodeExtras for each node (28 bytes) and the mean square of the return of
// each move (4 bytes).
//
// A node is made when its position is evaluated, all its edges at once. Parents come before their
// children and edges lie in the order of their nodes; KeepSubtree preserves both, and so can slide
// the kept part down in place. Arrays grow by doubling up to the bound and are never given back
// before destruction: a tree in steady use does not touch the heap.
//
// An edge counts its visits whether or not its child has a node: when the tree is full, the search
// goes on without adding.
class Tree {
 public:
  static constexpr int kMaxActions = 0xffff;
  static constexpr NodeIndex kRoot = 0;

  // REQUIRES: 0 < max_nodes, 0 < num_actions <= kMaxActions. Edge indices bound the tree too: it is
  // full at 2^32 edges (12 million nodes of 19x19 Go).
  Tree(int max_nodes, int num_actions, TreeExtras extras = TreeExtras::kNone);

  // Upper bound of the memory of a full tree, the moment of its last growth included.
  static std::int64_t BytesFor(int max_nodes, int num_actions,
                               TreeExtras extras = TreeExtras::kNone);

  int size() const { return static_cast<int>(nodes_.size()); }
  bool empty() const { return nodes_.empty(); }
  bool full() const {
    return nodes_.size() == max_nodes_ || prior_.size() + num_actions_ > max_edges_;
  }

  void Clear();

  // What is known of a position when it is added, named as in Node.
  struct Leaf {
    float value = 0.0F;
    float score = 0.0F;
    float reward = 0.0F;
    // Empty: the score is certain, in a tree whose root came with moments.
    std::optional<ScoreMoments> moments = {};
    // In a tree with extras: what is added to and taken off the value, which is the raw one, in the
    // node's mean, and the bucket.
    float utility = 0.0F;
    float correction = 0.0F;
    std::uint32_t bucket = kNoNode;
  };
  // Adds a node with one visit, and all its edges, unvisited; no edges for the end of a game.
  // REQUIRES: !full(), spans equally long.
  NodeIndex Add(const Leaf& leaf, std::span<const Action> actions, std::span<const float> priors);

  // Makes a node the root and forgets everything that is not below it. Indices change.
  void KeepSubtree(NodeIndex root);

  Node& node(NodeIndex i) { return nodes_[i]; }
  const Node& node(NodeIndex i) const { return nodes_[i]; }

  // Of each node; empty if the root was added without.
  std::span<const ScoreMoments> moments() const { return moments_; }

  bool has_extras() const { return has_extras_; }
  // REQUIRES: has_extras().
  NodeExtras& extras(NodeIndex i) { return extras_[i]; }
  const NodeExtras& extras(NodeIndex i) const { return extras_[i]; }
  // What its own evaluation counts as in the mean of a node.
  float own_value(NodeIndex i) const {
    if (!has_extras_) return nodes_[i].raw_value;
    return nodes_[i].raw_value + extras_[i].utility - extras_[i].correction;
  }
  // Mean of the squared return of each move; empty in a tree without extras.
  std::span<const float> squares(const Node& node) const {
    return has_extras_ ? Of(square_, node) : std::span<const float>();
  }

  std::span<const float> priors(const Node& node) const { return Of(prior_, node); }
  std::span<const float> q(const Node& node) const { return Of(q_, node); }
  std::span<const std::int32_t> visits(const Node& node) const { return Of(visits_, node); }
  std::span<const NodeIndex> children(const Node& node) const { return Of(child_, node); }
  std::span<const std::uint16_t> actions(const Node& node) const { return Of(action_, node); }

  // Edge = first_edge + position among the node's moves.
  float& edge_q(std::uint32_t edge) { return q_[edge]; }
  std::int32_t& edge_visits(std::uint32_t edge) { return visits_[edge]; }
  NodeIndex& edge_child(std::uint32_t edge) { return child_[edge]; }
  float& edge_square(std::uint32_t edge) { return square_[edge]; }  // REQUIRES: has_extras()
  float edge_prior(std::uint32_t edge) const { return prior_[edge]; }
  Action edge_action(std::uint32_t edge) const { return action_[edge]; }

 private:
  template <typename T>
  static std::span<const T> Of(const std::vector<T>& array, const Node& node) {
    return {array.data() + node.first_edge, node.num_edges};
  }
  void AddExtras(const Leaf& leaf, std::size_t edges);
  void ShrinkEdges(std::size_t edges);

  std::size_t max_nodes_;
  std::size_t num_actions_;
  std::size_t max_edges_;
  bool has_extras_;
  bool has_moments_ = false;  // the root came with them
  std::vector<Node> nodes_;
  std::vector<ScoreMoments> moments_;  // one a node, or empty
  std::vector<NodeExtras> extras_;     // one a node, or empty
  std::vector<float> square_;          // one an edge, or empty
  std::vector<float> prior_;
  std::vector<float> q_;
  std::vector<std::int32_t> visits_;
  std::vector<NodeIndex> child_;
  std::vector<std::uint16_t> action_;
  std::vector<NodeIndex> new_index_;  // scratch of KeepSubtree
};

}  // namespace tengen

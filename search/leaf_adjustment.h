#pragma once

#include <optional>
#include <span>
#include <vector>

#include "envs/core/game.h"
#include "search/backup.h"
#include "search/mcts.h"
#include "search/tree.h"
#include "search/value_bias.h"

namespace tengen {

// A leaf of a search: where it lies and what is known of it.
struct LeafPlace {
  const State& root;
  std::span<const PathStep> path;  // from the root; empty: the root itself
  const State& state;              // read unless terminal
  bool terminal = false;
  float score = 0.0F;  // points, view of the player to move at the leaf
};

// What a search adds to the evaluator's values: the worth of the score (score_utility.h) and the
// correction of bias (value_bias.h). Keeps what both know of one tree. Not thread-safe.
class LeafAdjustment {
 public:
  explicit LeafAdjustment(const MctsConfig& config)
      : utility_factor_(config.score_utility), bias_(config.value_bias) {}

  ValueBias& bias() { return bias_; }
  bool has_utility() const { return utility_factor_ > 0.0; }

  // For an empty tree.
  void Clear();
  // After KeepSubtree.
  void Keep(Tree& tree);

  // The worth of the leaf's score. The first one that is asked for at a root sets the center, and
  // is 0.
  float Utility(const LeafPlace& leaf);
  // Utility, bucket and correction of a leaf that is added; the root and ends of games have no
  // bucket.
  void Fill(const Tree& tree, const LeafPlace& leaf, Tree::Leaf& added);

 private:
  const double utility_factor_;
  ValueBias bias_;
  std::optional<float> score_center_;  // the first player's, points
  std::vector<Cell> board_;            // scratch
};

// Takes what scores added off q and root_value of a result. Takes time linear in the tree.
void TakeUtilityOff(const Tree& tree, RootSelection root, SearchResult& result);

}  // namespace tengen

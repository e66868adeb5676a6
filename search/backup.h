#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "search/puct.h"
#include "search/tree.h"
#include "search/value_bias.h"

// What a simulation does to the statistics along its path.

namespace tengen {

// One move of a path from the root, and its statistics when the simulation chose it.
struct PathStep {
  NodeIndex node;
  std::uint32_t edge;
  std::int32_t saved_node_visits;
  std::int32_t saved_edge_visits;
  float saved_edge_q;
};

// The step that takes the node's move number `move`.
PathStep MakeStep(const Tree& tree, NodeIndex node, int move);

// Takes the statistics of today into the path: those that its simulation found are out of date.
void SaveAnew(const Tree& tree, std::span<PathStep> path);

// Adds one visit along the path, and the return of each move from the view of the player who takes
// it: G = reward + child_discount * G', from the leaf up. `value` is the return from the leaf on,
// view of its player to move; `reward` that of the last move; the other rewards are in the nodes.
// child_discount is gamma for one player and -gamma for two. `range` takes in every new Q.
void AddReturn(Tree& tree, std::span<const PathStep> path, double reward, double value,
               double child_discount, QRange& range);

// The same in a tree with extras: keeps the mean squares of returns too, and, where `bias` is on,
// corrects each node of the path by it. A correction changes a sum of returns that were counted
// before, and goes up the path beside the new return; squares do not see it.
void AddReturnWithExtras(Tree& tree, std::span<const PathStep> path, double reward, double value,
                         double child_discount, QRange& range, ValueBias& bias);

// Counts the simulation as `visits` without a value while its value is unknown ("unobserved
// samples", Liu et al. 2020, Watch the Unobserved, section 3.1), so that Q stays. A move without
// any visit has no Q to keep: it gets `worst`, which sends the next simulation elsewhere.
void AddUnobserved(Tree& tree, std::span<const PathStep> path, std::int32_t visits, float worst);

// Makes the statistics along the path what they were, bit by bit. Several simulations under way are
// taken back in the opposite order.
void TakeUnobservedBack(Tree& tree, std::span<const PathStep> path);

// Mean over each node's own raw_score and the scores behind its moves by their visits, view of the
// player to move there; two players. Moves visited without a node (the tree was full) are left out.
std::vector<float> MeanScores(const Tree& tree);

// The same of NodeExtras::utility: what scores added to the mean of each node, two players.
std::vector<float> MeanUtilities(const Tree& tree);

// The same of Tree::moments; empty where the tree has none. What they spread over is what networks
// expect of each position and how much the positions differ.
std::vector<ScoreMoments> MeanMoments(const Tree& tree);

}  // namespace tengen

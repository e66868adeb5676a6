#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "envs/core/rng.h"
#include "search/gumbel.h"
#include "search/mcts.h"
#include "search/puct.h"
#include "search/return_spread.h"
#include "search/tree.h"

namespace tengen {

// How a search moves through its tree: PUCT or Gumbel, at the root and below, and what it concludes
// at the end. Applies the formulas of puct.h and gumbel.h to the nodes of one tree. Keeps the noise
// of the current search. Not thread-safe.
class MoveSelector {
 public:
  explicit MoveSelector(const MctsConfig& config);

  // Draws the noise of a search of `simulations` from an evaluated root; a Gumbel root considers at
  // most `considered` moves.
  void StartSearch(const Tree& tree, int simulations, int considered, Exploration exploration,
                   Rng& rng);
  // Forgets it.
  void EndSearch() { started_ = false; }
  bool started() const { return started_; }

  // The number of the move that the next simulation takes at `index`; at the root REQUIRES:
  // started().
  int Select(const Tree& tree, NodeIndex index, const QRange& range);
  // Gives the last choice at the root back: its simulation does not take place.
  void GiveBack();
  // Whether the next choice at the root needs the values of all simulations so far.
  bool AtRoundEnd() const { return gumbel_ && gumbel_root_.AtRoundEnd(); }

  // Fills the training target over the root's moves: the share of visits, without those forced
  // (PUCT; the prior while there are none), or the improved policy (Gumbel).
  void FillPolicy(const Tree& tree, const QRange& range, std::span<float> policy) const;

  // What the root is worth to who plays by `policy`, which FillPolicy filled; SearchResult tells.
  float RootValue(const Tree& tree, std::span<const float> policy) const;

  // The number of the root's best move: the most visited, of equals the one with the larger Q, then
  // prior, or the one with the best lower bound where that is on (PUCT); the winner of the
  // sequential halving (Gumbel).
  std::size_t Best(const Tree& tree, const QRange& range) const;

 private:
  int SelectByPuct(const Tree& tree, NodeIndex index, const QRange& range) const;
  // ExplorationFactor, scaled by the spread of returns where that is on.
  double ExplorationAt(const Tree& tree, NodeIndex index, const QRange& range) const;
  bool Forces() const { return forced_playouts_ > 0.0 && exploring_; }
  void FillPrunedPolicy(const Tree& tree, const QRange& range, std::span<float> policy) const;

  const bool gumbel_;
  const PuctParameters puct_;
  const double fpu_reduction_;
  const double root_fpu_reduction_;
  const double noise_total_;
  const double noise_fraction_;
  const double noise_shape_;
  const double forced_playouts_;
  const LcbParameters lcb_;
  const StdevParameters stdev_;
  const GumbelParameters gumbel_parameters_;
  bool started_ = false;
  bool exploring_ = false;          // a PUCT root, with noise
  std::vector<float> root_priors_;  // PUCT: with noise
  std::vector<float> root_noise_;   // Gumbel
  GumbelRoot gumbel_root_;
  std::vector<float> scratch_;
};

}  // namespace tengen

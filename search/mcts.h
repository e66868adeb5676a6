#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"

namespace tengen {

enum class RootSelection {
  kPuct,    // AlphaZero: PUCT from the root on, noise on the root priors
  kGumbel,  // Danihelka et al. 2022: Gumbel top-k, sequential halving, completed Q
};

// How one tree searches. One struct, defaults for self-play on small boards.
struct MctsConfig {
  RootSelection root = RootSelection::kGumbel;

  // PUCT (Silver et al. 2018): U = c(N) P sqrt(N) / (1 + n), c(N) = c_init + log((1 + N + c_base) / c_base).
  double c_init = 1.25;
  double c_base = 19652.0;
  // First-play urgency: an unvisited child is worth its parent's Q minus reduction * sqrt(sum of the
  // priors of the visited children), in units of normalised Q.
  double fpu_reduction = 0.2;
  double root_fpu_reduction = 0.0;

  // Dirichlet noise at a PUCT root: alpha = total / number of legal moves. Fraction 0 = none.
  double noise_total = 10.83;
  double noise_fraction = 0.25;

  // Gumbel root: actions drawn without replacement, and sigma(q) = (c_visit + max N) c_scale q.
  int gumbel_considered = 16;
  double gumbel_c_visit = 50.0;
  double gumbel_c_scale = 1.0;

  // Leaves of this tree collected before one evaluation; above 1 with virtual loss.
  int leaf_batch = 1;
  double virtual_loss = 1.0;

  // Bound on the tree: nodes kept, root included. Memory: see Mcts::BytesFor.
  int max_nodes = 100000;

  // Keep the subtree of the move played. Off: every move starts from an empty tree.
  bool reuse_tree = true;
};

// Whether a search explores for training (root noise; Gumbel noise) or plays its best.
enum class Exploration { kOff, kOn };

// What one search found. Values are from the view of the player to move at the root.
struct SearchResult {
  std::vector<Action> actions;     // legal, ascending
  std::vector<float> priors;       // evaluator's, before noise
  std::vector<int> visits;         // simulations through each action
  std::vector<float> q;            // mean return per action; the root value where unvisited
  std::vector<float> policy;       // improved policy, the training target: PUCT visits / sum, or
                                   // Gumbel softmax(logits + sigma(completed Q))
  float root_value = 0.0F;         // mean of all simulations, search's view
  float raw_value = 0.0F;          // evaluator's value of the root
  float raw_score = 0.0F;
  int simulations = 0;             // spent on this move (those inherited by reuse not counted)
  Action best = kNoAction;         // most visited (PUCT), or winner of the sequential halving (Gumbel)
  std::vector<Action> principal_variation;
};

// Monte Carlo tree search for one or two players, as a resumable machine, so that one thread can keep
// many games waiting at their leaves and evaluate them in one batch:
//
//   mcts.Begin(state, visits, Exploration::kOn, rng);
//   while (mcts.Gather() > 0) {            // 1. select: walk down to leaf_batch leaves
//     ticket = evaluator.Submit(mcts.pending());   // 2. evaluate, for many trees at once
//     evaluator.Wait(ticket);
//     mcts.Backup();                       // 3. expand the leaves, add values along the paths
//   }
//   result = mcts.Result();
//
// Ends of games are exact and cost no evaluation. Not thread-safe; different trees are independent.
class Mcts {
 public:
  explicit Mcts(const MctsConfig& config);
  ~Mcts();
  Mcts(Mcts&&) noexcept;
  Mcts& operator=(Mcts&&) noexcept;

  // Starts a search of `simulations` from `root` (copied). If the last tree holds this position below
  // its root (config.reuse_tree), its subtree is kept and its visits count on top.
  // `rng` must outlive the search and is used by Gather only. REQUIRES: !root.IsTerminal().
  void Begin(const State& root, int simulations, Exploration exploration, Rng& rng);

  // Selects the next leaves and returns how many wait for an evaluation; 0 when the search is done.
  // Simulations that end in a finished game are completed inside. REQUIRES: no leaf is pending.
  int Gather();
  // The waiting leaves: submit them to an Evaluator, then call Backup.
  std::span<Evaluation> pending();
  void Backup();

  // Stops before the budget is used up (time limits). REQUIRES: no leaf is pending.
  void Stop();

  // REQUIRES: at least one simulation is complete.
  SearchResult Result() const;

  // Forgets the tree.
  void Clear();

  int node_count() const;
  // Upper bound of the memory that a tree with this configuration takes for a game.
  static std::int64_t BytesFor(const MctsConfig& config, const GameSpec& spec);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Runs Begin/Gather/Backup to the end with one evaluator.
SearchResult RunMcts(Mcts& mcts, Evaluator& evaluator, const State& root, int simulations,
                     Exploration exploration, Rng& rng);

}  // namespace tengen

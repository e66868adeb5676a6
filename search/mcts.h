#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "envs/core/rng.h"
#include "search/evaluator.h"
#include "search/return_spread.h"
#include "search/value_bias.h"

namespace tengen {

enum class RootSelection {
  kPuct,    // AlphaZero: PUCT from the root on, noise on the root priors
  kGumbel,  // Danihelka et al. 2022: Gumbel top-k, sequential halving, completed Q
};

// How one tree searches. One struct, defaults for self-play on small boards.
struct MctsConfig {
  RootSelection root = RootSelection::kGumbel;

  // PUCT (Silver et al. 2018), see puct.h. Q is normalised to [0, 1]: 1.25 is 2.5 in units of a
  // two-player game's [-1, 1].
  double c_init = 1.25;
  double c_factor = 1.0;
  double c_base = 19652.0;
  // First-play urgency: an unvisited child is worth its parent's Q minus reduction * sqrt(sum of
  // the priors of the visited children), in units of normalised Q.
  double fpu_reduction = 0.2;
  double root_fpu_reduction = 0.0;

  // Dirichlet noise at a PUCT root: alpha = total / number of legal moves. Fraction 0 = none.
  double noise_total = 10.83;
  double noise_fraction = 0.25;
  // Share of alpha that goes to moves whose priors stand out (ShapeDirichlet); 0 to 0.99, 0 = none.
  double noise_shape = 0.0;
  // Forced playouts at a PUCT root that explores, pruned from the policy: k of forced_playouts.h,
  // 2 in the paper; 0 = off.
  double forced_playouts = 0.0;

  // What may make a search stronger for the same visits. All of it is off unless asked for; with
  // any of it on, a tree takes 28 bytes more for each node and 4 for each move (tree.h).
  // lcb.stdevs and stdev.scale act on PUCT roots and PUCT selection only (return_spread.h).
  LcbParameters lcb;
  StdevParameters stdev;
  ValueBiasParameters value_bias;
  // Factor of ScoreUtility (score_utility.h), for evaluators with a score; 0 = off. Two players.
  // The center is the root's raw score, kept as long as the tree. SearchResult's values are without
  // it.
  double score_utility = 0.0;

  // Gumbel root: actions drawn without replacement, and sigma(q) = (c_visit + max N) c_scale q.
  int gumbel_considered = 16;
  double gumbel_c_visit = 50.0;
  double gumbel_c_scale = 1.0;

  // Leaves of this tree collected before one evaluation. Above 1, a simulation under way counts as
  // `virtual_loss` visits without a value, on a move never visited with the worst (backup.h).
  int leaf_batch = 1;
  int virtual_loss = 1;
  // Batches of leaves that may wait at once, so that one is selected while others are evaluated
  // (batch_queue.h). Their visits without a value count meanwhile.
  int batches = 1;

  // A leaf becomes a node of the tree at its visit number `expand_visits` (Silver et al. 2016,
  // n_thr = 40 with 40 threads); each visit until then evaluates it again, rollouts anew. The root
  // and ends of games become nodes at once.
  int expand_visits = 1;

  // Bound on the tree: nodes kept, root included. When it is full, leaves are evaluated and count
  // along their paths, but are not added. Memory: see Mcts::BytesFor.
  int max_nodes = 100000;

  // Keep the subtree of the move played. Off: every move starts from an empty tree.
  bool reuse_tree = true;
};

// Whether a search explores for training (root noise; Gumbel noise) or plays its best.
enum class Exploration { kOff, kOn };

// What one search found. Values are from the view of the player to move at the root.
struct SearchResult {
  std::vector<Action> actions;  // legal, ascending
  std::vector<float> priors;    // evaluator's, before noise
  std::vector<int> visits;      // simulations through each action, those kept by reuse included
  std::vector<float> q;         // mean return per action; of all simulations where unvisited
  std::vector<float> policy;    // improved policy, the training target: PUCT visits / sum, or
                                // Gumbel softmax(logits + sigma(completed Q))
  // What the root is worth to who plays by `policy`. PUCT: the mean over raw_value and all
  // simulations; Gumbel, whose visits are spread to compare moves: sum of policy x completed Q.
  float root_value = 0.0F;
  float raw_value = 0.0F;  // evaluator's value of the root
  float raw_score = 0.0F;
  int simulations = 0;               // spent on this move (those inherited by reuse not counted)
  std::int64_t simulator_calls = 0;  // State::Apply for this move
  Action best = kNoAction;  // most visited (PUCT), or winner of the sequential halving (Gumbel)
  std::vector<Action> principal_variation;
};

// The final score of self-play from some positions on, in points: its mean and its standard
// deviation, which holds what the evaluator does not know and how much the positions differ.
struct SelfplayScore {
  float mean = 0.0F;
  float deviation = 0.0F;
};

// Mean scores of a search, view of the player to move at the root, in points: over what the
// evaluator said of the positions in the tree and the scores of finished games.
struct SearchScores {
  float root = 0.0F;         // of everything
  std::vector<float> moves;  // behind each of SearchResult::actions; `root` where unvisited
  // The same of EvaluationDetails; a finished game's score is certain. Empty if the root's
  // evaluation was not asked for details or had none.
  std::optional<SelfplayScore> selfplay_root;
  std::vector<SelfplayScore> selfplay_moves;
};

// First thing wrong with it.
Status CheckMctsConfig(const MctsConfig& config);
// Whether trees need extras (tree.h) with this configuration.
bool NeedsExtras(const MctsConfig& config);

// One move in a tree, for people who look into it; with score_utility, its part in q included.
struct TreeMove {
  int parent = -1;  // index of the move before in the list; -1 at the root
  int depth = 1;    // plies from the root
  Action action = kNoAction;
  int visits = 0;      // N
  float q = 0.0F;      // Q: mean return, view of the player who takes the move
  float prior = 0.0F;  // P, of the evaluator
  float u = 0.0F;      // U: PUCT's exploration term, in units of normalised Q
};

// Monte Carlo tree search for one or two players, as a resumable machine, so that one thread can
// keep many games waiting at their leaves and evaluate them in one batch:
//
//   mcts.Begin(state, visits, Exploration::kOn, rng);
//   while (mcts.Gather() > 0) {            // 1. select: walk down to leaf_batch leaves
//     ticket = evaluator.Submit(mcts.pending());   // 2. evaluate, for many trees at once
//     evaluator.Wait(ticket);
//     mcts.Backup();                       // 3. expand the leaves, add values along the paths
//   }
//   result = mcts.Result();
//
// Ends of games are exact and cost no evaluation. A new root is evaluated before the first
// simulation and does not count as one, so n simulations cost at most n + 1 evaluations.
//
// A simulation: 1. select from the root down, PUCT or Gumbel (puct.h, gumbel.h); 2. replay the
// moves on a scratch position and evaluate it; 3. add it to the tree; 4. add its return along the
// path, G = reward + discount * G', where G' changes sign with two players, who must alternate.
//
// leaf_batch = batches = 1 is the plain serial search. Above 1 a batch ends early when the
// selection meets a leaf that already waits, and where a Gumbel root ends a round; visits under way
// are taken back exactly before the values are added. With batches > 1, Gather may be called up to
// `batches` times before Backup, and each Backup takes the oldest of them, so that what a search
// finds depends on the order of the calls alone, not on how long evaluations take.
//
// Not thread-safe; different trees are independent. In steady use a search allocates nothing.
class Mcts {
 public:
  explicit Mcts(const MctsConfig& config);
  ~Mcts();
  Mcts(Mcts&&) noexcept;
  Mcts& operator=(Mcts&&) noexcept;

  // Starts a search of `simulations` from `root` (copied). If the last tree holds this position, at
  // its root or below (config.reuse_tree; found by Ply and InputKey), its subtree is kept and its
  // visits count on top. Leaves that still wait from the last search are dropped.
  // `rng` must outlive the search and is used by Gather only. `considered` is how many moves a
  // Gumbel root considers, 0 = config.gumbel_considered.
  // REQUIRES: !root.IsTerminal(), simulations >= 0, considered >= 0.
  void Begin(const State& root, int simulations, Exploration exploration, Rng& rng,
             int considered = 0);

  // Selects a batch of leaves and returns how many; 0 when there are none to select: the search is
  // done, or, where batches wait, it cannot go on before a Backup. Simulations that end in a
  // finished game are completed inside (PauseAfterEnds). REQUIRES: waiting() < config.batches.
  int Gather();
  // From now on Gather also returns 0 after so many simulations in a row that ended in a finished
  // game, of which there may be millions where the game is decided; done() tells. 0: never.
  void PauseAfterEnds(int simulations);
  // All simulations of the budget are begun, or Stop was called.
  bool done() const;
  // Batches that wait, from their Gather to their Backup.
  int waiting() const;
  // The leaves of the batch that was gathered last: submit them to an Evaluator, then call Backup;
  // they stay where they are until then. Before Backup the caller may change priors, and leave
  // moves out by shortening `legal` and `prior` together (not to nothing): the search then never
  // plays them from that position. Details are not asked for; where the caller points `details` to
  // memory of its own, Backup reads them and Scores tells their means.
  std::span<Evaluation> pending();
  // The root's move that a waiting leaf lies behind; kNoAction for the root itself.
  Action RootMove(const Evaluation& pending) const;
  // Of the oldest batch that waits. REQUIRES: its evaluations are answered.
  void Backup();

  // Stops before the budget is used up (time limits). REQUIRES: no leaf is pending.
  void Stop();

  // Without any visit yet, policy is the prior and best its maximum.
  // REQUIRES: the root is evaluated and no leaf is pending.
  SearchResult Result() const;
  // The line that begins with a legal move of the root and goes on with the most visited ones.
  // REQUIRES: as Result().
  // `visits`, if not null, gets the visits of each move of the line.
  std::vector<Action> Line(Action first, std::vector<int>* visits = nullptr) const;
  // All moves with at least so many visits (the root's too), but at most so many, breadth first;
  // moves of one position by their visits. REQUIRES: as Result(), min_visits >= 1.
  std::vector<TreeMove> Moves(int min_visits, std::size_t most) const;
  // Games with area, evaluators with a score. Takes time linear in the tree. REQUIRES: as Result().
  SearchScores Scores() const;

  // Forgets the tree.
  void Clear();

  int node_count() const;
  const MctsConfig& config() const;
  // Upper bound of the memory that a tree with this configuration takes for a game, in bytes,
  // without its scratch positions (leaf_batch * batches + 1, and one more for each ply between
  // reused roots).
  static std::int64_t BytesFor(const MctsConfig& config, const GameSpec& spec);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Runs Begin/Gather/Backup to the end with one evaluator, with config.batches at once.
SearchResult RunMcts(Mcts& mcts, Evaluator& evaluator, const State& root, int simulations,
                     Exploration exploration, Rng& rng);

}  // namespace tengen

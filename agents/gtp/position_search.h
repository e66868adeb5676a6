#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agents/gtp/move_limits.h"
#include "envs/core/rng.h"
#include "envs/go/go_game.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

// What an evaluator says of one position; values from the view of the player to move.
struct PositionEvaluation {
  std::vector<Action> legal;
  std::vector<float> prior;
  float value = 0.0F;
  float score = 0.0F;
  std::vector<float> ownership;  // empty where the evaluator has none
  EvaluationDetails details;
};

// One position to search and when to stop.
struct PositionSearchRequest {
  const State* root = nullptr;    // not terminal; of Go if ownership is asked for
  int visits = 0;                 // simulations, at most
  std::optional<double> seconds;  // wall-clock time
  std::function<bool()> stop;     // asked between batches; empty: never
  // Called with the search under way: after first_s (or soon after), then every interval_s.
  std::function<void(const SearchResult&)> report;
  double first_s = 0.0;
  double interval_s = 0.0;

  // Where they leave nothing at the root, it is evaluated and not searched; deeper, the pass
  // remains.
  MoveLimits limits;
  double root_temperature = 1.0;  // priors of the root become prior^(1 / temperature); > 0
  bool ownership = false;         // collect it and its spread, see PositionAnalysis
  bool moves_ownership = false;   // and that behind each move, see MoveAnalysis
};

// One move of the root. Values from the view of the player to move at the root.
struct MoveAnalysis {
  Action action = kNoAction;
  int visits = 0;
  float prior = 0.0F;      // of the evaluator, over all legal moves; the temperature counts
  float value = 0.0F;      // mean return; the root's where unvisited
  float score = 0.0F;      // mean score, points; the root's where unvisited
  SelfplayScore selfplay;  // see PositionAnalysis; the root's where unvisited
  // See PositionAnalysis; the root's with fewer than two evaluations behind the move.
  float score_spread = 0.0F;
  std::vector<Action> line;  // most visited moves, this one first
  std::vector<int> line_visits;
  // As in PositionAnalysis, over the positions behind this move.
  std::vector<float> ownership;
  std::vector<float> ownership_spread;
  float no_result = 0.0F;  // the root's where unvisited
};

// What a search found, view of the player to move at the root.
struct PositionAnalysis {
  // Best first: the search's choice, then by visits and prior. None where the limits leave nothing.
  std::vector<MoveAnalysis> moves;
  int visits = 0;  // evaluation of the root and simulations, inherited ones too
  float value = 0.0F;
  float score = 0.0F;
  float raw_value = 0.0F;  // of the evaluator alone
  float raw_score = 0.0F;
  bool has_score = false;  // whether the evaluator has scores (a raw score that is not 0)
  // Of final scores from the positions in the tree on; empty where the evaluator has no details.
  std::optional<SelfplayScore> selfplay;
  // Standard deviation of the evaluator's scores over the positions evaluated for this search; 0 of
  // fewer than two. Not of games: it tells how far the positions of the tree differ.
  float score_spread = 0.0F;
  // Mean over the positions evaluated for this search of what the evaluator says of each point,
  // P(the mover's) - P(the other's). Empty if not asked for, or nothing was evaluated that has it.
  std::vector<float> ownership;
  // Standard deviation of the same over these positions, 0 of one: how far they differ.
  std::vector<float> ownership_spread;
  // Mean over the same positions of the probability that the game has no result; 0 where the
  // evaluator does not know.
  float no_result = 0.0F;
  // The evaluator's answer at the root, with neither temperature nor limits. Empty, and no details,
  // if the root was inherited from the search before.
  std::vector<Action> legal;
  std::vector<float> policy;
  EvaluationDetails details;
};

// Winning probability of a value in [-1, 1].
double WinRate(double value);
// Lower end of the 95 % interval of a proportion with as many trials as visits; 0 without visits.
double WinRateLowerBound(double win_rate, int visits);

// A search tree that stays with one game, for play, analysis and pondering. Reads the steady clock.
// Not thread-safe.
class PositionSearch {
 public:
  PositionSearch(std::shared_ptr<Evaluator> evaluator, const MctsConfig& config,
                 std::uint64_t seed);

  // The tree of the search before is used again unless one of the two has limits or a temperature.
  SearchResult Run(const PositionSearchRequest& request);
  // Of the last search, or the one under way (inside `report`). REQUIRES: there is one, and its
  // root is still there.
  PositionAnalysis Analysis() const;
  // The same search's tree, see Mcts::Moves.
  std::vector<TreeMove> Tree(int min_visits, std::size_t most) const {
    return mcts_.Moves(min_visits, most);
  }
  void Forget() { mcts_.Clear(); }

  // The evaluator alone. `random` as in Evaluation. REQUIRES: !state.IsTerminal().
  PositionEvaluation Evaluate(const GoState& state, std::uint64_t random);

  Rng& rng() { return rng_; }

 private:
  // A running mean of ownerships, view of the player to move at the root.
  class OwnershipMean {
   public:
    // `sign` turns it to that view.
    void Add(std::span<const float> ownership, double sign);
    std::vector<float> Value() const;      // empty before the first
    std::vector<float> Deviation() const;  // as well
   private:
    std::vector<double> sum_;
    std::vector<double> squares_;
    int count_ = 0;
  };

  // Mean and variance as numbers come in (Welford 1962).
  class Spread {
   public:
    void Add(double number) {
      const double before = number - mean_;
      mean_ += before / ++count_;
      squares_ += before * (number - mean_);
    }
    int count() const { return count_; }
    double mean() const { return mean_; }
    float Deviation() const;  // 0 of fewer than two

   private:
    int count_ = 0;
    double mean_ = 0.0;
    double squares_ = 0.0;
  };

  // What a batch says beside its values.
  void AddScores(std::span<const Evaluation> batch, bool is_root);
  // A batch before it goes to the evaluator, and when its answers stand (BatchQueue::Hook).
  void Ask(const PositionSearchRequest& request, std::span<Evaluation> batch, int place);
  void Take(const PositionSearchRequest& request, std::span<Evaluation> batch, int place);
  void KeepRoot(Evaluation& root, double temperature);
  void AddOwnership(std::span<const Evaluation> batch, bool moves);
  void LeaveOutMoves(std::span<Evaluation> batch);
  bool LimitsLeaveNothing() const;
  float PriorOf(Action move, float searched) const;

  std::shared_ptr<Evaluator> evaluator_;
  Mcts mcts_;
  Rng rng_;

  // This search.
  const State* root_ = nullptr;
  MoveLimits limits_;
  bool plain_ = true;  // neither limits nor temperature
  std::vector<Action> legal_;
  std::vector<float> policy_;
  std::vector<float> tempered_;  // the same with the temperature
  EvaluationDetails details_;
  Spread score_spread_;
  std::map<Action, Spread> move_score_spread_;  // behind the moves of the root
  Spread no_result_;
  std::map<Action, Spread> move_no_result_;
  OwnershipMean ownership_mean_;
  std::map<Action, OwnershipMean> move_ownership_;  // behind the moves of the root

  // Where answers of a batch go besides its own memory.
  struct Answers {
    std::vector<EvaluationDetails> details;
    std::vector<float> ownership;
  };
  std::vector<Answers> answers_;                // by place in the queue of batches
  std::vector<std::vector<Action>> permitted_;  // of the batch that is taken
};

// Owner of each point at the end of `playouts` random games that fill no own eye: mean of +1 (first
// player) and -1. REQUIRES: !state.IsTerminal().
std::vector<float> OwnershipByPlayouts(const GoState& state, int playouts, Rng& rng);

}  // namespace tengen

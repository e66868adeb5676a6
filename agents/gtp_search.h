#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "envs/core/rng.h"
#include "envs/go/go_game.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

// What an evaluator says of one position; values from the view of the player to move.
struct GtpEvaluation {
  std::vector<Action> legal;
  std::vector<float> prior;
  float value = 0.0F;
  float score = 0.0F;
  std::vector<float> ownership;  // empty where the evaluator has none
};

// One position to search and when to stop.
struct GtpSearchRequest {
  const State* root = nullptr;    // not terminal
  int visits = 0;                 // simulations, at most
  std::optional<double> seconds;  // wall-clock time
  std::function<bool()> stop;     // asked between batches; empty: never
  // Called with the search under way: after first_s (or soon after), then every interval_s.
  std::function<void(const SearchResult&)> report;
  double first_s = 0.0;
  double interval_s = 0.0;
};

// A search tree that stays with one game, for play, analysis and pondering. Reads the steady clock.
// Not thread-safe.
class GtpSearch {
 public:
  GtpSearch(std::shared_ptr<Evaluator> evaluator, const MctsConfig& config, std::uint64_t seed);

  SearchResult Run(const GtpSearchRequest& request);
  // The most visited line that begins with a move of the last search.
  std::vector<Action> Line(Action first) const { return mcts_.Line(first); }
  void Forget() { mcts_.Clear(); }

  // The evaluator alone. `random` as in Evaluation. REQUIRES: !state.IsTerminal().
  GtpEvaluation Evaluate(const GoState& state, std::uint64_t random);
  // Evaluator's score behind each move of the root, view of the player to move at the root.
  std::vector<float> ScoresAfter(const GoState& root, std::span<const Action> moves);

  Rng& rng() { return rng_; }

 private:
  std::shared_ptr<Evaluator> evaluator_;
  Mcts mcts_;
  Rng rng_;
};

// Owner of each point at the end of `playouts` random games that fill no own eye: mean of +1 (first
// player) and -1. REQUIRES: !state.IsTerminal().
std::vector<float> OwnershipByPlayouts(const GoState& state, int playouts, Rng& rng);

}  // namespace tengen

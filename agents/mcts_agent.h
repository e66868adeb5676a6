#pragma once

#include <memory>

#include "agents/agent.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

struct MctsAgentConfig {
  MctsConfig mcts;
  int visits = 100;      // simulations per move, at most
  double seconds = 0.0;  // stops a search after this wall-clock time; 0 = visits alone decide
  Exploration exploration = Exploration::kOff;
  // Resigns when the search's value falls below this (view of the mover); -1 = never.
  double resign_below = -1.0;
};

// Plays the best move of a tree search. With a RolloutEvaluator it is plain Monte Carlo tree
// search, "mcts:800". Without a time limit its moves are a function of position, rng and evaluator.
class MctsAgent : public Agent {
 public:
  MctsAgent(std::string name, std::shared_ptr<Evaluator> evaluator, const MctsAgentConfig& config);

  std::string Name() const override { return name_; }
  void Restart() override;
  ActResult Act(const State& state, Rng& rng) override;

  // Everything that the last search found. REQUIRES: Act was called.
  const SearchResult& last_result() const { return last_result_; }

 private:
  const std::string name_;
  const std::shared_ptr<Evaluator> evaluator_;
  const MctsAgentConfig config_;
  Mcts mcts_;
  SearchResult last_result_;
};

}  // namespace tengen

#include "agents/mcts_agent.h"

#include <utility>

#include "agents/resignation.h"
#include "search/time_control.h"

namespace tengen {

MctsAgent::MctsAgent(std::string name, std::shared_ptr<Evaluator> evaluator,
                     const MctsAgentConfig& config)
    : name_(std::move(name)),
      evaluator_(std::move(evaluator)),
      config_(config),
      mcts_(config.mcts) {
  TENGEN_CHECK(config.visits > 0, "visits ", config.visits, ", wanted at least 1");
}

void MctsAgent::Restart() {
  mcts_.Clear();
  last_result_ = {};
}

ActResult MctsAgent::Act(const State& state, Rng& rng) {
  last_result_ = RunMctsWithin(mcts_, *evaluator_, state, {config_.visits, config_.seconds},
                               config_.exploration, rng);
  ActResult result;
  result.action = last_result_.best;
  result.resigns = IsHopeless(last_result_.root_value, config_.resign_below);
  result.info.value = last_result_.root_value;
  result.info.score = last_result_.raw_score;
  result.info.visits = last_result_.simulations;
  result.info.principal_variation = last_result_.principal_variation;
  return result;
}

}  // namespace tengen

#include "agents/policy_agent.h"

#include <algorithm>
#include <utility>

namespace tengen {

PolicyAgent::PolicyAgent(std::string name, std::shared_ptr<Evaluator> evaluator,
                         PolicyChoice choice)
    : name_(std::move(name)), evaluator_(std::move(evaluator)), choice_(choice) {}

ActResult PolicyAgent::Act(const State& state, Rng& rng) {
  state.LegalActions(legal_);
  prior_.assign(legal_.size(), 0.0F);
  Evaluation evaluation;
  evaluation.state = &state;
  evaluation.legal = legal_;
  evaluation.random = rng.Next();
  evaluation.prior = prior_;
  evaluator_->Evaluate({&evaluation, 1});

  const auto best = std::max_element(prior_.begin(), prior_.end()) - prior_.begin();
  const auto chosen = choice_ == PolicyChoice::kBest ? best : rng.Categorical(prior_);
  ActResult result;
  result.action = legal_[static_cast<std::size_t>(chosen)];
  result.info.value = evaluation.value;
  result.info.score = evaluation.score;
  return result;
}

}  // namespace tengen

#pragma once

#include <memory>

#include "agents/agent.h"
#include "search/evaluator.h"

namespace tengen {

enum class PolicyChoice {
  kBest,     // the most probable move; the lowest action among equals
  kSampled,  // drawn from the policy
};

// Plays an evaluator's policy without search.
class PolicyAgent : public Agent {
 public:
  PolicyAgent(std::string name, std::shared_ptr<Evaluator> evaluator, PolicyChoice choice);

  std::string Name() const override { return name_; }
  void Restart() override {}
  ActResult Act(const State& state, Rng& rng) override;

 private:
  const std::string name_;
  const std::shared_ptr<Evaluator> evaluator_;
  const PolicyChoice choice_;
  std::vector<Action> legal_;
  std::vector<float> prior_;
};

}  // namespace tengen

#pragma once

#include "agents/agent.h"

namespace tengen {

// Plays a uniformly random legal move.
class RandomAgent : public Agent {
 public:
  std::string Name() const override { return "random"; }
  void Restart() override {}
  ActResult Act(const State& state, Rng& rng) override;

 private:
  std::vector<Action> legal_;
};

}  // namespace tengen

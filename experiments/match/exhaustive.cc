#include "experiments/match/exhaustive.h"

#include <utility>

namespace tengen {
namespace {

class Walk {
 public:
  Walk(Agent& agent, Player player, std::uint64_t seed, const std::atomic<bool>* stop)
      : agent_(agent), player_(player), seed_(seed), stop_(stop) {}

  // `share` of the whole tree lies behind `state`.
  void From(const State& state, double share) {
    if (Stopped()) return;
    if (state.IsTerminal()) return CountLine(state, share);
    std::vector<Action> actions;
    if (state.ToMove() == player_) {
      agent_.Restart();
      Rng rng(seed_, RngRole::kMatch);
      actions.push_back(agent_.Act(state, rng).action);
      ++result_.positions;
    } else {
      state.LegalActions(actions);
    }
    const auto child = state.Clone();
    for (const Action action : actions) {
      child->CopyFrom(state);
      child->Apply(action);
      line_.push_back(action);
      From(*child, share / static_cast<double>(actions.size()));
      line_.pop_back();
    }
  }

  ExhaustiveResult Take() {
    result_.complete = !stopped_;
    // Thirds and sevenths do not add up to 1 in binary.
    if (result_.complete) result_.walked = 1.0;
    return std::move(result_);
  }

 private:
  bool Stopped() {
    stopped_ = stopped_ || (stop_ != nullptr && stop_->load());
    return stopped_;
  }

  void CountLine(const State& state, double share) {
    ++result_.lines;
    result_.walked += share;
    const double value = state.Return(player_);
    result_.wins += value > 0.0 ? 1 : 0;
    result_.draws += value == 0.0 ? 1 : 0;
    if (value < 0.0 && result_.losses++ == 0) result_.first_lost_line = line_;
  }

  Agent& agent_;
  const Player player_;
  const std::uint64_t seed_;
  const std::atomic<bool>* const stop_;
  bool stopped_ = false;
  std::vector<Action> line_;
  ExhaustiveResult result_;
};

}  // namespace

ExhaustiveResult PlayEveryLine(const Game& game, Agent& agent, Player agent_player,
                               std::uint64_t seed, const std::atomic<bool>* stop) {
  Walk walk(agent, agent_player, seed, stop);
  walk.From(*game.NewState(), 1.0);
  return walk.Take();
}

}  // namespace tengen

#include "experiments/match/exhaustive.h"

namespace tengen {
namespace {

class Walk {
 public:
  Walk(Agent& agent, Player player, std::uint64_t seed, const std::atomic<bool>* stop)
      : agent_(agent), player_(player), seed_(seed), stop_(stop) {}

  void From(const State& state) {
    if (stop_ != nullptr && stop_->load()) return;
    if (state.IsTerminal()) return CountLine(state);
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
      From(*child);
      line_.pop_back();
    }
  }

  const ExhaustiveResult& result() const { return result_; }

 private:
  void CountLine(const State& state) {
    ++result_.lines;
    const double value = state.Return(player_);
    result_.wins += value > 0.0 ? 1 : 0;
    result_.draws += value == 0.0 ? 1 : 0;
    if (value < 0.0 && result_.losses++ == 0) result_.first_lost_line = line_;
  }

  Agent& agent_;
  const Player player_;
  const std::uint64_t seed_;
  const std::atomic<bool>* const stop_;
  std::vector<Action> line_;
  ExhaustiveResult result_;
};

}  // namespace

ExhaustiveResult PlayEveryLine(const Game& game, Agent& agent, Player agent_player,
                               std::uint64_t seed, const std::atomic<bool>* stop) {
  Walk walk(agent, agent_player, seed, stop);
  walk.From(*game.NewState());
  return walk.result();
}

}  // namespace tengen

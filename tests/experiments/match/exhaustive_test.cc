#include "experiments/match/exhaustive.h"

#include <functional>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

// Always plays the lowest legal action. Its lines are counted by hand below.
class LowestAgent : public Agent {
 public:
  std::string Name() const override { return "lowest"; }
  void Restart() override {}
  ActResult Act(const State& state, Rng&) override {
    state.LegalActions(legal_);
    ActResult result;
    result.action = legal_.front();
    return result;
  }

 private:
  std::vector<Action> legal_;
};

TEST(Exhaustive, EveryLineOfTheOpponentIsPlayedOnce) {
  LowestAgent agent;
  const auto game = *MakeGame("tictactoe");
  const ExhaustiveResult result = PlayEveryLine(*game, agent, Player::kFirst, 1);
  EXPECT_EQ(result.lines, result.wins + result.draws + result.losses);
  // Without an early end there would be 8 * 6 * 4 * 2 lines.
  EXPECT_LT(result.lines, 8 * 6 * 4 * 2);
  EXPECT_GT(result.losses, 0);
  EXPECT_FALSE(result.first_lost_line.empty());
}

TEST(Exhaustive, ABruteForceCountOfLinesAgrees) {
  // Independent recursion over the same opponent lines.
  const auto game = *MakeGame("tictactoe");
  const std::function<int(const State&)> count = [&](const State& state) -> int {
    if (state.IsTerminal()) return 1;
    std::vector<Action> legal;
    state.LegalActions(legal);
    if (state.ToMove() == Player::kSecond) legal.resize(1);
    int lines = 0;
    for (const Action action : legal) {
      const auto child = state.Clone();
      child->Apply(action);
      lines += count(*child);
    }
    return lines;
  };
  LowestAgent agent;
  EXPECT_EQ(PlayEveryLine(*game, agent, Player::kSecond, 1).lines, count(*game->NewState()));
}

TEST(Exhaustive, ACompleteWalkSaysSo) {
  LowestAgent agent;
  const ExhaustiveResult result = PlayEveryLine(**MakeGame("tictactoe"), agent, Player::kFirst, 1);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.walked, 1.0);
}

// Asks to stop when it is asked for its `last`-th move.
class StoppingAgent final : public LowestAgent {
 public:
  explicit StoppingAgent(int last) : left_(last) {}
  ActResult Act(const State& state, Rng& rng) override {
    if (--left_ == 0) stop = true;
    return LowestAgent::Act(state, rng);
  }

  std::atomic<bool> stop{false};

 private:
  int left_;
};

TEST(Exhaustive, AStoppedWalkSaysHowMuchWasWalked) {
  const auto game = *MakeGame("tictactoe");
  StoppingAgent at_once(1);
  const ExhaustiveResult none = PlayEveryLine(*game, at_once, Player::kFirst, 1, &at_once.stop);
  EXPECT_FALSE(none.complete);
  EXPECT_EQ(none.lines, 0);
  EXPECT_EQ(none.walked, 0.0);

  LowestAgent lowest;
  const ExhaustiveResult all = PlayEveryLine(*game, lowest, Player::kFirst, 1);
  StoppingAgent half_way(static_cast<int>(all.positions / 2));
  const ExhaustiveResult some = PlayEveryLine(*game, half_way, Player::kFirst, 1, &half_way.stop);
  EXPECT_FALSE(some.complete);
  EXPECT_GT(some.lines, 0);
  EXPECT_LT(some.lines, all.lines);
  EXPECT_GT(some.walked, 0.2);
  EXPECT_LT(some.walked, 0.8);
}

}  // namespace
}  // namespace tengen

#pragma once

#include <functional>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/rng.h"

namespace tengen {

// Chooses the moves of rollouts: games that are played to the end for what they are worth. It may
// follow a game move by move, so that a choice costs little. One object serves one thread.
class RolloutPolicy {
 public:
  virtual ~RolloutPolicy() = default;

  // A rollout begins here. `start` is of any game that the policy plays.
  virtual void Begin(const State& start) = 0;
  // Draws the next move. `state` is the position of Begin at first, then the one that the last
  // chosen move led to. REQUIRES: !state.IsTerminal().
  virtual Action Choose(const State& state, Rng& rng) = 0;
};

struct UniformRolloutOptions {
  // Moves that rollouts do not play, for example those that fill an own eye in Go; empty: none.
  // Asked for legal moves only.
  std::function<bool(const State&, Action)> skip;
  // Played where `skip` refuses every legal move, if it is legal itself (in Go the pass). Otherwise
  // such a position draws from all its legal moves.
  Action fallback = kNoAction;
};

// Every wanted move is as likely as the others. Plays every game.
class UniformRolloutPolicy final : public RolloutPolicy {
 public:
  explicit UniformRolloutPolicy(UniformRolloutOptions options = {});

  void Begin(const State& start) override { (void)start; }
  Action Choose(const State& state, Rng& rng) override;

 private:
  Action ChooseFromList(const State& state, Rng& rng);

  const UniformRolloutOptions options_;
  std::vector<Action> legal_;
};

}  // namespace tengen

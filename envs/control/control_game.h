#pragma once

#include <memory>
#include <span>

#include "envs/core/env.h"
#include "envs/core/game.h"
#include "envs/core/game_options.h"

namespace tengen {

// Control tasks with discrete actions as games of one player, so that the tree search plans in
// their true dynamics. Arithmetic, rewards and start distribution are those of the environment of
// the same name (registry/env_registry.h).
//
// A state goes on beyond the time limit: GameSpec::truncates. A tree that grows near the limit thus
// values what would follow, as an agent does that bootstraps through a truncation.
//
// Options of every task: start=N, the seed of the first state (default 0): the state after
// Env::Reset with Rng(N, RngRole::kEnvironment); limit=N, plies (default: the environment's);
// discount, gamma of the planner (default 0.99).
Result<std::shared_ptr<const Game>> MakeCartPoleGame(GameOptions options);
Result<std::shared_ptr<const Game>> MakeMountainCarGame(GameOptions options);
Result<std::shared_ptr<const Game>> MakeAcrobotGame(GameOptions options);

// What encoders see of such a position.
class ControlState : public State {
 public:
  // The environment's observation. REQUIRES: out.size() == its observation size.
  virtual void Observe(std::span<float> out) const = 0;
};

// The environments that are games too, by name, with their default time limit.
const std::vector<EnvSpec>& ControlGameEnvs();

}  // namespace tengen

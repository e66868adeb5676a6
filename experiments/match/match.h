#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "agents/agent.h"
#include "envs/core/game.h"

namespace tengen {

struct MatchConfig {
  int games = 100;        // rounded up to whole pairs
  int opening_plies = 2;  // uniform random legal moves (never a pass) before the agents take over
  std::uint64_t seed = 1;
  int threads = 1;  // games at the same time, each with agents of its own
};

// Makes an agent for one thread. Called on that thread; must be thread-safe.
using AgentMaker = std::function<std::unique_ptr<Agent>()>;

struct MatchGame {
  int index = 0;  // games 2k and 2k + 1 share an opening with colours swapped
  bool a_is_first = true;
  std::vector<Action> moves;  // opening included
  int opening_plies = 0;
  double result_a = 0.0;  // +1 a won, 0 draw, -1 b won
};

struct MatchResult {
  std::vector<MatchGame> games;         // by index; shorter than asked for after a stop
  int wins = 0, draws = 0, losses = 0;  // a's
  int first_player_wins = 0;

  int count() const { return wins + draws + losses; }
  double points() const { return wins + 0.5 * draws; }
};

// Plays a against b in colour-swapped pairs. Game i depends on (seed, i) and the agents alone, not
// on threads. `stop` (may be null) ends it after the games under way; `progress` (may be empty) is
// called after each game, one call at a time. Rethrows an agent's exception.
MatchResult PlayMatch(const Game& game, const AgentMaker& a, const AgentMaker& b,
                      const MatchConfig& config, const std::atomic<bool>* stop = nullptr,
                      const std::function<void(const MatchResult&)>& progress = {});

}  // namespace tengen

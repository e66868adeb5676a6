#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "agents/agent.h"
#include "envs/core/game.h"

namespace tengen {

// An agent against every possible line of moves of its opponent.
struct ExhaustiveResult {
  std::int64_t lines = 0;  // complete games
  std::int64_t wins = 0, draws = 0, losses = 0;
  std::int64_t positions = 0;  // in which the agent was asked
  std::vector<Action> first_lost_line;
  // Share of the tree that was walked, each opponent's moves in a position taken as equally large
  // (Knuth, "Estimating the efficiency of backtrack programs", 1975): 1 unless it was stopped.
  double walked = 0.0;
  bool complete = false;
};

// Walks the whole game tree: all moves of the opponent, one of the agent in each position. The
// agent is asked once per line of moves, with Rng(seed, kMatch, 0) each time, so that its answer
// depends on the position alone (give it fixed symmetries). For small games: the tree is walked
// completely, unless `stop` (may be null) ends it.
ExhaustiveResult PlayEveryLine(const Game& game, Agent& agent, Player agent_player,
                               std::uint64_t seed, const std::atomic<bool>* stop = nullptr);

}  // namespace tengen

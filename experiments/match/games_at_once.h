#pragma once

#include "experiments/players/agent_spec.h"

namespace tengen {

// How many games of two agents are played at the same time.
//
// A network answers many positions together in a fraction of the time that it takes for one after
// the other. So where visits alone limit the searches, many more games than processors are under
// way, which take turns on a thread for each processor, and the networks answer the positions of
// all games of a thread in batches. A search by the clock would get less done then, and an outside
// program needs a processor: such agents play one game on each thread.
struct GamesAtOnce {
  int threads = 1;
  int games_a_thread = 1;

  // For the specs of both agents.
  bool gathers() const { return games_a_thread > 1; }
};

inline constexpr int kGamesAThread = 64;

// What somebody asked for.
struct ParallelGames {
  int threads = 0;  // processors to use; 0 = all
  int games = 0;    // at once; 0 = as said above
  // No batches over several games: what a network answers differs in its last digits with the size
  // of a batch, so that only then games depend on their seed alone.
  bool deterministic = false;
};

// Whether both are agents of one network, asked in the same way: its evaluator can serve both, with
// larger batches and half of the memory.
bool ShareNetwork(const AgentSpec& a, const AgentSpec& b);

GamesAtOnce PlanGamesAtOnce(const AgentSpec& a, const AgentSpec& b, const ParallelGames& wanted);

}  // namespace tengen

#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "agents/agent.h"
#include "envs/core/game.h"
#include "experiments/match/match.h"

namespace tengen {

// How an agent fares alone, in a game of one player.
struct EpisodesConfig {
  int episodes = 20;
  std::uint32_t first_start = 0;  // episode i begins where Game::WithStart(first_start + i) does
  std::uint64_t seed = 1;         // of the agent's choices
  int threads = 1;                // episodes at the same time, each with an agent of its own
};

// Undiscounted returns, by episode; fewer after a stop. Episode i depends on (config, i) and the
// agent alone. `stop` may be null. Rethrows an agent's exception. REQUIRES: one player.
std::vector<double> PlayEpisodes(const Game& game, const AgentMaker& make_agent,
                                 const EpisodesConfig& config,
                                 const std::atomic<bool>* stop = nullptr);

}  // namespace tengen

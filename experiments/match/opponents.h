#pragma once

#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"

namespace tengen {

// Agents of two factories, which must outlive them. Where both ask the same network of one game,
// they share its answers until the game ends: three of ten that one asks for (net:go9, 100 visits,
// 9x9) the other has asked for before. Every game begins without any, so that what it comes to does
// not depend on the games before it.
OpponentsMaker OpponentsOf(const AgentFactory& a, const AgentFactory& b);

}  // namespace tengen

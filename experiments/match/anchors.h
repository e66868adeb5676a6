#pragma once

#include <string>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// A fixed opponent: "random" (Elo 0 by definition) or pure Monte Carlo tree search, "mcts:200".
struct Anchor {
  std::string agent;
  double elo = 0.0;
};

// The anchors of every ladder, weakest first.
const std::vector<std::string>& AnchorAgents();

// Their Elo in this game as measured with `tengen ladder --measure-anchors` and kept in
// experiments/presets/anchors.json, weakest first; empty where the game was not measured. Games
// that differ in komi alone are different games.
std::vector<Anchor> MeasuredAnchors(const std::string& game_id);

}  // namespace tengen

#pragma once

#include <array>
#include <string>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// What a game in the window starts with. Networks whose spec says no `batch` search with a batch
// for their visits.
struct PlayOptions {
  std::string game = "go:size=9,rules=tromp-taylor,komi=7";  // id or preset
  std::array<std::string, 2> agents = {"", "mcts:800"};      // as in `match`; "" = a person
  std::string analysis;  // the agent that analyses; "" = a network that plays, or pure search
  std::string record;    // an SGF file to show instead of an empty board
  // Played already at the start, without a record.
  std::vector<Action> moves;
  double minutes = 0.0;  // each player's time for the game; 0 = no clock
};

// The agent that a person meets who has chosen none: a network that comes with the program, if it
// plays this game, or pure search.
std::string DefaultOpponent(const std::string& game);

}  // namespace tengen

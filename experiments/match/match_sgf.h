#pragma once

#include <string>

#include "envs/go/go_game.h"
#include "experiments/match/match.h"

namespace tengen {

// Names of the agents in a record.
struct MatchNames {
  std::string a;
  std::string b;
};

// A game of a match as SGF: board, rules, komi, handicap, names, moves, the result and, in a
// comment on the root, where the opening ends and why the game ended.
std::string MatchGameSgf(const GoGame& game, const MatchGame& record, const MatchNames& names);

// RE: "B+3.5", "W+R" (resignation), "B+T" (time), "B+F" (other failures), "0" (draw), "B+" where
// nobody counted.
std::string SgfResult(const MatchGame& record);

// Why it ended, a sentence: "Black wins by 3.5 points." and so on, with what the agents counted.
std::string EndText(const MatchGame& record, const MatchNames& names);

}  // namespace tengen

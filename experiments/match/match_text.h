#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/game.h"
#include "experiments/match/match.h"
#include "experiments/match/match_sgf.h"
#include "experiments/statistics/interval.h"

namespace tengen {

// Score and Elo of a with their intervals: by pairs, and by games where not one pair is whole.
Interval MatchScore(const MatchResult& result);
Interval MatchElo(const MatchResult& result);

// The result as a table of several lines; `names` are what it calls the agents.
std::string MatchTable(const Game& game, const MatchNames& names, const MatchResult& result);

// The same, and how often each first move after the opening was chosen, as one object.
nlohmann::ordered_json MatchJson(const Game& game, const MatchNames& names,
                                 const MatchResult& result);

}  // namespace tengen

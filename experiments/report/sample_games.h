#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "agents/records/game_record.h"

namespace tengen {

// Games out of the records of a run, and what all of them show in games of one player.
struct SampledGames {
  std::vector<GameRecord> games;  // evenly many over the run, first and newest included
  std::int64_t read = 0;          // records that were looked at
  std::int64_t damaged = 0;       // stretches that could not be read, records against the rules
  std::vector<double> returns;    // of all that were looked at, in the order they finished
};

// At most `count` games of the shards in `folder`, which somebody may be appending to; nothing
// where there are none. Of very many shards some are left out, evenly.
SampledGames SampleGames(const std::filesystem::path& folder, std::size_t count);

// "Black wins by 3.5", "X wins", "Draw", "Red wins, Yellow resigned", "return 187".
std::string ResultText(const GameRecord& record);

// Boards to step through, for boards.js. Positions come from the rules of each record's game, as
// changes of points from ply to ply:
//
//   {"boards": {ID: {"style", "rows", "columns", "columnNames", "rowNames", "stars", "first",
//                    "second", "start"}},
//    "games": [{"board": ID, "number", "step", "result", "owner", "plies": [ply, ...]}, ...]}
//   ply: [move text, point or -1, [point, cell, ...], value of the first player in thousandths or
//         null, visits, [point, policy in thousandths, ...], player who moves: 1 or 2]
//
// A value and a policy are of the search that chose the move. Takes games while the JSON stays
// below `bytes`, leaving out every other one until it does. REQUIRES: the records keep the rules.
nlohmann::ordered_json BoardsJson(const std::vector<GameRecord>& games, std::size_t bytes);

}  // namespace tengen

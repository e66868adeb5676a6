#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/analysis/analysis_query.h"
#include "experiments/analysis/game_analysis.h"

// An analysed game for people, programs and game records.

namespace tengen {

// What stands above and around the rows.
struct GameReport {
  std::string network;
  Perspective perspective = Perspective::kBlack;
  bool has_score = false;
  std::vector<MoveReport> moves;
};

// One line per move and a summary per player.
std::string GameReportTable(const GameLine& line, const GameReport& report);

// {"network", "point_of_view", "board", "rules", "komi", "moves": [...], "summary": {...}}. Win
// rates and scores are in the report's point of view, losses in the mover's.
nlohmann::ordered_json GameReportJson(const GameLine& line, const GameReport& report);

// Puts what the report says of each move into the comment of the move's node, behind what stands
// there, and names the point of view. `root` is the analysis before the first move, for the root
// node; null where the report begins later.
void AddComments(const GameLine& line, const GameReport& report, const PositionAnalysis* root,
                 SgfTree& tree);

}  // namespace tengen

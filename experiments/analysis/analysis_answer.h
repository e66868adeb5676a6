#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "agents/gtp/position_search.h"
#include "experiments/analysis/analysis_query.h"

// Answers of the analysis service, in the fields of KataGo's analysis engine.

namespace tengen {

// moveInfos, rootInfo and, where the settings ask for them and the network gives them, policy and
// ownership, of moves as well. Left out are scores where the network has none, details that only
// networks of KataGo have (scoreSelfplay and scoreStdev among them), and what this search does not
// compute (playSelectionValue). lcb is
// WinRateLowerBound, utility the value in [-1, 1] that the search maximises.
nlohmann::json AnalysisJson(const AnalysisSettings& settings, const GoState& root,
                            const PositionAnalysis& analysis);

// 32 hexadecimal digits that name stones, player to move and the point that simple ko forbids.
std::string PositionName(const GoState& state);
// The smallest name of the position and its mirror images and rotations.
std::string SymmetricPositionName(const GoState& state);

// A number with nine significant digits, enough to tell floats apart.
double Rounded(double value);

}  // namespace tengen

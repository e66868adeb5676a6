#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "agents/gtp/position_search.h"
#include "envs/go/go_game.h"

// One analysed position as text for people: who wins, the moves worth looking at, and diagrams of
// policy and ownership.
//
//     A   B   C   D   E                      A   B   C   D   E
//  5  .   .   2   .   .    5              5  +3  +2  .   -1  -2   5
//  4  .   64  X   O   .    4              4  +4  +5  X+7 O-6 -3   4

namespace tengen {

// Everything below, in this order.
std::string PositionReport(const GoState& state, const PositionAnalysis& analysis);

// A bar of both win rates, the lead, and what else the network says.
std::string ValueText(const GoState& state, const PositionAnalysis& analysis);
// The best moves found (by prior alone, if nothing was searched), at most `count`.
std::string MovesText(const GoState& state, const PositionAnalysis& analysis, int count);
// Stones as X and O; percents of the network's policy, from 1 on, on empty points.
std::string PolicyDiagram(const GoState& state, const PositionAnalysis& analysis);
// Stones as X and O; how sure each point is Black's (+1 to +9) or White's (-1 to -9), in tenths.
// Empty if the network has no ownership.
std::string OwnershipDiagram(const GoState& state, const PositionAnalysis& analysis);

nlohmann::ordered_json PositionReportJson(const GoState& state, const PositionAnalysis& analysis);

}  // namespace tengen

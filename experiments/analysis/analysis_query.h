#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "agents/gtp/move_limits.h"
#include "envs/core/result.h"
#include "experiments/analysis/analysis_network.h"
#include "experiments/analysis/analysis_position.h"
#include "search/mcts.h"

// Queries of the analysis service, in the protocol of KataGo's analysis engine
// (https://github.com/lightvector/KataGo/blob/master/docs/Analysis_Engine.md).

namespace tengen {

// Whose win rate, score and ownership answers tell.
enum class Perspective { kBlack, kWhite, kSideToMove };

// "black", "white", "side-to-move", or as KataGo writes them ("SIDETOMOVE").
Result<Perspective> ParsePerspective(std::string_view text);
// +1 or -1: what values in the view of `mover` are multiplied with.
double PerspectiveSign(Perspective perspective, Player mover);

// How a position is analysed and what of it is told.
struct AnalysisSettings {
  std::int64_t visits = 500;      // the evaluation of the root is one of them
  std::optional<double> seconds;  // a position, at most
  double fpu_reduction = MctsConfig().fpu_reduction;
  double root_fpu_reduction = MctsConfig().root_fpu_reduction;
  double root_temperature = 1.0;
  MoveLimits limits;
  RootHistory history = RootHistory::kHidden;
  std::string profile;  // the people that the network imitates; "" for its own

  Perspective perspective = Perspective::kBlack;
  bool ownership = false;
  bool moves_ownership = false;
  bool ownership_spread = false;  // ownershipStdev
  bool moves_ownership_spread = false;
  bool no_result = false;
  bool policy = false;
  bool pv_visits = false;
  int pv_length = 15;                    // moves of a line behind the first, at most
  std::optional<double> first_report_s;  // empty: no reports while the search goes on
  double report_every_s = 1e30;
};

// One turn of a query.
struct AnalysisTurn {
  int number = 0;  // moves played
  std::int64_t priority = 0;
  AnalysisPosition position;
};

// What is wrong with a query, and where.
struct QueryProblem {
  std::string field;
  std::string message;
};

struct AnalysisQuery {
  AnalysisSettings settings;
  std::vector<AnalysisTurn> turns;  // ascending
  std::vector<QueryProblem> warnings;
};

// Reads all of a query but its id. Fields that are missing have their value from `defaults`;
// unknown fields and unknown settings are warnings.
std::variant<AnalysisQuery, QueryProblem> ReadAnalysisQuery(const nlohmann::json& json,
                                                            const AnalysisSettings& defaults,
                                                            const AnalysisNetwork& network);

}  // namespace tengen

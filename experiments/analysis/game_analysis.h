#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "agents/gtp/position_search.h"
#include "envs/core/result.h"
#include "envs/go/rules.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_game.h"
#include "experiments/analysis/analysis_network.h"
#include "experiments/analysis/position_trail.h"

namespace tengen {

// The main line of a game record, ready for analysis.
struct GameLine {
  SgfGameInfo info;
  Rules rules;
  std::vector<SgfMove> moves;
  std::vector<AnalysisPosition> positions;  // before each move, and at the end
};

// `rules`: those of the record if empty, see RulesOfRecord. Errors: no Go, a board beyond 19x19, a
// move that cannot be played (its number is named).
Result<GameLine> ReadGameLine(const SgfTree& tree, const std::optional<Rules>& rules,
                              RootHistory history);

// What RU and KM say: the preset of that name ("Japanese", "NZ", ...), otherwise Chinese rules;
// komi of the record, otherwise of the rules.
Rules RulesOfRecord(const SgfGameInfo& info);

struct GameAnalysisOptions {
  int visits = 100;  // simulations a position
  int threads = 1;   // positions searched at a time
  // Batches evaluated at a time, of what the threads ask for; 0 = each thread evaluates its own,
  // which gives the same numbers however many threads there are.
  int lanes = 0;
  std::uint64_t seed = 1;
  // Called after each position, from one thread at a time, with how many are done. May throw.
  std::function<void(int done)> progress;
};

// Searches positions first to last of the line, each with a tree of its own. Rethrows what a thread
// threw. REQUIRES: 0 <= first <= last < positions.
std::vector<PositionAnalysis> AnalyseLine(const GameLine& line, int first, int last,
                                          const AnalysisNetwork& network,
                                          const GameAnalysisOptions& options);

// One move of an analysed game. Values in points and win rates of the player who moved; a loss is
// what the move gave away against the best one found.
struct MoveReport {
  int number = 0;  // from 1
  SgfMove move;
  double win_rate = 0.0;  // after the move
  double score = 0.0;     // after the move; 0 without a score
  double win_rate_loss = 0.0;
  double score_loss = 0.0;
  float prior = 0.0F;  // of the network for the move
  int rank = 0;        // of the move among those the search looked at, from 1; 0 = it did not
  MoveAnalysis best;   // in the position before; values of the player who moved
  int visits = 0;      // of the position before
};

// `analyses`: of the positions before moves first .. first + size - 2 and after the last of them,
// counted from 1.
std::vector<MoveReport> ReportMoves(const GameLine& line, int first,
                                    const std::vector<PositionAnalysis>& analyses);

}  // namespace tengen

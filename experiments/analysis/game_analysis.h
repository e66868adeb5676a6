#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agents/gtp/position_search.h"
#include "envs/core/result.h"
#include "envs/go/rules.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_game.h"
#include "experiments/analysis/analysis_network.h"
#include "experiments/analysis/analysis_position.h"

namespace tengen {

// A position of a GameLine.
struct LinePlace {
  bool aside = false;  // of GameLine::aside, not of GameLine::positions
  int index = 0;
};

// The main line of a game record, ready for analysis.
struct GameLine {
  SgfGameInfo info;
  Rules rules;
  std::vector<std::string> notes;  // see RecordGame::Notes
  std::vector<SgfMove> moves;
  std::vector<AnalysisPosition> positions;  // before each move, and at the end
  // Where a move is judged: before it with its own player to move, behind it with the other one.
  // That is aside of the line where players move twice in a row, PL names another player, or the
  // record sets up the board between two moves.
  std::vector<AnalysisPosition> aside;
  std::vector<LinePlace> before;  // of each move
  std::vector<LinePlace> after;
};

// `rules`: those of the record if empty, see ReadSgfRules. Errors: no Go, a board beyond 19x19, a
// point off the board (the number of its move is named).
Result<GameLine> ReadGameLine(const SgfTree& tree, const std::optional<Rules>& rules,
                              RootHistory history);

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

// Analyses of a part of a line.
struct LineAnalysis {
  int first = 0;
  std::vector<PositionAnalysis> positions;  // of the line, from `first` on
  std::map<int, PositionAnalysis> aside;    // by their index in GameLine::aside

  const PositionAnalysis& At(LinePlace place) const {
    return place.aside ? aside.at(place.index)
                       : positions.at(static_cast<std::size_t>(place.index - first));
  }
};

// How many searches AnalyseLine makes.
int LineSearches(const GameLine& line, int first, int last);

// Searches positions first to last of the line and those aside that judge the moves between them,
// each with a tree of its own. Rethrows what a thread threw. REQUIRES: 0 <= first <= last <
// positions.
LineAnalysis AnalyseLine(const GameLine& line, int first, int last, const AnalysisNetwork& network,
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

// The moves between the positions of the analysis.
std::vector<MoveReport> ReportMoves(const GameLine& line, const LineAnalysis& analysis);

}  // namespace tengen

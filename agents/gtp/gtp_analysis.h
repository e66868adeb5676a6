#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agents/gtp/move_limits.h"
#include "agents/gtp/position_search.h"
#include "envs/core/result.h"
#include "envs/go/go_game.h"

// Output of analysis while a search is under way, in the forms that lz-analyze (Leela Zero) and
// kata-analyze (KataGo) gave to graphical programs.

namespace tengen {

enum class GtpAnalysisStyle {
  kLz,    // winrate, prior and lcb as ten-thousandths
  kKata,  // as fractions, and scores
};

// Arguments: [player] [interval] [key value]..., interval in hundredths of a second.
struct GtpAnalysisRequest {
  GtpAnalysisStyle style = GtpAnalysisStyle::kKata;
  std::optional<Player> player;  // empty: whoever is to move
  double interval_s = 1.0;
  int min_moves = 0;  // shown, even if not visited
  int max_moves = 1000;
  MoveLimits limits;
  // These with kKata only.
  bool ownership = false;
  bool moves_ownership = false;
  bool ownership_spread = false;  // ownershipStdev
  bool moves_ownership_spread = false;
  bool no_result = false;
  bool root_info = false;
  bool pv_visits = false;
  bool pv_edge_visits = false;
};

// Errors: unknown keys, those of kata-analyze in kLz, values out of range, avoid beside allow or
// allow twice for one player.
Result<GtpAnalysisRequest> ParseGtpAnalysis(GtpAnalysisStyle style, const GoGame& game,
                                            const std::vector<std::string>& arguments);

// One line without line end about the search of `root`, which is over or under way; "" where there
// is no move to tell of. All values are from the view of the player to move at the root, as
// KataGo's SIDETOMOVE. lcb is WinRateLowerBound; scoreMean and scoreLead are the mean score,
// scoreStdev is the evaluator's or, if it tells none, the spread over the positions of the search.
// ownershipStdev is the standard deviation over those positions, noResultValue a mean over them.
// What is not known is left out: scores of evaluators without them, scoreSelfplay and scoreStdev,
// movesOwnership of moves behind which nothing was evaluated. May use the evaluator for ownership.
std::string GtpAnalysisLine(const GtpAnalysisRequest& request, const GoState& root,
                            PositionSearch& search);

}  // namespace tengen

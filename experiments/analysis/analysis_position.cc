#include "experiments/analysis/analysis_position.h"

#include <utility>

namespace tengen {

Result<AnalysisPosition> PositionFor(GtpGame& game, Player to_move, RootHistory history) {
  const GoState& state = game.StateFor(to_move);
  // Where a pass would end the game, KataGo's root shows its networks neither that nor what came
  // before (conservativePass).
  const bool ends = state.consecutive_passes() > 0 && state.rules().scoring == ScoringRule::kArea;
  if (history == RootHistory::kHidden || (history == RootHistory::kShownToKataGo && ends)) {
    auto start = StartFrom(state);
    if (!start) return Error{start.error()};
    return AnalysisPosition{std::move(start->game), std::move(start->state)};
  }
  auto owner = std::static_pointer_cast<const GoGame>(state.game().shared_from_this());
  return AnalysisPosition{std::move(owner), std::make_shared<const GoState>(state)};
}

}  // namespace tengen

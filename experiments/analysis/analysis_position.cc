#include "experiments/analysis/analysis_position.h"

#include <utility>

namespace tengen {

Result<AnalysisPosition> PositionFor(GtpGame& game, Player to_move, RootHistory history) {
  const GoState& state = game.StateFor(to_move);
  if (history == RootHistory::kHidden) {
    auto start = StartFrom(state);
    if (!start) return Error{start.error()};
    return AnalysisPosition{std::move(start->game), std::move(start->state)};
  }
  auto owner = std::static_pointer_cast<const GoGame>(state.game().shared_from_this());
  return AnalysisPosition{std::move(owner), std::make_shared<const GoState>(state)};
}

}  // namespace tengen

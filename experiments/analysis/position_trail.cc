#include "experiments/analysis/position_trail.h"

#include <utility>

namespace tengen {

Status PositionTrail::Start(std::vector<std::string> rows, Player to_move, int handicap) {
  return game_.Start(std::move(rows), to_move, handicap);
}

Status PositionTrail::Play(const GtpMove& move) {
  const Status played = game_.Play(move.player, move.action);
  if (played.ok() || game_.rules().ko == KoRule::kSimple) return played;
  // A move that is legal on a board without a past was forbidden by superko.
  GtpGame fresh(game_.shape(), game_.rules());
  const Status started = fresh.Start(game_.state().board().Rows(), move.player, game_.handicap());
  if (!started.ok() || !fresh.Play(move.player, move.action).ok()) return played;
  game_ = std::move(fresh);
  return Ok{};
}

Result<AnalysisPosition> PositionTrail::Now() const {
  const GoState& state = game_.state();
  if (history_ == RootHistory::kHidden || state.IsTerminal()) {
    auto start = StartFrom(state);
    if (!start) return Error{start.error()};
    return AnalysisPosition{std::move(start->game), std::move(start->state)};
  }
  auto game = std::static_pointer_cast<const GoGame>(state.game().shared_from_this());
  return AnalysisPosition{std::move(game), std::make_shared<const GoState>(state)};
}

}  // namespace tengen

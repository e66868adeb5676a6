#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agents/gtp/gtp_game.h"
#include "envs/core/result.h"
#include "envs/go/go_game.h"

namespace tengen {

// A position that can be searched: its game is not over.
struct AnalysisPosition {
  std::shared_ptr<const GoGame> game;
  std::shared_ptr<const GoState> state;  // of `game`
};

// Whether networks see the moves that led to an analysed position. Ko, superko and prisoners count
// either way.
enum class RootHistory { kShown, kHidden };

// Follows the moves of a record, in which players may move twice in a row and go on after two
// passes, and gives the positions on the way. Moves that superko forbids are played all the same;
// what was on the board before is forgotten then. Not thread-safe.
class PositionTrail {
 public:
  // REQUIRES: 1 <= sides <= GoBoard::kMaxSide.
  PositionTrail(BoardShape shape, const Rules& rules, RootHistory history)
      : game_(shape, rules), history_(history) {}

  // From rows as in GoSetup; `handicap` of Black's stones count for the rules' bonus. Errors: as
  // GoGame::Make.
  Status Start(std::vector<std::string> rows, Player to_move, int handicap);
  // Errors: an illegal move; the position is as before.
  Status Play(const GtpMove& move);

  // Errors: the game is too long to go on from here.
  Result<AnalysisPosition> Now() const;
  const GoGame& game() const { return game_.game(); }

 private:
  GtpGame game_;
  const RootHistory history_;
};

}  // namespace tengen

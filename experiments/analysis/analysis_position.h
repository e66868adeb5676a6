#pragma once

#include <memory>

#include "agents/gtp/gtp_game.h"
#include "envs/core/result.h"
#include "envs/go/go_game.h"

namespace tengen {

// A position that can be searched: its game is not over.
struct AnalysisPosition {
  std::shared_ptr<const GoGame> game;
  std::shared_ptr<const GoState> state;  // of `game`
};

// Whether networks see the moves that led to an analysed position; those of KataGo do not see what
// a pass ends. Ko, superko and prisoners count either way.
enum class RootHistory { kShown, kShownToKataGo, kHidden };

// The position of a game with that player to move. Errors: the game is too long to go on from here.
Result<AnalysisPosition> PositionFor(GtpGame& game, Player to_move, RootHistory history);

}  // namespace tengen

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"

namespace tengen {

// A position with the exact value of each legal move for the player to move: +1, 0 or -1.
struct SolvedPosition {
  std::unique_ptr<State> state;
  std::vector<Action> actions;
  std::vector<int> values;  // one per action

  int best() const;                 // value of the position
  bool Keeps(Action action) const;  // the action has that value
  double KeepingShare() const;      // share of the legal moves that do
};

// Positions of a game for two reached by uniformly random legal moves, at plies drawn uniformly
// from [min_ply, max_ply], in which at most half of the legal moves keep the value; no position
// twice (mirror images count as different). Connect Four is solved by ConnectFourSolver, other
// games by AlphaBeta, which needs positions near their end. Fewer after a `stop` (may be null).
// Errors: positions too far from the end, plies at which there are hardly such positions.
Result<std::vector<SolvedPosition>> SolvePositions(const Game& game, int count, int min_ply,
                                                   int max_ply, std::uint64_t seed,
                                                   const std::atomic<bool>* stop = nullptr);

}  // namespace tengen

#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/game.h"

namespace tengen {

// How wrong the search was at a ply that it searched: |root value - the game's result|, both from
// the view of `mover`, who moves there; 0 to 2. Two players.
float Regret(const GameRecord& record, int ply, Player mover);

// Plies before the first that was searched: a random opening, or what a restarted game took over
// from an earlier one. All of them if none was searched.
int UnsearchedPlies(const GameRecord& record);

// Positions of finished games that went against their searches, from which later games begin. After
// Regret-Guided Search Control (Tsai et al. 2026, arXiv:2602.20809); beginning from an archive of
// played positions is Go-Exploit's (Trudeau & Bowling 2023, arXiv:2302.12359). Deviations: regret
// is that of one ply, no network predicts it, and positions that were searched but not played are
// left out; each game leaves one position, and each is drawn once, not until it is understood.
//
// A game leaves only what lies behind its own first search, so restarts of restarts move on towards
// the end of the game, and end. Two players. Not thread-safe.
class RestartPool {
 public:
  // Positions kept, of all games together; the oldest makes room, since its search was by the
  // oldest network. 4 bytes a move: 0.5 MB where games have 500 plies.
  static constexpr std::size_t kCapacity = 256;

  // Keeps the position before the ply of the highest regret behind the first search (of equals the
  // latest) and before any resignation, if any regret is above 0. REQUIRES: `game` is of the
  // record's id, the game is over.
  void Offer(const GameRecord& record, const Game& game);

  // The moves from the start to a position of this game id, drawn with probability ~ its regret by
  // `place` in [0, 1), and forgets it. Empty: there is none.
  std::vector<Action> Take(const std::string& game_id, double place);

  std::size_t size() const { return positions_.size(); }

 private:
  struct Position {
    std::string game_id;
    std::vector<Action> moves;
    float regret = 0.0F;
  };

  std::deque<Position> positions_;  // the oldest first
};

}  // namespace tengen

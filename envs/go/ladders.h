#pragma once

#include <array>
#include <deque>
#include <vector>

#include "envs/core/game.h"
#include "envs/go/board.h"

namespace tengen {

// A chain of one or two liberties that is taken by a run of ataris.
struct Ladder {
  Point head = kNoPoint;
  Player owner = Player::kFirst;
  // Liberties on which the opponent's play starts the ladder; none (kNoPoint) for a chain in atari,
  // which cannot run away even when its owner moves first.
  std::array<Point, 2> moves = {kNoPoint, kNoPoint};
};

// Reads ladders depth first. The attacker plays liberties of the chain and must give atari with
// every play; the owner plays the last liberty or takes chains in atari that touch the chain.
//
//    chain on the attacker's turn:  one liberty: taken; three: free; two: he fills either one
//    chain on the owner's turn:     two liberties: free; one: he tries every play
//
// Kos count for the owner: he is free where the attacker has just taken a ko. One exception: a
// chain whose two liberties are both mouths of kos that the attacker can take is lost, if neither
// connection gains a liberty and no attacking chain is in atari. Suicide never matters. Reading
// stops at 25,000 plays (the chain is free) and at a depth of 1.5 plays per point (it is taken).
// These limits and exceptions are those of KataGo's networks' inputs.
//
// Keeps boards for reuse. Not thread-safe; use one reader per thread.
class LadderReader {
 public:
  // Whether the chain at `stone` is taken although its owner moves first. REQUIRES: it is in atari.
  bool IsTaken(const GoBoard& board, Point stone);

  // The liberties whose filling by the opponent starts a working ladder, the unused places
  // kNoPoint. A ban of board.ko_point() holds for the first play. REQUIRES: a chain of two
  // liberties at `stone`.
  std::array<Point, 2> StartingMoves(const GoBoard& board, Point stone);

  // All chains of the board that are in a ladder.
  std::vector<Ladder> FindAll(const GoBoard& board);

 private:
  static constexpr int kMaxPlays = 25'000;

  void Begin(const GoBoard& board, Point stone);
  GoBoard& BoardAt(int depth) { return boards_[static_cast<std::size_t>(depth)]; }
  bool TakenOnOwnersTurn(int depth);
  bool TakenOnAttackersTurn(int depth);
  bool TryPlay(int depth, Point p, Player player);
  bool IsDoubleKo(const GoBoard& board, Point a, Point b) const;
  void AddLiberties(const GoBoard& board, Point stone, std::size_t first);
  void AddCaptures(const GoBoard& board, std::size_t first);

  std::deque<GoBoard> boards_;  // by depth; references stay valid while it grows
  std::vector<Point> plays_;    // plays to try, those of each depth behind those of the last
  Point stone_ = kNoPoint;
  Player owner_ = Player::kFirst;
  int max_depth_ = 0;
  int plays_made_ = 0;
};

}  // namespace tengen

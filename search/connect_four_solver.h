#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// Exact result of Connect Four positions under best play: alpha-beta over bitboards with a
// transposition table. Positions of ply 8 and later are solved in a fraction of a second; the empty
// board takes minutes. Deterministic; what was solved before only makes it faster. Not thread-safe.
class ConnectFourSolver {
 public:
  // `table_bytes` of transposition table, rounded down to a power of two; all the memory it takes.
  // REQUIRES: table_bytes >= 1024.
  explicit ConnectFourSolver(std::size_t table_bytes);

  // +1 if the player to move wins, 0 for a draw, -1 for a loss.
  // REQUIRES: a position of "connect4", not terminal.
  int Value(const State& state);

  // For each legal action in ascending order: Value of the position for the player to move after
  // that action, from the view of the player who takes it. REQUIRES: as Value.
  std::vector<int> MoveValues(const State& state);

  // Positions searched since construction.
  std::int64_t nodes() const { return nodes_; }

 private:
  // The stones of the player to move and of both.
  struct Position {
    std::uint64_t own;
    std::uint64_t all;
  };
  // What is known of a value.
  struct Bounds {
    int low;
    int high;
  };

  int Solve(const Position& position);
  int Search(const Position& position, int alpha, int beta);
  int SearchMoves(const Position& position, std::uint64_t moves, int alpha, int beta);

  std::size_t Slot(std::uint64_t key) const;
  Bounds Load(std::uint64_t key) const;
  void Store(std::uint64_t key, Bounds bounds);

  std::vector<std::uint64_t> table_;  // key << 8 | 0x80 | (high + 1) << 2 | (low + 1); 0 = free
  int index_shift_ = 0;
  std::int64_t nodes_ = 0;
};

}  // namespace tengen

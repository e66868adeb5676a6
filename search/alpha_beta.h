#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// Exact solver for small two-player games: negamax with alpha-beta and a transposition table. Made
// for tests: it knows no game and orders moves as they come. Not thread-safe.
//
// Positions with equal State::InputKey and Ply are taken for the same position.
class AlphaBeta {
 public:
  // `table_entries` is rounded up to a power of two; 32 bytes each. `max_positions` bounds the work
  // of one call.
  explicit AlphaBeta(std::int64_t table_entries = 1 << 20,
                     std::int64_t max_positions = 100'000'000);

  // Result under perfect play, from the view of the player to move; nothing if `max_positions` was
  // not enough. REQUIRES: two players, !state.IsTerminal().
  std::optional<double> Value(const State& state);

  // Results of all legal moves, in LegalActions' order, from the view of the player to move.
  std::optional<std::vector<double>> ActionValues(const State& state);

  // Positions visited by the last call.
  std::int64_t positions() const { return positions_; }

 private:
  enum class Bound : std::uint8_t { kNone, kExact, kLower, kUpper };
  struct Entry {
    Key128 key;
    float value = 0.0F;
    std::int32_t ply = 0;
    Bound bound = Bound::kNone;
  };

  void Begin(const State& state);
  double Search(const State& state, double alpha, double beta, std::size_t depth);
  Entry& EntryOf(const Key128& key, int ply);

  const std::int64_t max_positions_;
  std::int64_t positions_ = 0;
  bool gave_up_ = false;
  std::string game_id_;  // of the positions in the table
  std::vector<Entry> table_;
  // Scratch of each depth: the child's state and the moves.
  struct Level {
    std::unique_ptr<State> child;
    std::vector<Action> legal;
  };
  std::vector<Level> levels_;
};

}  // namespace tengen

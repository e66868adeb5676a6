#pragma once

#include <array>
#include <memory>

#include "envs/core/game.h"
#include "envs/core/game_options.h"
#include "envs/games/board_state.h"

namespace tengen {

// Connect Four on 6 rows and 7 columns. The players drop stones in turn into a column that is not
// full; four in a row, column or diagonal win; a full board without is a draw. Action = column.
class ConnectFourGame final : public Game {
 public:
  static constexpr int kRows = 6;
  static constexpr int kColumns = 7;

  ConnectFourGame();

  // No options.
  static Result<std::shared_ptr<const Game>> FromOptions(GameOptions options);

  std::unique_ptr<State> NewState() const override;
};

// A position as one 64-bit board per player. Bit = column * 7 + height; the seventh bit of a column
// is always clear, so that no line runs from one column into the next:
//
//     6 13 20 27 34 41 48   always clear
//     5 12 19 26 33 40 47   top row
//     .  .  .  .  .  .  .
//     0  7 14 21 28 35 42   bottom row
class ConnectFourState final : public BoardState<ConnectFourState, ConnectFourGame> {
 public:
  using BoardState::BoardState;

  static constexpr int kColumnBits = ConnectFourGame::kRows + 1;

  std::uint64_t stones(Player player) const { return stones_[static_cast<std::size_t>(player)]; }

  void LegalActions(std::vector<Action>& out) const override;
  bool IsLegal(Action action) const override;
  void Apply(Action action) override;
  void Board(std::span<Cell> out) const override;

 private:
  std::array<std::uint64_t, 2> stones_ = {};
};

}  // namespace tengen

#include "envs/games/tic_tac_toe.h"

#include <algorithm>
#include <array>

#include "envs/games/board_state.h"

namespace tengen {
namespace {

constexpr int kPoints = 9;
constexpr unsigned kFull = 0b111'111'111;
constexpr std::array<unsigned, 8> kLines = {
    0b000'000'111, 0b000'111'000, 0b111'000'000,  // rows
    0b001'001'001, 0b010'010'010, 0b100'100'100,  // columns
    0b100'010'001, 0b001'010'100,                 // diagonals
};

class TicTacToeGame final : public Game {
 public:
  TicTacToeGame()
      : Game({.name = "tictactoe",
              .id = "tictactoe",
              .shape = {3, 3},
              .num_actions = kPoints,
              .policy = PolicyLayout::kPoints,
              .symmetries = SymmetryGroup::Dihedral({3, 3}),
              .max_plies = kPoints}) {}

  std::unique_ptr<State> NewState() const override;
};

class TicTacToeState final : public BoardState<TicTacToeState, TicTacToeGame> {
 public:
  using BoardState::BoardState;

  void LegalActions(std::vector<Action>& out) const override {
    out.clear();
    if (IsTerminal()) return;
    for (Action point = 0; point < kPoints; ++point) {
      if (((stones_[0] | stones_[1]) >> point & 1U) == 0) out.push_back(point);
    }
  }

  bool IsLegal(Action action) const override {
    return !IsTerminal() && action >= 0 && action < kPoints &&
           ((stones_[0] | stones_[1]) >> action & 1U) == 0;
  }

  void Apply(Action action) override {
    TENGEN_DCHECK(IsLegal(action), "action ", action, " on\n", Text());
    const Player player = ToMove();
    unsigned& own = stones_[static_cast<std::size_t>(player)];
    own |= 1U << action;
    Toggle(player, action);
    EndTurn();
    if (std::any_of(kLines.begin(), kLines.end(),
                    [own](unsigned line) { return (own & line) == line; })) {
      Finish(CellOf(player));
    } else if ((stones_[0] | stones_[1]) == kFull) {
      Finish(Cell::kEmpty);
    }
  }

  void Board(std::span<Cell> out) const override {
    for (std::size_t point = 0; point < out.size(); ++point) {
      out[point] = (stones_[0] >> point & 1U) != 0   ? Cell::kFirst
                   : (stones_[1] >> point & 1U) != 0 ? Cell::kSecond
                                                     : Cell::kEmpty;
    }
  }

 private:
  std::array<unsigned, 2> stones_ = {};  // per player, bit = point
};

std::unique_ptr<State> TicTacToeGame::NewState() const {
  return std::make_unique<TicTacToeState>(*this);
}

}  // namespace

Result<std::shared_ptr<const Game>> MakeTicTacToe(GameOptions options) {
  if (Status status = options.Finish("tictactoe"); !status) return Error{status.error()};
  return std::shared_ptr<const Game>(std::make_shared<TicTacToeGame>());
}

}  // namespace tengen

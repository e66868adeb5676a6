#include "envs/games/gomoku.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "envs/games/board_state.h"

namespace tengen {
namespace {

constexpr int kMaxSide = 19;

class GomokuGame final : public Game {
 public:
  GomokuGame(BoardShape shape, int k)
      : Game({.name = "gomoku",
              .id = StrCat("gomoku:",
                           shape.rows == shape.columns
                               ? StrCat("size=", shape.rows)
                               : StrCat("rows=", shape.rows, ",columns=", shape.columns),
                           ",k=", k),
              .shape = shape,
              .num_actions = shape.points(),
              .policy = PolicyLayout::kPoints,
              .symmetries = SymmetryGroup::Dihedral(shape),
              .max_plies = shape.points()}),
        k_(k) {}

  int k() const { return k_; }

  std::unique_ptr<State> NewState() const override;

 private:
  int k_;
};

class GomokuState final : public BoardState<GomokuState, GomokuGame> {
 public:
  using BoardState::BoardState;

  void LegalActions(std::vector<Action>& out) const override {
    out.clear();
    for (Action point = 0; point < game().spec().num_actions; ++point) {
      if (IsLegal(point)) out.push_back(point);
    }
  }

  bool IsLegal(Action action) const override {
    return !IsTerminal() && action >= 0 && action < game().spec().num_actions &&
           !Has(Player::kFirst, action) && !Has(Player::kSecond, action);
  }

  void Apply(Action action) override {
    TENGEN_DCHECK(IsLegal(action), "action ", action, " on\n", Text());
    const Player player = ToMove();
    stones_[static_cast<std::size_t>(player)].set(static_cast<std::size_t>(action));
    Toggle(player, action);
    EndTurn();
    if (CompletesLine(player, action)) {
      Finish(CellOf(player));
    } else if (Ply() == game().spec().num_actions) {
      Finish(Cell::kEmpty);
    }
  }

  void Board(std::span<Cell> out) const override {
    for (int point = 0; point < game().spec().num_actions; ++point) {
      out[static_cast<std::size_t>(point)] = Has(Player::kFirst, point)    ? Cell::kFirst
                                             : Has(Player::kSecond, point) ? Cell::kSecond
                                                                           : Cell::kEmpty;
    }
  }

 private:
  bool Has(Player player, int point) const {
    return stones_[static_cast<std::size_t>(player)][static_cast<std::size_t>(point)];
  }

  bool CompletesLine(Player player, int point) const {
    constexpr std::array<std::array<int, 2>, 4> kLines = {{{0, 1}, {1, 0}, {1, 1}, {1, -1}}};
    return std::any_of(kLines.begin(), kLines.end(), [&](const auto& line) {
      return 1 + CountFrom(player, point, line[0], line[1]) +
                 CountFrom(player, point, -line[0], -line[1]) >=
             game().k();
    });
  }

  // Stones of `player` that follow `point` without a gap in one direction.
  int CountFrom(Player player, int point, int row_step, int column_step) const {
    const BoardShape shape = game().spec().shape;
    int row = point / shape.columns + row_step;
    int column = point % shape.columns + column_step;
    int count = 0;
    while (row >= 0 && row < shape.rows && column >= 0 && column < shape.columns &&
           Has(player, row * shape.columns + column)) {
      ++count;
      row += row_step;
      column += column_step;
    }
    return count;
  }

  std::array<std::bitset<kMaxSide * kMaxSide>, 2> stones_;  // per player, bit = point
};

std::unique_ptr<State> GomokuGame::NewState() const { return std::make_unique<GomokuState>(*this); }

}  // namespace

Result<std::shared_ptr<const Game>> MakeGomoku(GameOptions options) {
  const int size = options.Int("size", 15, 3, kMaxSide);
  const BoardShape shape{options.Int("rows", size, 3, kMaxSide),
                         options.Int("columns", size, 3, kMaxSide)};
  const int side = std::max(shape.rows, shape.columns);
  const int k = options.Int("k", std::min(5, side), 2, std::min(6, side));
  if (Status status = options.Finish("gomoku"); !status) return Error{status.error()};
  return std::shared_ptr<const Game>(std::make_shared<GomokuGame>(shape, k));
}

}  // namespace tengen

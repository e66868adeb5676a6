#include "envs/games/hex.h"

#include <algorithm>
#include <array>

#include "envs/games/board_state.h"

namespace tengen {
namespace {

constexpr int kMaxSize = 19;
constexpr std::array<std::array<int, 2>, 6> kNeighbours = {
    {{-1, 0}, {-1, 1}, {0, -1}, {0, 1}, {1, -1}, {1, 0}}};

class HexGame final : public Game {
 public:
  explicit HexGame(int size)
      : Game({.name = "hex",
              .id = StrCat("hex:size=", size),
              .shape = {size, size},
              .num_actions = size * size,
              .policy = PolicyLayout::kPoints,
              .symmetries = SymmetryGroup::HalfTurn(),
              .max_plies = size * size}) {}

  std::unique_ptr<State> NewState() const override;
};

class HexState final : public BoardState<HexState, HexGame> {
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
           At(action).owner == Cell::kEmpty;
  }

  void Apply(Action action) override {
    TENGEN_DCHECK(IsLegal(action), "action ", action, " on\n", Text());
    const Player player = ToMove();
    At(action).owner = CellOf(player);
    Toggle(player, action);
    EndTurn();
    Join(action, OwnEdges(player, action));
    if (At(action).edges == kBothEdges) Finish(CellOf(player));
  }

  void Board(std::span<Cell> out) const override {
    for (int point = 0; point < game().spec().num_actions; ++point) {
      out[static_cast<std::size_t>(point)] = At(point).owner;
    }
  }

 private:
  static constexpr std::uint8_t kLowEdge = 1;   // top for X, left for O
  static constexpr std::uint8_t kHighEdge = 2;  // bottom for X, right for O
  static constexpr std::uint8_t kBothEdges = kLowEdge | kHighEdge;

  struct Stone {
    Cell owner = Cell::kEmpty;
    std::uint8_t edges = 0;  // the owner's edges that its chain touches
  };

  Stone& At(int point) { return stones_[static_cast<std::size_t>(point)]; }
  const Stone& At(int point) const { return stones_[static_cast<std::size_t>(point)]; }

  // The edges of `player` on which `point` itself lies.
  std::uint8_t OwnEdges(Player player, int point) const {
    const int size = game().spec().shape.rows;
    const int along = player == Player::kFirst ? point / size : point % size;
    return static_cast<std::uint8_t>((along == 0 ? kLowEdge : 0) |
                                     (along == size - 1 ? kHighEdge : 0));
  }

  // Gives the stone on `point` the edges of its neighbours and `edges`, and spreads what is new to
  // them through its chain. A stone learns of an edge once, so a whole game costs O(points).
  void Join(int point, std::uint8_t edges) {
    const int size = game().spec().shape.rows;
    const auto for_each_friend = [&](auto&& visit) {
      for (const auto& [row_step, column_step] : kNeighbours) {
        const int row = point / size + row_step;
        const int column = point % size + column_step;
        if (row < 0 || row >= size || column < 0 || column >= size) continue;
        const int neighbour = row * size + column;
        if (At(neighbour).owner == At(point).owner) visit(neighbour);
      }
    };
    for_each_friend([&](int neighbour) { edges |= At(neighbour).edges; });
    At(point).edges = edges;
    for_each_friend([&](int neighbour) {
      if ((edges & ~At(neighbour).edges) != 0) Join(neighbour, edges);
    });
  }

  std::array<Stone, static_cast<std::size_t>(kMaxSize* kMaxSize)> stones_;
};

std::unique_ptr<State> HexGame::NewState() const { return std::make_unique<HexState>(*this); }

}  // namespace

Result<std::shared_ptr<const Game>> MakeHex(GameOptions options) {
  const int size = options.Int("size", 11, 1, kMaxSize);
  if (Status status = options.Finish("hex"); !status) return Error{status.error()};
  return std::shared_ptr<const Game>(std::make_shared<HexGame>(size));
}

}  // namespace tengen

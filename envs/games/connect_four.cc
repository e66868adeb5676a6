#include "envs/games/connect_four.h"

namespace tengen {
namespace {

constexpr int kRows = ConnectFourGame::kRows;
constexpr int kColumns = ConnectFourGame::kColumns;
constexpr int kColumnBits = ConnectFourState::kColumnBits;

constexpr std::uint64_t Bit(int column, int height) {
  return 1ULL << (column * kColumnBits + height);
}

// Whether four of `stones` stand in a line.
bool HasFour(std::uint64_t stones) {
  for (const int step : {1, kColumnBits, kColumnBits - 1, kColumnBits + 1}) {
    const std::uint64_t pairs = stones & (stones >> step);
    if ((pairs & (pairs >> (2 * step))) != 0) return true;
  }
  return false;
}

}  // namespace

ConnectFourGame::ConnectFourGame()
    : Game({.name = "connect4",
            .id = "connect4",
            .shape = {kRows, kColumns},
            .num_actions = kColumns,
            .policy = PolicyLayout::kColumns,
            .symmetries = SymmetryGroup::MirrorColumns(),
            .max_plies = kRows * kColumns}) {}

Result<std::shared_ptr<const Game>> ConnectFourGame::FromOptions(GameOptions options) {
  if (Status status = options.Finish("connect4"); !status) return Error{status.error()};
  return std::shared_ptr<const Game>(std::make_shared<ConnectFourGame>());
}

std::unique_ptr<State> ConnectFourGame::NewState() const {
  return std::make_unique<ConnectFourState>(*this);
}

void ConnectFourState::LegalActions(std::vector<Action>& out) const {
  out.clear();
  for (Action column = 0; column < kColumns; ++column) {
    if (IsLegal(column)) out.push_back(column);
  }
}

bool ConnectFourState::IsLegal(Action action) const {
  return !IsTerminal() && action >= 0 && action < kColumns &&
         ((stones_[0] | stones_[1]) & Bit(action, kRows - 1)) == 0;
}

void ConnectFourState::Apply(Action action) {
  TENGEN_DCHECK(IsLegal(action), "action ", action, " on\n", Text());
  const Player player = ToMove();
  const std::uint64_t column = (1ULL << kRows) - 1;
  const std::uint64_t occupied = (stones_[0] | stones_[1]) >> (action * kColumnBits) & column;
  const int height = __builtin_popcountll(occupied);
  std::uint64_t& own = stones_[static_cast<std::size_t>(player)];
  own |= Bit(action, height);
  Toggle(player, (kRows - 1 - height) * kColumns + action);
  EndTurn();
  if (HasFour(own)) {
    Finish(CellOf(player));
  } else if (Ply() == kRows * kColumns) {
    Finish(Cell::kEmpty);
  }
}

void ConnectFourState::Board(std::span<Cell> out) const {
  for (int row = 0; row < kRows; ++row) {
    for (int column = 0; column < kColumns; ++column) {
      const std::uint64_t bit = Bit(column, kRows - 1 - row);
      out[static_cast<std::size_t>(row * kColumns + column)] =
          (stones_[0] & bit) != 0   ? Cell::kFirst
          : (stones_[1] & bit) != 0 ? Cell::kSecond
                                    : Cell::kEmpty;
    }
  }
}

}  // namespace tengen

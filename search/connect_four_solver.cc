#include "search/connect_four_solver.h"

#include <algorithm>
#include <array>
#include <bit>

#include "envs/games/connect_four.h"

namespace tengen {
namespace {

constexpr int kRows = ConnectFourGame::kRows;
constexpr int kColumns = ConnectFourGame::kColumns;
constexpr int kColumnBits = ConnectFourState::kColumnBits;
constexpr int kPoints = kRows * kColumns;

constexpr std::uint64_t BottomRow() {
  std::uint64_t row = 0;
  for (int column = 0; column < kColumns; ++column) row |= 1ULL << (column * kColumnBits);
  return row;
}
constexpr std::uint64_t kBottom = BottomRow();
constexpr std::uint64_t kBoard = kBottom * ((1ULL << kRows) - 1);

constexpr std::uint64_t ColumnMask(int column) {
  return ((1ULL << kRows) - 1) << (column * kColumnBits);
}

// The points, one per column that is not full, where a stone would land.
std::uint64_t Landings(std::uint64_t all) { return (all + kBottom) & kBoard; }

// The points, empty or not, that complete a line of four with three of `stones`.
std::uint64_t LineEnds(std::uint64_t stones) {
  std::uint64_t ends = (stones << 1) & (stones << 2) & (stones << 3);
  for (const int step : {kColumnBits - 1, kColumnBits, kColumnBits + 1}) {
    const std::uint64_t after_two = (stones << step) & (stones << (2 * step));
    const std::uint64_t before_two = (stones >> step) & (stones >> (2 * step));
    ends |= after_two & ((stones << (3 * step)) | (stones >> step));
    ends |= before_two & ((stones >> (3 * step)) | (stones << step));
  }
  return ends & kBoard;
}

}  // namespace

ConnectFourSolver::ConnectFourSolver(std::size_t table_bytes) {
  TENGEN_CHECK(table_bytes >= 1024, "table of ", table_bytes, " bytes, wanted at least 1024");
  table_.resize(std::bit_floor(table_bytes / sizeof(std::uint64_t)));
  index_shift_ = 64 - std::countr_zero(table_.size());
}

int ConnectFourSolver::Value(const State& state) {
  const auto* position = dynamic_cast<const ConnectFourState*>(&state);
  TENGEN_CHECK(position != nullptr, "a position of ", state.game().spec().id, ", wanted connect4");
  TENGEN_CHECK(!position->IsTerminal(), "the game is over, wanted a position to move in");
  return Solve({position->stones(position->ToMove()),
                position->stones(Player::kFirst) | position->stones(Player::kSecond)});
}

std::vector<int> ConnectFourSolver::MoveValues(const State& state) {
  std::vector<Action> actions;
  state.LegalActions(actions);
  std::vector<int> values;
  const std::unique_ptr<State> child = state.Clone();
  for (const Action action : actions) {
    child->CopyFrom(state);
    child->Apply(action);
    values.push_back(child->IsTerminal() ? static_cast<int>(child->Reward()) : -Value(*child));
  }
  return values;
}

// Two yes-or-no searches are cheaper than one with an open window.
int ConnectFourSolver::Solve(const Position& position) {
  if ((LineEnds(position.own) & Landings(position.all)) != 0) return 1;
  if (Search(position, 0, 1) > 0) return 1;
  return Search(position, -1, 0);
}

// Alpha-beta, fail-soft. REQUIRES: the player to move cannot complete a line at once.
int ConnectFourSolver::Search(const Position& position, int alpha, int beta) {
  ++nodes_;
  const std::uint64_t other = position.own ^ position.all;
  const std::uint64_t empty = kBoard ^ position.all;

  // 1. Moves that do not lose at once: block a line of the other's, do not open one above.
  const std::uint64_t other_ends = LineEnds(other) & empty;
  std::uint64_t moves = Landings(position.all);
  if (const std::uint64_t forced = moves & other_ends; forced != 0) {
    if ((forced & (forced - 1)) != 0) return -1;
    moves = forced;
  }
  moves &= ~(other_ends >> 1);
  if (moves == 0) return -1;
  if (std::popcount(position.all) >= kPoints - 2) return 0;

  // 2. What the table knows.
  const std::uint64_t key = position.own + position.all;
  Bounds bounds = Load(key);
  if (bounds.low >= beta || bounds.low == bounds.high) return bounds.low;
  if (bounds.high <= alpha) return bounds.high;

  // 3. Search.
  const int value =
      SearchMoves(position, moves, std::max(alpha, bounds.low), std::min(beta, bounds.high));
  if (value < beta) bounds.high = std::min(bounds.high, value);
  if (value > alpha) bounds.low = std::max(bounds.low, value);
  Store(key, bounds);
  return value;
}

// Best of `moves`, those that make most lines of three first, the middle columns first among
// equals.
int ConnectFourSolver::SearchMoves(const Position& position, std::uint64_t moves, int alpha,
                                   int beta) {
  struct Candidate {
    std::uint64_t move;
    int threats;
  };
  std::array<Candidate, kColumns> candidates;
  std::size_t count = 0;
  for (const int column : {3, 2, 4, 1, 5, 0, 6}) {
    const std::uint64_t move = moves & ColumnMask(column);
    if (move == 0) continue;
    const std::uint64_t all = position.all | move;
    const Candidate candidate{move, std::popcount(LineEnds(position.own | move) & ~all)};
    std::size_t place = count++;
    for (; place > 0 && candidates[place - 1].threats < candidate.threats; --place) {
      candidates[place] = candidates[place - 1];
    }
    candidates[place] = candidate;
  }

  int best = -1;
  for (std::size_t i = 0; i < count; ++i) {
    const Position child{position.own ^ position.all, position.all | candidates[i].move};
    best = std::max(best, -Search(child, -beta, -alpha));
    if (best >= beta) break;
    alpha = std::max(alpha, best);
  }
  return best;
}

std::size_t ConnectFourSolver::Slot(std::uint64_t key) const {
  return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> index_shift_);
}

ConnectFourSolver::Bounds ConnectFourSolver::Load(std::uint64_t key) const {
  const std::uint64_t entry = table_[Slot(key)];
  if (entry >> 8 != key || entry == 0) return {-1, 1};
  return {static_cast<int>(entry & 3U) - 1, static_cast<int>(entry >> 2 & 3U) - 1};
}

void ConnectFourSolver::Store(std::uint64_t key, Bounds bounds) {
  table_[Slot(key)] = key << 8 | 0x80U | static_cast<std::uint64_t>(bounds.high + 1) << 2 |
                      static_cast<std::uint64_t>(bounds.low + 1);
}

}  // namespace tengen

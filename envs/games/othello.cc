#include "envs/games/othello.h"

#include <array>

#include "envs/games/board_state.h"

namespace tengen {
namespace {

constexpr int kSide = 8;
constexpr int kPoints = kSide * kSide;
constexpr Action kPass = kPoints;

constexpr std::uint64_t Bit(int point) { return 1ULL << point; }

// To the eight neighbours of a point.
constexpr std::array<int, 8> kSteps = {-9, -8, -7, -1, 1, 7, 8, 9};

// All discs moved one step. One that steps over the left or right edge is lost: it must not come
// back at the other side.
std::uint64_t Moved(std::uint64_t discs, int step) {
  constexpr std::uint64_t kColumnA = 0x0101'0101'0101'0101ULL;
  if (step == -9 || step == -1 || step == 7) discs &= ~kColumnA;
  if (step == -7 || step == 1 || step == 9) discs &= ~(kColumnA << (kSide - 1));
  return step > 0 ? discs << step : discs >> -step;
}

// The unbroken lines of the other's discs that start beside a disc in `from`, in one direction.
std::uint64_t Lines(std::uint64_t from, int step, std::uint64_t other) {
  std::uint64_t lines = Moved(from, step) & other;
  for (int i = 1; i < kSide - 2; ++i) lines |= Moved(lines, step) & other;
  return lines;
}

std::uint64_t Moves(std::uint64_t own, std::uint64_t other) {
  std::uint64_t ends = 0;
  for (const int step : kSteps) ends |= Moved(Lines(own, step, other), step);
  return ends & ~(own | other);
}

std::uint64_t Flips(std::uint64_t move, std::uint64_t own, std::uint64_t other) {
  std::uint64_t flips = 0;
  for (const int step : kSteps) {
    const std::uint64_t line = Lines(move, step, other);
    if ((Moved(line, step) & own) != 0) flips |= line;
  }
  return flips;
}

class OthelloGame final : public Game {
 public:
  OthelloGame()
      : Game({.name = "othello",
              .id = "othello",
              .shape = {kSide, kSide},
              .num_actions = kPoints + 1,
              .policy = PolicyLayout::kPointsAndPass,
              .symmetries = SymmetryGroup::Diagonals(),
              .max_plies = 2 * (kPoints - 4)}) {}  // at most one pass between two discs

  std::unique_ptr<State> NewState() const override;
};

class OthelloState final : public BoardState<OthelloState, OthelloGame> {
 public:
  explicit OthelloState(const OthelloGame& game) : BoardState(game) {
    Put(Player::kFirst, Bit(28) | Bit(35));   // E4, D5
    Put(Player::kSecond, Bit(27) | Bit(36));  // D4, E5
    moves_ = Moves(discs_[0], discs_[1]);
  }

  void LegalActions(std::vector<Action>& out) const override {
    out.clear();
    if (IsTerminal()) return;
    for (std::uint64_t left = moves_; left != 0; left &= left - 1) {
      out.push_back(__builtin_ctzll(left));
    }
    if (moves_ == 0) out.push_back(kPass);
  }

  bool IsLegal(Action action) const override {
    if (IsTerminal() || action < 0 || action > kPass) return false;
    return action == kPass ? moves_ == 0 : (moves_ & Bit(action)) != 0;
  }

  void Apply(Action action) override {
    TENGEN_DCHECK(IsLegal(action), "action ", action, " on\n", Text());
    const Player player = ToMove();
    const Player other = Opponent(player);
    if (action != kPass) {
      const std::uint64_t flips = Flips(Bit(action), discs(player), discs(other));
      Put(other, flips);  // lifts them
      Put(player, flips | Bit(action));
    }
    EndTurn();
    moves_ = Moves(discs(other), discs(player));
    if (moves_ == 0 && Moves(discs(player), discs(other)) == 0) {
      const int lead = __builtin_popcountll(discs_[0]) - __builtin_popcountll(discs_[1]);
      Finish(lead > 0 ? Cell::kFirst : lead < 0 ? Cell::kSecond : Cell::kEmpty);
    }
  }

  void Board(std::span<Cell> out) const override {
    for (int point = 0; point < kPoints; ++point) {
      out[static_cast<std::size_t>(point)] = (discs_[0] & Bit(point)) != 0   ? Cell::kFirst
                                             : (discs_[1] & Bit(point)) != 0 ? Cell::kSecond
                                                                             : Cell::kEmpty;
    }
  }

 private:
  std::uint64_t& discs(Player player) { return discs_[static_cast<std::size_t>(player)]; }

  // Changes `points` for `player`: empty ones get a disc, the player's own lose theirs.
  void Put(Player player, std::uint64_t points) {
    discs(player) ^= points;
    for (; points != 0; points &= points - 1) Toggle(player, __builtin_ctzll(points));
  }

  std::array<std::uint64_t, 2> discs_ = {};  // per player, bit = point
  std::uint64_t moves_ = 0;                  // points where the player to move may put a disc
};

std::unique_ptr<State> OthelloGame::NewState() const {
  return std::make_unique<OthelloState>(*this);
}

}  // namespace

Result<std::shared_ptr<const Game>> MakeOthello(GameOptions options) {
  if (Status status = options.Finish("othello"); !status) return Error{status.error()};
  return std::shared_ptr<const Game>(std::make_shared<OthelloGame>());
}

}  // namespace tengen

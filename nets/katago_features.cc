#include "nets/katago_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "envs/go/benson.h"
#include "envs/go/go_game.h"
#include "envs/go/ladders.h"
#include "nets/turned_board.h"

namespace tengen {
namespace {

constexpr int kPlanes = 22;
constexpr int kHistory = 5;
static_assert(GoState::kRecentMoves >= kHistory);

// The planes of one position, turned.
class PlaneWriter {
 public:
  PlaneWriter(BoardShape shape, Symmetry symmetry, std::span<float> planes)
      : shape_(shape), turned_(shape, symmetry), planes_(planes) {}

  void Set(int row, int column, int plane) {
    planes_[static_cast<std::size_t>(turned_.Point(row, column) * kPlanes + plane)] = 1.0F;
  }
  // Of an action that is not the pass.
  void Set(Action action, int plane) {
    Set(action / shape_.columns, action % shape_.columns, plane);
  }

 private:
  BoardShape shape_;
  TurnedBoard turned_;
  std::span<float> planes_;
};

// Planes 0 to 6.
void EncodeStones(const GoState& state, PlaneWriter& writer) {
  const GoBoard& board = state.board();
  const BoardShape shape = board.shape();
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column) {
      const Point p = board.PointAt(row, column);
      writer.Set(row, column, 0);
      const Cell cell = board.At(p);
      if (cell == Cell::kEmpty) {
        if (!state.IsLegalAt(p) && state.IsKoBanned(row * shape.columns + column)) {
          writer.Set(row, column, 6);
        }
        continue;
      }
      writer.Set(row, column, cell == CellOf(state.ToMove()) ? 1 : 2);
      const int liberties = board.Liberties(p);
      if (liberties <= 3) writer.Set(row, column, 2 + liberties);
    }
  }
}

// Planes 9 to 13 and globals 0 to 4.
void EncodeHistory(const GoState& state, PlaneWriter& writer, std::span<float> globals) {
  for (int back = 0; back < kHistory; ++back) {
    const Action move = state.RecentMove(back);
    if (move == kNoAction) break;
    if (move == state.game().pass()) {
      globals[static_cast<std::size_t>(back)] = 1.0F;
    } else {
      writer.Set(move, 9 + back);
    }
  }
}

// The board before each of the last moves: [0] now, [n] n moves ago, or the start if that is later.
// States keep no earlier boards, so the game is played again.
std::array<GoBoard, 3> RecentBoards(const GoState& state) {
  const std::unique_ptr<State> start = state.game().NewState();
  GoBoard board = static_cast<const GoState&>(*start).board();
  Player player = start->ToMove();
  std::array<GoBoard, 3> boards = {state.board(), board, board};
  for (int back = state.Ply() - 1; back >= 1; --back) {
    if (back == 1) boards[2] = board;
    const Action move = state.RecentMove(back);
    if (move == state.game().pass()) {
      board.Pass();
    } else {
      board.Play(state.game().PointOf(move), player);
    }
    player = Opponent(player);
  }
  boards[1] = board;
  return boards;
}

// Planes 14 to 17.
void EncodeLadders(const GoState& state, PlaneWriter& writer) {
  const std::array<GoBoard, 3> boards = RecentBoards(state);
  LadderReader reader;
  for (std::size_t back = 0; back < boards.size(); ++back) {
    const GoBoard& board = boards[back];
    for (const Ladder& ladder : reader.FindAll(board)) {
      Point stone = ladder.head;
      do {
        writer.Set(state.game().ActionOf(stone), 14 + static_cast<int>(back));
        stone = board.NextStone(stone);
      } while (stone != ladder.head);
      if (back > 0 || ladder.owner == state.ToMove()) continue;
      for (const Point move : ladder.moves) {
        if (move != kNoPoint) writer.Set(state.game().ActionOf(move), 17);
      }
    }
  }
}

// Planes 18 and 19. Territory is left to the network.
void EncodeArea(const GoState& state, KataGoArea mode, PlaneWriter& writer) {
  const Rules& rules = state.rules();
  if (rules.scoring != ScoringRule::kArea) return;
  std::array<Cell, GoBoard::kMaxPoints> area;
  const std::span<Cell> owner(area.data(),
                              static_cast<std::size_t>(state.board().shape().points()));
  const SuicideRule suicide =
      mode == KataGoArea::kAsIfSuicideWereLegal ? SuicideRule::kMulti : rules.suicide;
  if (rules.tax == TaxRule::kNone) {
    StandingArea(state.board(), suicide, owner);
  } else {
    IndependentArea(state.board(), suicide, SekiStones::kKeep, owner);
  }
  for (std::size_t i = 0; i < owner.size(); ++i) {
    if (owner[i] == Cell::kEmpty) continue;
    writer.Set(static_cast<Action>(i), owner[i] == CellOf(state.ToMove()) ? 18 : 19);
  }
}

// Triangle of period 2 around the komi values that can draw: rises from -1/2 to 1/2 around them,
// where half a point decides, and falls between them, where it changes nothing.
float KomiWave(double self_komi, int points) {
  const double parity = points % 2;
  const double nearest_below = 2.0 * std::floor((self_komi - parity) / 2.0) + parity;
  const double delta = self_komi - nearest_below;
  if (delta < 0.5) return static_cast<float>(delta);
  return static_cast<float>(delta < 1.5 ? 1.0 - delta : delta - 2.0);
}

// Moves with a stone by Black minus those by White; stones of the start position are moves too.
int MoveDifference(const GoBoard& board) {
  int difference = board.removed(Player::kFirst) - board.removed(Player::kSecond);
  const BoardShape shape = board.shape();
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column) {
      const Cell cell = board.At(board.PointAt(row, column));
      difference += cell == Cell::kFirst ? 1 : cell == Cell::kSecond ? -1 : 0;
    }
  }
  return difference;
}

// Komi of the player to move. Under territory scoring each move counts a point for the opponent,
// which makes an area of the score. Where a draw is possible komi stands between the half points
// around it, nearer to the one that a draw resembles.
double SelfKomi(const GoState& state, double draw_wins) {
  const int half_points = state.game().half_compensation();
  double komi = 0.5 * half_points;
  if (half_points % 2 == 0) komi += draw_wins - 0.5;
  if (state.rules().scoring == ScoringRule::kTerritory) komi += MoveDifference(state.board());
  return state.ToMove() == Player::kSecond ? komi : -komi;
}

// Globals 5 to 18.
void EncodeRules(const GoState& state, double draw_wins, std::span<float> globals) {
  constexpr double kKomiMargin = 20.0;
  const Rules& rules = state.rules();
  const int points = state.board().shape().points();
  const double self_komi = SelfKomi(state, draw_wins);
  const double bound = points + kKomiMargin;
  globals[5] = static_cast<float>(std::clamp(self_komi, -bound, bound) / 20.0);
  if (rules.ko != KoRule::kSimple) {
    globals[6] = 1.0F;
    globals[7] = rules.ko == KoRule::kPositional ? 0.5F : -0.5F;
  }
  globals[8] = rules.suicide == SuicideRule::kMulti ? 1.0F : 0.0F;
  globals[9] = rules.scoring == ScoringRule::kTerritory ? 1.0F : 0.0F;
  globals[10] = rules.tax != TaxRule::kNone ? 1.0F : 0.0F;
  globals[11] = rules.tax == TaxRule::kAll ? 1.0F : 0.0F;
  // A pass before the start of a game ends nothing there, but a phase where territory counts.
  const bool area = rules.scoring == ScoringRule::kArea;
  const bool ends = area ? state.consecutive_passes() > 0 : state.follows_pass();
  globals[14] = ends ? 1.0F : 0.0F;
  if (area) globals[18] = KomiWave(self_komi, points);
}

}  // namespace

Status KataGoEncoder::Accepts(const GameSpec& spec) const {
  if (spec.name != "go") {
    return Error{StrCat("encoder ", name(), ": the game is ", spec.id, ", wanted go")};
  }
  return Ok{};
}

void KataGoEncoder::Encode(const State& state, Symmetry symmetry, std::span<float> planes,
                           std::span<float> globals) const {
  TENGEN_DCHECK(dynamic_cast<const GoState*>(&state) != nullptr, "state is not of Go");
  const auto& go = static_cast<const GoState&>(state);
  const BoardShape shape = go.game().spec().shape;
  TENGEN_DCHECK(planes.size() == static_cast<std::size_t>(shape.points() * kPlanes));
  std::fill(planes.begin(), planes.end(), 0.0F);
  std::fill(globals.begin(), globals.end(), 0.0F);
  PlaneWriter writer(shape, symmetry, planes);
  EncodeStones(go, writer);
  EncodeHistory(go, writer, globals);
  EncodeLadders(go, writer);
  EncodeArea(go, area_, writer);
  EncodeRules(go, draw_wins_, globals);
}

}  // namespace tengen

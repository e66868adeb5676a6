#include "nets/go_encoder.h"

#include <algorithm>

#include "envs/go/go_game.h"
#include "nets/turned_board.h"

namespace tengen {
namespace {

constexpr int kPlanes = 13;
constexpr int kHistory = GoState::kRecentMoves;
constexpr int kFirstMovePlane = 8;
constexpr int kFirstPassGlobal = 3;
static_assert(kFirstMovePlane + kHistory == kPlanes);

// Planes 0 to 7 of one point.
void EncodePoint(const GoState& state, Point p, float* out) {
  const GoBoard& board = state.board();
  const Cell cell = board.At(p);
  out[0] = 1.0F;
  if (cell != Cell::kEmpty) {
    out[cell == CellOf(state.ToMove()) ? 1 : 2] = 1.0F;
    out[2 + std::min(board.Liberties(p), 3)] = 1.0F;
  } else if (!state.IsLegalAt(p)) {
    out[state.IsKoBanned(state.game().ActionOf(p)) ? 6 : 7] = 1.0F;
  }
}

void EncodeHistory(const GoState& state, Symmetry symmetry, std::span<float> planes,
                   std::span<float> globals) {
  const GameSpec& spec = state.game().spec();
  for (int back = 0; back < kHistory; ++back) {
    const Action move = state.RecentMove(back);
    if (move == kNoAction) break;
    if (move == state.game().pass()) {
      globals[static_cast<std::size_t>(kFirstPassGlobal + back)] = 1.0F;
    } else {
      const int point = symmetry.Map(spec.shape, move);
      planes[static_cast<std::size_t>(point * kPlanes + kFirstMovePlane + back)] = 1.0F;
    }
  }
}

void EncodeRules(const GoState& state, std::span<float> globals) {
  const Rules& rules = state.rules();
  const bool first = state.ToMove() == Player::kFirst;
  const int half_score = first ? state.HalfScore() : -state.HalfScore();
  globals[0] = static_cast<float>((first ? -0.5 : 0.5) * rules.half_komi / 20.0);
  globals[1] = 0.5F * static_cast<float>(half_score) /
               static_cast<float>(state.game().spec().shape.points());
  globals[2] = half_score > 0 ? 1.0F : half_score < 0 ? -1.0F : 0.0F;
  globals[8] = rules.ko == KoRule::kPositional ? 1.0F : 0.0F;
  globals[9] = rules.ko == KoRule::kSituational ? 1.0F : 0.0F;
  globals[10] = rules.suicide == SuicideRule::kMulti ? 1.0F : 0.0F;
}

}  // namespace

Status GoEncoder::Accepts(const GameSpec& spec) const {
  if (spec.name != "go") {
    return Error{StrCat("encoder go/1: the game is ", spec.id, ", wanted go")};
  }
  return Ok{};
}

void GoEncoder::Encode(const State& state, Symmetry symmetry, std::span<float> planes,
                       std::span<float> globals) const {
  TENGEN_DCHECK(dynamic_cast<const GoState*>(&state) != nullptr, "state is not of Go");
  const auto& go = static_cast<const GoState&>(state);
  const BoardShape shape = go.game().spec().shape;
  TENGEN_DCHECK(planes.size() == static_cast<std::size_t>(shape.points() * kPlanes));
  std::fill(planes.begin(), planes.end(), 0.0F);
  std::fill(globals.begin(), globals.end(), 0.0F);

  const TurnedBoard turned(shape, symmetry);
  for (int row = 0; row < shape.rows; ++row) {
    for (int column = 0; column < shape.columns; ++column) {
      const int point = turned.Point(row, column);
      EncodePoint(go, go.board().PointAt(row, column),
                  &planes[static_cast<std::size_t>(point * kPlanes)]);
    }
  }
  EncodeHistory(go, symmetry, planes, globals);
  EncodeRules(go, globals);
}

}  // namespace tengen

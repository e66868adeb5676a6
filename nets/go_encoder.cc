#include "nets/go_encoder.h"

#include <algorithm>

#include "envs/go/go_game.h"
#include "nets/turned_board.h"

namespace tengen {
namespace {

using Version = GoEncoder::Version;

constexpr int kPlanes = 13;
constexpr int kHistory = GoState::kRecentMoves;
constexpr int kFirstMovePlane = 8;
constexpr int kFirstPassGlobal = 3;
static_assert(kFirstMovePlane + kHistory == kPlanes);

// Planes 0 to 7 of one point.
void EncodePoint(const GoState& state, Version version, Point p, float* out) {
  const GoBoard& board = state.board();
  const Cell cell = board.At(p);
  out[0] = 1.0F;
  if (cell != Cell::kEmpty) {
    out[cell == CellOf(state.ToMove()) ? 1 : 2] = 1.0F;
    const int liberties = version == Version::k1 ? std::min(board.Liberties(p), 3)  //
                                                 : board.Liberties(p);
    if (liberties <= 3) out[2 + liberties] = 1.0F;
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

float Flag(bool value) { return value ? 1.0F : 0.0F; }

// Komi and bonus from the mover's view, in half points.
int HalfCompensation(const GoState& state) {
  const int half_points = state.game().half_compensation();
  return state.ToMove() == Player::kFirst ? -half_points : half_points;
}

// Globals 0 to 2 and 8 to 10.
void EncodeKomiAndKo(const GoState& state, std::span<float> globals) {
  const Rules& rules = state.rules();
  const bool first = state.ToMove() == Player::kFirst;
  const int half_score = first ? state.HalfScore() : -state.HalfScore();
  globals[0] = static_cast<float>(0.5 * HalfCompensation(state) / 20.0);
  globals[1] = 0.5F * static_cast<float>(half_score) /
               static_cast<float>(state.game().spec().shape.points());
  globals[2] = half_score > 0 ? 1.0F : half_score < 0 ? -1.0F : 0.0F;
  globals[8] = Flag(rules.ko == KoRule::kPositional);
  globals[9] = Flag(rules.ko == KoRule::kSituational);
  globals[10] = Flag(rules.suicide == SuicideRule::kMulti);
}

// Global 15.
float ToMiddleKomi(const GoState& state) {
  if (state.rules().scoring != ScoringRule::kArea) return 0.0F;
  const int parity = state.game().spec().shape.points() % 2;
  // Half points above the last komi that can draw, modulo two points.
  switch ((HalfCompensation(state) - 2 * parity) & 3) {
    case 1:
      return 0.5F;
    case 3:
      return -0.5F;
    default:
      return 0.0F;
  }
}

// Globals 11 to 15.
void EncodeScoring(const GoState& state, std::span<float> globals) {
  const Rules& rules = state.rules();
  globals[11] = Flag(rules.scoring == ScoringRule::kTerritory);
  globals[12] = Flag(rules.tax != TaxRule::kNone);
  globals[13] = Flag(rules.tax == TaxRule::kAll);
  globals[14] = static_cast<float>(state.PliesLeftUpToPoints()) /
                static_cast<float>(state.game().spec().shape.points());
  globals[15] = ToMiddleKomi(state);
}

}  // namespace

Status GoEncoder::Accepts(const GameSpec& spec) const {
  if (spec.name != "go") {
    return Error{StrCat("encoder ", name(), ": the game is ", spec.id, ", wanted go")};
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
      EncodePoint(go, version_, go.board().PointAt(row, column),
                  &planes[static_cast<std::size_t>(point * kPlanes)]);
    }
  }
  EncodeHistory(go, symmetry, planes, globals);
  EncodeKomiAndKo(go, globals);
  if (version_ != Version::k1) EncodeScoring(go, globals);
}

}  // namespace tengen

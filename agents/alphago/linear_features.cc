#include "agents/alphago/linear_features.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

void AddDistinct(std::array<Point, AtariAnswers::kMost>& points, std::size_t& count, Point p) {
  const auto end = points.begin() + static_cast<std::ptrdiff_t>(count);
  if (count == points.size() || std::find(points.begin(), end, p) != end) return;
  points[count++] = p;
}

bool Contains(std::span<const Point> points, Point p) {
  return std::find(points.begin(), points.end(), p) != points.end();
}

std::vector<LinearFeatures::OfPlayers> NumbersByCode(const std::vector<std::int32_t>& codes,
                                                     std::int32_t first) {
  std::vector<LinearFeatures::OfPlayers> numbers(kPatternCodes, {-1, -1});
  for (const std::int32_t code : codes) {
    for (const PatternCode same : Symmetric(static_cast<PatternCode>(code))) {
      numbers[same][0] = first;
      numbers[SwapPlayers(same)][1] = first;
    }
    ++first;
  }
  return numbers;
}

// What all moves of a position have in common.
struct MoveContext {
  const GoState& state;
  const GoBoard& board;
  Player player;
  Action last_action;      // on the board, or kNoAction
  Action previous_action;  // the same, of the player to move
  Point last = kNoPoint;   // where the opponent's stone still stands
  ResponseCode around = 0;
  std::array<Point, kResponsePlaces> places{};  // around `last`
  AtariAnswers answers;
};

MoveContext ContextOf(const GoState& state) {
  MoveContext context = {state,
                         state.board(),
                         state.ToMove(),
                         state.RecentMove(0),
                         state.RecentMove(1),
                         kNoPoint,
                         0,
                         {},
                         {}};
  const GoGame& game = state.game();
  if (context.last_action == game.pass()) context.last_action = kNoAction;
  if (context.previous_action == game.pass()) context.previous_action = kNoAction;
  if (context.last_action == kNoAction) return context;
  const Point last = game.PointOf(context.last_action);
  if (context.board.At(last) != CellOf(Opponent(context.player))) return context;
  context.last = last;
  context.around = ResponseAround(context.board, last, context.player);
  for (int place = 0; place < kResponsePlaces; ++place) {
    context.places[static_cast<std::size_t>(place)] = ResponsePoint(context.board, last, place);
  }
  FindAtariAnswers(context.board, last, context.player, context.answers);
  return context;
}

void AddFixed(MoveCodes& codes, int feature) {
  if (feature < 0) return;
  codes.fixed[static_cast<std::size_t>(codes.fixed_count++)] = static_cast<std::int16_t>(feature);
}

void AddDistance(MoveCodes& codes, int base, Action to, BoardShape shape) {
  if (to == kNoAction || to == codes.action) return;
  const int rows = codes.action / shape.columns - to / shape.columns;
  const int columns = codes.action % shape.columns - to % shape.columns;
  AddFixed(codes, base + LinearFeature::DistanceFeature(rows, columns));
}

bool Takes(const GoBoard& board, Point p, Point stone) {
  if (board.Liberties(stone) != 1) return false;
  const auto around = board.Neighbours(p);
  return std::any_of(around.begin(), around.end(), [&](Point q) {
    return !board.IsGuard(q) && board.At(q) == board.At(stone) &&
           board.Head(q) == board.Head(stone);
  });
}

void AddTactics(MoveCodes& codes, const MoveContext& context) {
  const Tactics tactics = TacticsOf(context.board, codes.point, context.player);
  AddFixed(codes, LinearFeature::TakeFeature(tactics));
  AddFixed(codes, LinearFeature::ExtendFeature(tactics));
  AddFixed(codes, LinearFeature::SelfAtariFeature(tactics));
  if (context.last == kNoPoint) return;
  const AtariAnswers& answers = context.answers;
  if (tactics.extended > 0 &&
      Contains(std::span(answers.extensions).first(answers.extension_count), codes.point)) {
    AddFixed(codes, LinearFeature::kSaveByExtending);
  }
  if (Contains(std::span(answers.captures).first(answers.capture_count), codes.point)) {
    AddFixed(codes, LinearFeature::kSaveByTaking);
  }
  if (Takes(context.board, codes.point, context.last)) AddFixed(codes, LinearFeature::kTakeLast);
}

void AddResponse(MoveCodes& codes, const MoveContext& context) {
  if (context.last == kNoPoint) return;
  const auto& places = context.places;
  const auto found = std::find(places.begin(), places.end(), codes.point);
  if (found == places.end()) return;
  const auto place = static_cast<int>(found - places.begin());
  codes.is_near = place < 8;
  codes.is_response = true;
  codes.response = WithPlace(context.around, place);
}

}  // namespace

int LinearFeature::DistanceFeature(int rows, int columns) {
  const int dy = std::abs(rows);
  const int dx = std::abs(columns);
  return std::min(dx + dy + std::max(dx, dy), kNearest + kDistances - 1) - kNearest;
}

int LinearFeature::PlaceFeature(BoardShape shape, int index) {
  const int row = index / shape.columns;
  const int column = index % shape.columns;
  const int a = std::min({row, shape.rows - 1 - row, 4});
  const int b = std::min({column, shape.columns - 1 - column, 4});
  const int far = std::max(a, b);
  return kPlace + far * (far + 1) / 2 + std::min(a, b);
}

int LinearFeature::TakeFeature(const Tactics& tactics) {
  return tactics.taken == 0 ? -1 : kTake + std::min(tactics.taken, 3) - 1;
}
int LinearFeature::ExtendFeature(const Tactics& tactics) {
  return tactics.extended == 0 ? -1 : kExtend + std::min(tactics.extended, 2) - 1;
}
int LinearFeature::SelfAtariFeature(const Tactics& tactics) {
  return tactics.self_atari == 0 ? -1 : kSelfAtari + std::min(tactics.self_atari, 2) - 1;
}

LinearFeatures::LinearFeatures(LinearWords words) : words_(std::move(words)) {
  int first = LinearFeature::kCount;
  patterns_ = NumbersByCode(words_.patterns, first);
  first += static_cast<int>(words_.patterns.size());
  near_ = NumbersByCode(words_.near, first);
  first += static_cast<int>(words_.near.size());
  AddResponses(first);
}

void LinearFeatures::AddResponses(int first) {
  const std::size_t slots = std::bit_ceil(words_.responses.size() * 8 * 2 + 2);
  responses_.assign(slots, {0, -1});
  hash_shift_ = 64 - std::countr_zero(slots);
  for (const std::int32_t code : words_.responses) {
    for (const ResponseCode same : SymmetricResponses(static_cast<ResponseCode>(code))) {
      std::size_t slot = HashOf(same);
      while (responses_[slot].number >= 0 && responses_[slot].code != same) {
        slot = (slot + 1) & (slots - 1);
      }
      responses_[slot] = {same, first};
    }
    ++first;
  }
}

int LinearFeatures::size() const {
  return LinearFeature::kCount +
         static_cast<int>(words_.patterns.size() + words_.near.size() + words_.responses.size());
}

void FindMoveCodes(const GoState& state, LinearMoves moves, std::vector<MoveCodes>& out) {
  out.clear();
  const GoGame& game = state.game();
  const MoveContext context = ContextOf(state);
  const BoardShape shape = context.board.shape();
  for (Action action = 0; action < game.pass(); ++action) {
    const Point p = game.PointOf(action);
    if (context.board.At(p) != Cell::kEmpty || !state.IsLegalAt(p)) continue;
    if (moves == LinearMoves::kNoOwnEyes && context.board.IsEyeLike(p, context.player)) continue;
    MoveCodes& codes = out.emplace_back();
    codes.action = action;
    codes.point = p;
    codes.pattern = PatternAt(context.board, p);
    AddDistance(codes, LinearFeature::kLast, context.last_action, shape);
    AddDistance(codes, LinearFeature::kPrevious, context.previous_action, shape);
    AddFixed(codes, LinearFeature::PlaceFeature(shape, action));
    AddTactics(codes, context);
    AddResponse(codes, context);
  }
}

void FindFeatures(const LinearFeatures& known, std::span<const MoveCodes> codes, Player to_move,
                  MoveFeatures& out) {
  const auto mover = static_cast<std::size_t>(Index(to_move));
  out.actions.clear();
  out.features.clear();
  out.begin.assign(1, 0);
  const auto add = [&out](int feature) {
    if (feature >= 0) out.features.push_back(feature);
  };
  for (const MoveCodes& move : codes) {
    out.actions.push_back(move.action);
    for (const std::int16_t feature : move.fixed_features()) add(feature);
    add(known.Pattern(move.pattern)[mover]);
    if (move.is_near) add(known.Near(move.pattern)[mover]);
    if (move.is_response) add(known.Response(move.response));
    out.begin.push_back(static_cast<std::int32_t>(out.features.size()));
  }
}

void FindAtariAnswers(const GoBoard& board, Point last, Player to_move, AtariAnswers& out) {
  out.extension_count = out.capture_count = 0;
  TENGEN_DCHECK(board.At(last) == CellOf(Opponent(to_move)), "no stone of the opponent at ", last);
  for (const Point q : board.Neighbours(last)) {
    if (board.At(q) != CellOf(to_move) || board.Liberties(q) != 1) continue;
    AddDistinct(out.extensions, out.extension_count, OnlyLiberty(board, q));
    Point stone = q;
    do {
      for (const Point r : board.Neighbours(stone)) {
        if (board.At(r) != CellOf(Opponent(to_move)) || board.Liberties(r) != 1) continue;
        AddDistinct(out.captures, out.capture_count, OnlyLiberty(board, r));
      }
      stone = board.NextStone(stone);
    } while (stone != q);
  }
}

}  // namespace tengen

#include "agents/alphago/linear_rollout.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "envs/core/check.h"

namespace tengen {

LinearFactors::LinearFactors(const LinearPolicy& policy) : features_(policy.features) {
  factors_.push_back(1.0F);
  for (const float weight : policy.weights) factors_.push_back(std::exp(weight));
}

LinearRolloutPolicy::LinearRolloutPolicy(std::shared_ptr<const LinearFactors> factors)
    : factors_(std::move(factors)) {}

// ---- A position from nothing ----

void LinearRolloutPolicy::Begin(const State& start) {
  TENGEN_DCHECK(dynamic_cast<const GoState*>(&start) != nullptr, "a game other than Go");
  const auto& state = static_cast<const GoState&>(start);
  if (&state.game() != game_) SetGame(state.game());
  ReadBoard(state.board());
  ply_ = state.Ply();
}

void LinearRolloutPolicy::SetGame(const GoGame& game) {
  game_ = &game;
  game_owner_ = game.weak_from_this().lock();
  const BoardShape shape = game.spec().shape;
  if (shape == shape_) return;
  shape_ = shape;
  const auto points = static_cast<std::size_t>(shape.points());
  padded_ = (points + kLanes - 1) / kLanes * kLanes;
  last_distance_.assign((points + 1) * padded_, 1.0F);
  previous_distance_.assign((points + 1) * padded_, 1.0F);
  for (int to = 0; to < shape.points(); ++to) {
    const std::size_t row = static_cast<std::size_t>(to) * padded_;
    for (int from = 0; from < shape.points(); ++from) {
      if (from == to) continue;
      const int distance = LinearFeature::DistanceFeature(
          to / shape.columns - from / shape.columns, to % shape.columns - from % shape.columns);
      const std::size_t at = row + static_cast<std::size_t>(from);
      last_distance_[at] = factors_->Of(LinearFeature::kLast + distance);
      previous_distance_[at] = factors_->Of(LinearFeature::kPrevious + distance);
    }
    place_[static_cast<std::size_t>(to)] = factors_->Of(LinearFeature::PlaceFeature(shape, to));
    index_of_[static_cast<std::size_t>(game.PointOf(to))] = static_cast<std::uint16_t>(to);
  }
  classes_.fill(PointClass::kEdge);
}

void LinearRolloutPolicy::ReadBoard(const GoBoard& board) {
  removed_ = {board.removed(Player::kFirst), board.removed(Player::kSecond)};
  for (auto& kept : kept_) std::fill_n(kept.begin(), padded_, 0.0F);
  for (Action action = 0; action < game_->pass(); ++action) {
    const Point p = game_->PointOf(action);
    ClassAt(p) = ClassOf(board, p);
  }
  for (const std::uint16_t p : board.empty_points()) RenewPoint(board, p);
}

// ---- After one move ----

void LinearRolloutPolicy::Follow(const GoState& state) {
  if (state.Ply() == ply_) return;
  TENGEN_CHECK(state.Ply() == ply_ + 1 && &state.game() == game_, "a position at ply ", state.Ply(),
               ", wanted what follows on ply ", ply_);
  ++ply_;
  const Action last = state.RecentMove(0);
  if (last == game_->pass()) return;
  FollowStone(state.board(), game_->PointOf(last));
  FollowCaptures(state.board());
  RenewChanged(state.board());
}

void LinearRolloutPolicy::FollowStone(const GoBoard& board, Point p) {
  MarkChanged(board, p);
  MarkAround(board, p);
  if (board.At(p) == Cell::kEmpty) return;  // suicide
  ClassAt(p) = ClassOf(board, p);
  bool own_changed = ClassAt(p) != PointClass::kFirst3 && ClassAt(p) != PointClass::kSecond3;
  for (const Point q : board.Neighbours(p)) {
    if (board.IsGuard(q) || board.At(q) == Cell::kEmpty) continue;
    if (board.At(q) == board.At(p)) {
      own_changed |= ClassAt(q) != ClassAt(p);
    } else {
      VisitChain(board, q);
    }
  }
  if (!own_changed) return;
  ClassAt(p) = PointClass::kEmpty;  // unlike any stone, so that the chain is gone over
  VisitChain(board, p);
}

void LinearRolloutPolicy::FollowCaptures(const GoBoard& board) {
  const std::array<int, 2> removed = {board.removed(Player::kFirst),
                                      board.removed(Player::kSecond)};
  if (std::exchange(removed_, removed) == removed) return;
  for (const std::uint16_t e : board.empty_points()) {
    if (ClassAt(e) == PointClass::kEmpty) continue;
    ClassAt(e) = PointClass::kEmpty;
    MarkChanged(board, e);
    MarkAround(board, e);
    for (const Point q : board.Neighbours(e)) {
      if (!board.IsGuard(q) && board.At(q) != Cell::kEmpty) VisitChain(board, q);
    }
  }
}

// Renews what the chain's stones look like and marks its liberties, unless it had three liberties
// or more and still has.
void LinearRolloutPolicy::VisitChain(const GoBoard& board, Point stone) {
  const PointClass now = ClassOf(board, stone);
  const bool strong = now == PointClass::kFirst3 || now == PointClass::kSecond3;
  if (strong && ClassAt(stone) == now) return;
  const Point first = stone;
  do {
    ClassAt(stone) = now;
    for (const Point q : board.Neighbours(stone)) {
      if (board.At(q) == Cell::kEmpty) MarkChanged(board, q);
    }
    stone = board.NextStone(stone);
  } while (stone != first);
}

void LinearRolloutPolicy::MarkChanged(const GoBoard&, Point p) {
  const auto slot = static_cast<std::size_t>(p);
  changed_[changed_count_] = static_cast<std::uint16_t>(p);
  changed_count_ += is_changed_[slot] ? 0 : 1;
  is_changed_[slot] = true;
}

void LinearRolloutPolicy::MarkAround(const GoBoard& board, Point p) {
  const int s = board.stride();
  for (const Point q : {p - s - 1, p - s, p - s + 1, p - 1, p + 1, p + s - 1, p + s, p + s + 1}) {
    if (board.At(q) == Cell::kEmpty) MarkChanged(board, q);
  }
}

void LinearRolloutPolicy::RenewChanged(const GoBoard& board) {
  for (std::size_t i = 0; i < changed_count_; ++i) {
    const Point p = changed_[i];
    is_changed_[changed_[i]] = false;
    if (board.At(p) == Cell::kEmpty) {
      RenewPoint(board, p);
    } else {
      kept_[0][IndexOf(p)] = kept_[1][IndexOf(p)] = 0.0F;
    }
  }
  changed_count_ = 0;
}

void LinearRolloutPolicy::RenewPoint(const GoBoard& board, Point p) {
  const int s = board.stride();
  const PatternCode code =
      PatternOf({ClassAt(p - s), ClassAt(p - s + 1), ClassAt(p + 1), ClassAt(p + s + 1),
                 ClassAt(p + s), ClassAt(p + s - 1), ClassAt(p - 1), ClassAt(p - s - 1)});
  const std::size_t index = IndexOf(p);
  patterns_[index] = code;
  const LinearFeatures::OfPlayers& pattern = factors_->features().Pattern(code);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    float factor = place_[index] * factors_->Of(pattern[static_cast<std::size_t>(Index(player))]);
    const Tactics tactics = TacticsOf(board, p, player);
    for (const int feature :
         {LinearFeature::TakeFeature(tactics), LinearFeature::ExtendFeature(tactics),
          LinearFeature::SelfAtariFeature(tactics)}) {
      factor *= factors_->Of(feature);
    }
    kept_[static_cast<std::size_t>(Index(player))][index] = factor;
  }
}

// ---- A choice ----

void LinearRolloutPolicy::MultiplyDistances(const GoState& state) {
  const auto row = [&](const std::vector<float>& table, Action action) {
    const std::size_t to = static_cast<std::size_t>(
        action == kNoAction || action == game_->pass() ? shape_.points() : action);
    return table.data() + to * padded_;
  };
  const float* last = row(last_distance_, state.RecentMove(0));
  const float* previous = row(previous_distance_, state.RecentMove(1));
  const float* kept = kept_[static_cast<std::size_t>(Index(state.ToMove()))].data();
  for (std::size_t i = 0; i < padded_; ++i) product_[i] = kept[i] * last[i] * previous[i];
}

void LinearRolloutPolicy::Scale(Point p, float factor) { product_[IndexOf(p)] *= factor; }

void LinearRolloutPolicy::MultiplyAnswers(const GoState& state) {
  const Action action = state.RecentMove(0);
  if (action == kNoAction || action == game_->pass()) return;
  const GoBoard& board = state.board();
  const Player player = state.ToMove();
  const Point last = game_->PointOf(action);
  if (board.At(last) != CellOf(Opponent(player))) return;
  const ResponseCode around = ResponseAround(board, last, player);
  for (int place = 0; place < kResponsePlaces; ++place) {
    if ((around >> (2 * place) & 3) != 0) continue;  // not empty
    const Point p = ResponsePoint(board, last, place);
    const LinearFeatures& known = factors_->features();
    float factor = factors_->Of(known.Response(WithPlace(around, place)));
    if (place < 8) {
      const auto mover = static_cast<std::size_t>(Index(player));
      factor *= factors_->Of(known.Near(patterns_[IndexOf(p)])[mover]);
    }
    Scale(p, factor);
  }
  if (board.Liberties(last) == 1) {
    Scale(OnlyLiberty(board, last), factors_->Of(LinearFeature::kTakeLast));
  }
  FindAtariAnswers(board, last, player, answers_);
  for (std::size_t i = 0; i < answers_.extension_count; ++i) {
    const Point p = answers_.extensions[i];
    if (TacticsOf(board, p, player).extended == 0) continue;
    Scale(p, factors_->Of(LinearFeature::kSaveByExtending));
  }
  for (std::size_t i = 0; i < answers_.capture_count; ++i) {
    Scale(answers_.captures[i], factors_->Of(LinearFeature::kSaveByTaking));
  }
}

std::span<const float> LinearRolloutPolicy::Factors(const GoState& state) {
  Follow(state);
  MultiplyDistances(state);
  MultiplyAnswers(state);
  return std::span(product_).first(static_cast<std::size_t>(shape_.points()));
}

Action LinearRolloutPolicy::Choose(const State& state, Rng& rng) {
  const auto& go = static_cast<const GoState&>(state);
  Factors(go);
  return Draw(go, rng);
}

// Draws by the products, strikes out what may not be played, and draws again.
Action LinearRolloutPolicy::Draw(const GoState& state, Rng& rng) {
  const std::size_t blocks = padded_ / kLanes;
  std::array<float, kMaxPadded / kLanes> sums;
  const auto block_sum = [this](std::size_t block) {
    const float* of = product_.data() + block * kLanes;
    return ((of[0] + of[1]) + (of[2] + of[3])) + ((of[4] + of[5]) + (of[6] + of[7]));
  };
  for (std::size_t b = 0; b < blocks; ++b) sums[b] = block_sum(b);
  while (true) {
    float total = 0.0F;
    for (std::size_t b = 0; b < blocks; ++b) total += sums[b];
    if (!(total > 0.0F)) return game_->pass();
    float left = static_cast<float>(rng.Uniform()) * total;
    std::size_t block = 0;
    while (block + 1 < blocks && left >= sums[block]) left -= sums[block++];
    std::size_t index = block * kLanes;
    const std::size_t end = index + kLanes;
    while (index + 1 < end && left >= product_[index]) left -= product_[index++];
    if (product_[index] == 0.0F) continue;  // rounding led to a point without weight
    const Point p = game_->PointOf(static_cast<Action>(index));
    if (!state.board().IsEyeLike(p, state.ToMove()) && state.IsLegalAt(p)) {
      return static_cast<Action>(index);
    }
    product_[index] = 0.0F;
    sums[block] = block_sum(block);
  }
}

}  // namespace tengen

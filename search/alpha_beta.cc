#include "search/alpha_beta.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "envs/core/check.h"
#include "envs/core/rng.h"

namespace tengen {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

AlphaBeta::AlphaBeta(std::int64_t table_entries, std::int64_t max_positions)
    : max_positions_(max_positions),
      table_(std::bit_ceil(static_cast<std::size_t>(std::max<std::int64_t>(1, table_entries)))) {}

std::optional<double> AlphaBeta::Value(const State& state) {
  Begin(state);
  const double value = Search(state, -kInfinity, kInfinity, 0);
  if (gave_up_) return std::nullopt;
  return value;
}

std::optional<std::vector<double>> AlphaBeta::ActionValues(const State& state) {
  Begin(state);
  std::vector<Action> legal;
  state.LegalActions(legal);
  std::vector<double> values;
  const std::unique_ptr<State> child = state.Clone();
  for (const Action action : legal) {
    child->CopyFrom(state);
    child->Apply(action);
    values.push_back(child->IsTerminal() ? child->Reward()
                                         : -Search(*child, -kInfinity, kInfinity, 0));
    if (gave_up_) return std::nullopt;
  }
  return values;
}

void AlphaBeta::Begin(const State& state) {
  const Game& game = state.game();
  TENGEN_CHECK(game.spec().num_players == 2, game.spec().name, " has ", game.spec().num_players,
               " players, wanted 2");
  TENGEN_CHECK(!state.IsTerminal(), "the position is a finished game");
  positions_ = 0;
  gave_up_ = false;
  if (game_id_ == game.spec().id) return;
  game_id_ = game.spec().id;
  std::fill(table_.begin(), table_.end(), Entry{});
  levels_.clear();
}

// Negamax within [alpha, beta]: exact inside, a bound outside (fail-soft).
double AlphaBeta::Search(const State& state, double alpha, double beta, std::size_t depth) {
  if (++positions_ > max_positions_) gave_up_ = true;
  if (gave_up_) return 0.0;

  // 1. What the table knows.
  const Key128 key = state.InputKey();
  const int ply = state.Ply();
  if (const Entry& known = EntryOf(key, ply);
      known.bound != Bound::kNone && known.key == key && known.ply == ply) {
    const double value = known.value;
    if (known.bound == Bound::kExact || (known.bound == Bound::kLower && value >= beta) ||
        (known.bound == Bound::kUpper && value <= alpha)) {
      return value;
    }
  }

  // 2. The moves.
  if (levels_.size() == depth) levels_.emplace_back().child = state.Clone();
  state.LegalActions(levels_[depth].legal);
  double best = -kInfinity;
  double low = alpha;
  for (std::size_t i = 0; i < levels_[depth].legal.size() && low < beta; ++i) {
    State& child = *levels_[depth].child;
    child.CopyFrom(state);
    child.Apply(levels_[depth].legal[i]);
    const double value =
        child.IsTerminal() ? child.Reward() : -Search(child, -beta, -low, depth + 1);
    if (gave_up_) return 0.0;
    best = std::max(best, value);
    low = std::max(low, best);
  }

  // 3. What was learnt.
  Entry& entry = EntryOf(key, ply);
  entry.key = key;
  entry.ply = ply;
  entry.value = static_cast<float>(best);
  entry.bound = best >= beta ? Bound::kLower : best <= alpha ? Bound::kUpper : Bound::kExact;
  return best;
}

AlphaBeta::Entry& AlphaBeta::EntryOf(const Key128& key, int ply) {
  const std::uint64_t hash = Mix64(key.high ^ Mix64(key.low + static_cast<std::uint64_t>(ply)));
  return table_[hash & (table_.size() - 1)];
}

}  // namespace tengen

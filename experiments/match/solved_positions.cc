#include "experiments/match/solved_positions.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_set>
#include <utility>

#include "envs/core/rng.h"
#include "search/alpha_beta.h"
#include "search/connect_four_solver.h"

namespace tengen {
namespace {

constexpr std::size_t kSolverBytes = std::size_t{256} << 20;
constexpr std::int64_t kTableEntries = std::int64_t{1} << 22;
constexpr std::int64_t kMostNodes = 50'000'000;  // a position, about a minute
constexpr std::uint64_t kMostDraws = 20'000;     // without finding any

// Null if the game ended before `ply`.
std::unique_ptr<State> RandomPosition(const Game& game, int ply, Rng& rng) {
  auto state = game.NewState();
  std::vector<Action> legal;
  for (int i = 0; i < ply; ++i) {
    state->LegalActions(legal);
    state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    if (state->IsTerminal()) return nullptr;
  }
  return state;
}

// The value of each legal move; nothing where that is too much work.
using Solver = std::function<std::optional<std::vector<int>>(const State&)>;

Solver SolverFor(const Game& game) {
  if (game.spec().name == "connect4") {
    const auto solver = std::make_shared<ConnectFourSolver>(kSolverBytes);
    return [solver](const State& state) { return std::optional(solver->MoveValues(state)); };
  }
  const auto solver = std::make_shared<AlphaBeta>(kTableEntries, kMostNodes);
  return [solver](const State& state) -> std::optional<std::vector<int>> {
    const auto results = solver->ActionValues(state);
    if (!results) return std::nullopt;
    std::vector<int> values;
    for (const double result : *results) values.push_back((result > 0.0) - (result < 0.0));
    return values;
  };
}

}  // namespace

int SolvedPosition::best() const { return *std::max_element(values.begin(), values.end()); }

bool SolvedPosition::Keeps(Action action) const {
  const auto it = std::find(actions.begin(), actions.end(), action);
  return it != actions.end() && values[static_cast<std::size_t>(it - actions.begin())] == best();
}

double SolvedPosition::KeepingShare() const {
  return static_cast<double>(std::count(values.begin(), values.end(), best())) /
         static_cast<double>(values.size());
}

Result<std::vector<SolvedPosition>> SolvePositions(const Game& game, int count, int min_ply,
                                                   int max_ply, std::uint64_t seed,
                                                   const std::atomic<bool>* stop) {
  const Solver solve = SolverFor(game);
  std::vector<SolvedPosition> positions;
  std::unordered_set<std::uint64_t> seen;
  std::uint64_t last_found = 0;
  for (std::uint64_t draw = 0; static_cast<int>(positions.size()) < count; ++draw) {
    if (stop != nullptr && stop->load()) break;
    if (draw - last_found > kMostDraws) {
      return Error{StrCat("only ", positions.size(), " positions of ", game.spec().id, " at plies ",
                          min_ply, " to ", max_ply, " found in which a move matters, wanted ",
                          count)};
    }
    Rng rng(seed, RngRole::kOpening, draw);
    const int plies = max_ply - min_ply + 1;
    const int ply = min_ply + static_cast<int>(rng.Below(static_cast<std::uint32_t>(plies)));
    SolvedPosition position;
    position.state = RandomPosition(game, ply, rng);
    if (position.state == nullptr || seen.contains(position.state->PositionHash())) continue;
    position.state->LegalActions(position.actions);
    auto values = solve(*position.state);
    if (!values) {
      return Error{StrCat("positions of ", game.spec().id, " at ply ", ply,
                          " are too far from the end to be solved, wanted later ones")};
    }
    position.values = std::move(*values);
    if (position.KeepingShare() > 0.5) continue;
    seen.insert(position.state->PositionHash());
    positions.push_back(std::move(position));
    last_found = draw;
  }
  return positions;
}

}  // namespace tengen

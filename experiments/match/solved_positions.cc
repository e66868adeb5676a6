#include "experiments/match/solved_positions.h"

#include <algorithm>
#include <unordered_set>

#include "envs/core/rng.h"
#include "search/connect_four_solver.h"

namespace tengen {
namespace {

constexpr std::size_t kSolverBytes = std::size_t{256} << 20;

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

std::vector<SolvedPosition> SolveConnectFourPositions(const Game& game, int count, int min_ply,
                                                      int max_ply, std::uint64_t seed,
                                                      const std::atomic<bool>* stop) {
  ConnectFourSolver solver(kSolverBytes);
  std::vector<SolvedPosition> positions;
  std::unordered_set<std::uint64_t> seen;
  for (std::uint64_t draw = 0; static_cast<int>(positions.size()) < count; ++draw) {
    if (stop != nullptr && stop->load()) break;
    Rng rng(seed, RngRole::kOpening, draw);
    const int plies = max_ply - min_ply + 1;
    const int ply = min_ply + static_cast<int>(rng.Below(static_cast<std::uint32_t>(plies)));
    SolvedPosition position;
    position.state = RandomPosition(game, ply, rng);
    if (position.state == nullptr || seen.contains(position.state->PositionHash())) continue;
    position.state->LegalActions(position.actions);
    position.values = solver.MoveValues(*position.state);
    if (position.KeepingShare() > 0.5) continue;
    seen.insert(position.state->PositionHash());
    positions.push_back(std::move(position));
  }
  return positions;
}

}  // namespace tengen

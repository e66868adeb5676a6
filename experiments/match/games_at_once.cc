#include "experiments/match/games_at_once.h"

#include <tuple>

#include "experiments/config/processor.h"

namespace tengen {
namespace {

bool HasNetwork(const AgentSpec& spec) {
  return spec.has_network() || spec.kind == AgentSpec::Kind::kAlphaGo;
}

bool NeedsProcessor(const AgentSpec& spec) {
  return spec.kind == AgentSpec::Kind::kProgram || spec.seconds > 0.0 || spec.threads > 1;
}

}  // namespace

bool ShareNetwork(const AgentSpec& a, const AgentSpec& b) {
  const auto network = [](const AgentSpec& spec) {
    return std::tie(spec.kind, spec.folder, spec.step, spec.symmetry, spec.profile, spec.threads,
                    spec.gathers);
  };
  return a.has_network() && network(a) == network(b);
}

GamesAtOnce PlanGamesAtOnce(const AgentSpec& a, const AgentSpec& b, const ParallelGames& wanted) {
  const int threads = wanted.threads > 0 ? wanted.threads : ProcessorCount();
  const bool gathers = !wanted.deterministic && (HasNetwork(a) || HasNetwork(b)) &&
                       !NeedsProcessor(a) && !NeedsProcessor(b);
  const int games = wanted.games > 0 ? wanted.games : threads * (gathers ? kGamesAThread : 1);
  if (!gathers || games <= threads) return {games, 1};
  return {threads, (games + threads - 1) / threads};
}

}  // namespace tengen

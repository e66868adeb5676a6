#include "agents/self_play_stats.h"

#include "agents/game_record.h"

namespace tengen {

void SelfPlayStats::AddGame(const GameRecord& record) {
  ++games;
  game_plies += static_cast<std::int64_t>(record.plies.size());
  returns += static_cast<double>(record.return_first);
  first_wins += record.return_first > 0.0F ? 1 : 0;
  draws += record.return_first == 0.0F ? 1 : 0;
  resigned += record.end == GameEnd::kResign ? 1 : 0;
  if (!record.plays_on) return;
  ++played_on;
  would_have_resigned += record.resign_ply[0] >= 0 || record.resign_ply[1] >= 0 ? 1 : 0;
  false_resignations += IsFalseResignation(record) ? 1 : 0;
}

SelfPlayStats& SelfPlayStats::operator+=(const SelfPlayStats& other) {
  rounds += other.rounds;
  batches += other.batches;
  evaluations += other.evaluations;
  batch_slots += other.batch_slots;
  simulations += other.simulations;
  simulator_calls += other.simulator_calls;
  plies += other.plies;
  positions += other.positions;
  policy_entropy += other.policy_entropy;
  games += other.games;
  game_plies += other.game_plies;
  first_wins += other.first_wins;
  draws += other.draws;
  returns += other.returns;
  resigned += other.resigned;
  played_on += other.played_on;
  would_have_resigned += other.would_have_resigned;
  false_resignations += other.false_resignations;
  return *this;
}

}  // namespace tengen

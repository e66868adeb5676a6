#include "agents/zero/self_play_stats.h"

#include "agents/records/game_record.h"

namespace tengen {

void SelfPlayStats::AddGame(const GameRecord& record) {
  ++games;
  game_plies += static_cast<std::int64_t>(record.plies.size());
  returns += static_cast<double>(record.return_first);
  first_wins += record.return_first > 0.0F ? 1 : 0;
  draws += record.return_first == 0.0F ? 1 : 0;
  const bool hopeless = record.resign_ply[0] >= 0 || record.resign_ply[1] >= 0;
  resigned += hopeless && !record.plays_on ? 1 : 0;
  if (!record.plays_on) return;
  ++played_on;
  would_have_resigned += hopeless ? 1 : 0;
  false_resignations += IsFalseResignation(record) ? 1 : 0;
}

namespace {

// Counts and sums alike: a += sign * b.
void AddTimes(SelfPlayStats& a, int sign, const SelfPlayStats& b) {
  a.rounds += sign * b.rounds;
  a.batches += sign * b.batches;
  a.evaluations += sign * b.evaluations;
  a.batch_slots += sign * b.batch_slots;
  a.simulations += sign * b.simulations;
  a.simulator_calls += sign * b.simulator_calls;
  a.plies += sign * b.plies;
  a.positions += sign * b.positions;
  a.policy_entropy += sign * b.policy_entropy;
  a.games += sign * b.games;
  a.game_plies += sign * b.game_plies;
  a.first_wins += sign * b.first_wins;
  a.draws += sign * b.draws;
  a.returns += sign * b.returns;
  a.resigned += sign * b.resigned;
  a.played_on += sign * b.played_on;
  a.would_have_resigned += sign * b.would_have_resigned;
  a.false_resignations += sign * b.false_resignations;
}

}  // namespace

SelfPlayStats& SelfPlayStats::operator+=(const SelfPlayStats& other) {
  AddTimes(*this, 1, other);
  return *this;
}

SelfPlayStats& SelfPlayStats::operator-=(const SelfPlayStats& earlier) {
  AddTimes(*this, -1, earlier);
  return *this;
}

}  // namespace tengen

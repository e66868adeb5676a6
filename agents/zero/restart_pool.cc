#include "agents/zero/restart_pool.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen {

float Regret(const GameRecord& record, int ply, Player mover) {
  const float result = mover == Player::kFirst ? record.return_first : -record.return_first;
  const float value = record.plies[static_cast<std::size_t>(ply)].root_value;
  return std::abs(std::clamp(value, -1.0F, 1.0F) - result);
}

int UnsearchedPlies(const GameRecord& record) {
  const auto searched = std::find_if(record.plies.begin(), record.plies.end(),
                                     [](const RecordedPly& ply) { return ply.visits > 0; });
  return static_cast<int>(searched - record.plies.begin());
}

namespace {

// Where somebody resigned, if the game did not just go on: behind it cheap searches played it out
// (SelfPlayConfig::decided_visits), whose mistakes would be taken for those of the search before.
int DecidedPly(const GameRecord& record) {
  int decided = static_cast<int>(record.plies.size());
  if (record.plays_on) return decided;
  for (const int ply : record.resign_ply) {
    if (ply >= 0) decided = std::min(decided, ply);
  }
  return decided;
}

}  // namespace

void RestartPool::Offer(const GameRecord& record, const Game& game) {
  const int first_search = UnsearchedPlies(record);
  const int decided = DecidedPly(record);
  int worst = -1;
  float highest = 0.0F;
  Player mover = game.NewState()->ToMove();  // in handicap games the second player
  for (int ply = 0; ply < decided; ++ply, mover = Opponent(mover)) {
    if (ply <= first_search || record.plies[static_cast<std::size_t>(ply)].visits == 0) continue;
    const float regret = Regret(record, ply, mover);
    if (regret > 0.0F && regret >= highest) {
      worst = ply;
      highest = regret;
    }
  }
  if (worst < 0) return;
  Position position = {record.game_id, {}, highest};
  for (int ply = 0; ply < worst; ++ply) {
    position.moves.push_back(record.plies[static_cast<std::size_t>(ply)].action);
  }
  if (positions_.size() == kCapacity) positions_.pop_front();
  positions_.push_back(std::move(position));
}

std::vector<Action> RestartPool::Take(const std::string& game_id, double place) {
  double sum = 0.0;
  for (const Position& position : positions_) {
    if (position.game_id == game_id) sum += static_cast<double>(position.regret);
  }
  double left = place * sum;
  auto drawn = positions_.end();
  for (auto it = positions_.begin(); it != positions_.end(); ++it) {
    if (it->game_id != game_id) continue;
    drawn = it;  // also where rounding left a sliver at the end
    left -= static_cast<double>(it->regret);
    if (left < 0.0) break;
  }
  if (drawn == positions_.end()) return {};
  std::vector<Action> moves = std::move(drawn->moves);
  positions_.erase(drawn);
  return moves;
}

}  // namespace tengen

#pragma once

#include <cstdint>

namespace tengen {

struct GameRecord;

// Counts of self-play since its beginning. Means are 0 where nothing was counted.
struct SelfPlayStats {
  std::int64_t rounds = 0;
  std::int64_t batches = 0;      // submitted
  std::int64_t evaluations = 0;  // leaves submitted; caches behind the evaluator not known here
  std::int64_t batch_slots = 0;  // leaves that all games could have submitted
  std::int64_t simulations = 0;
  std::int64_t simulator_calls = 0;  // State::Apply in searches and play
  std::int64_t plies = 0;            // moves played, opening moves included
  std::int64_t positions = 0;        // recorded as training positions
  double policy_entropy = 0.0;       // sum over those positions, nats

  std::int64_t games = 0;       // finished
  std::int64_t game_plies = 0;  // of finished games
  std::int64_t first_wins = 0;
  std::int64_t draws = 0;
  double returns = 0.0;  // sum of the first player's, undiscounted

  std::int64_t resigned = 0;             // games in which somebody resigned, played out or not
  std::int64_t played_on = 0;            // finished games in which nobody was allowed to resign
  std::int64_t would_have_resigned = 0;  // of those: somebody would have
  std::int64_t false_resignations = 0;   // of those: and did not lose

  void AddGame(const GameRecord& record);
  SelfPlayStats& operator+=(const SelfPlayStats& other);
  SelfPlayStats& operator-=(const SelfPlayStats& earlier);
  bool operator==(const SelfPlayStats&) const = default;

  double mean_batch() const { return Ratio(static_cast<double>(evaluations), batches); }
  double batch_fill() const { return Ratio(static_cast<double>(evaluations), batch_slots); }
  double mean_plies() const { return Ratio(static_cast<double>(game_plies), games); }
  double mean_policy_entropy() const { return Ratio(policy_entropy, positions); }
  double mean_return() const { return Ratio(returns, games); }
  double first_win_share() const { return Ratio(static_cast<double>(first_wins), games); }
  // Of the resignations that would have happened, the share that would have been wrong.
  double false_resignation_rate() const {
    return Ratio(static_cast<double>(false_resignations), would_have_resigned);
  }

 private:
  static double Ratio(double part, std::int64_t whole) {
    return whole == 0 ? 0.0 : part / static_cast<double>(whole);
  }
};

}  // namespace tengen

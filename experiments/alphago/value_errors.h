#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "agents/records/game_record.h"
#include "experiments/statistics/interval.h"
#include "search/evaluator.h"

namespace tengen {

// How far an evaluator's values are from the results of games: (v - z)^2 with z = +1, 0, -1 for the
// player to move (Silver et al. 2016, figure 2b). Between 0 and 4; who says 0 everywhere has 1.
struct ValueErrors {
  // Stretches of a game: up to 1/4 of the board's points in plies, up to 2/4, 3/4, and later.
  static constexpr int kStretches = 4;

  std::vector<int> positions;   // by game
  std::vector<double> squares;  // by game, sums
  std::array<int, kStretches> stretch_positions{};
  std::array<double, kStretches> stretch_squares{};

  // The mean with its 95 % bootstrap interval over games, the same for the same numbers.
  Interval Mean() const;
  // Of one stretch; 0 without positions there.
  double StretchMean(int stretch) const;
  std::int64_t position_count() const;
};

// At the training positions of all games, or, to be quicker, about `most_positions` of them, evenly
// spread (0: all); the same ones whatever the evaluator. `seed`: what the evaluator may draw from.
// REQUIRES: the games pass CheckRecord, and the evaluator plays them.
ValueErrors MeasureValueErrors(Evaluator& evaluator, const std::vector<GameRecord>& games,
                               std::int64_t most_positions = 0, std::uint64_t seed = 1);

}  // namespace tengen

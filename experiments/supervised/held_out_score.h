#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "agents/records/game_record.h"
#include "experiments/statistics/interval.h"
#include "nets/model.h"

namespace tengen {

// How well a network foretells games that it did not learn from.
struct HeldOutScore {
  // By game: positions, and those in which the most probable legal move is the one that was played.
  std::vector<int> positions;
  std::vector<int> hits;
  // Means over all positions, nats: -log of the played move's probability among all moves, and of
  // the game's result among win, draw and loss.
  double policy_loss = 0.0;
  double value_loss = 0.0;

  // Share of hits with its 95 % bootstrap interval over games. Always the same numbers for the same
  // counts.
  Interval Accuracy() const;
  std::int64_t position_count() const;
};

// Positions of all games, or, to be quicker, about `most_positions` of them, evenly spread (0:
// all), as they stand, without symmetries. The same positions whatever the network. REQUIRES: the
// games are ones that the network plays and pass CheckRecord.
HeldOutScore ScoreHeldOut(const ModelSnapshot& network, const std::vector<GameRecord>& games,
                          std::string_view device, std::int64_t most_positions = 0);

}  // namespace tengen

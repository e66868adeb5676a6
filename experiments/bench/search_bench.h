#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "envs/core/game.h"
#include "experiments/bench/bench.h"
#include "nets/model.h"

namespace tengen {

struct SearchBenchOptions {
  std::shared_ptr<const Game> game;
  ModelConfig model;  // trained-like weights
  int threads = 2;    // of the parallel searches
  double seconds = 10.0;
  std::uint64_t seed = 1;
};

// One tree at a time, as for play and analysis on the CPU: 400 visits from positions a few moves
// into the game, fresh trees, in turns. Rows, in visits/s by the clock:
//   1 thread, batch 1          leaf by leaf
//   1 thread, batch 8
//   N threads, N + 2 batches   of 8 (BatchesFor; an agent has smaller ones for so few visits);
//                              ratio: over 1 thread with batches of 8
// Medians over the turns.
std::vector<BenchRow> BenchSearch(const SearchBenchOptions& options);

}  // namespace tengen

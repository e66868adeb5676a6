#pragma once

#include <cstdint>
#include <vector>

#include "experiments/bench/bench.h"

namespace tengen {

// Simulations per second of Mcts on one core with random priors and values, on Go 9x9 positions of
// 0 to 40 random plies: PUCT at 32 and 800 simulations a search, each in turns with MinimalPuct on
// the same positions, seeds and numbers of simulations (the trees are equal, which is checked);
// then a Gumbel root alone. Medians over the rounds that fit into `seconds`, at least three. Time
// is the process's time on the processor.
std::vector<BenchRow> BenchTree(double seconds, std::uint64_t seed);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "envs/core/result.h"
#include "experiments/bench/bench.h"

namespace tengen {

// Rollouts from the empty 9x9 board on one core: uniform ones, and those of a linear policy in
// turns with them; rollouts per second and microseconds a move, the position's own cost of a move
// included. Without a `policy` file the weights are random, for the patterns of random games.
// Processor time. Errors: the file cannot be read.
Result<std::vector<BenchRow>> BenchRollouts(double seconds, std::uint64_t seed,
                                            const std::filesystem::path& policy);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/bench/bench.h"

namespace tengen {

struct BoardBenchOptions {
  double seconds = 4.0;  // for all of this project's rows together
  std::uint64_t seed = 1;
  // Shell commands of other programs that play random games of their own and print their speed;
  // README.md says how.
  std::vector<std::string> compare_commands;
};

// Speed of the Go board on one core: uniformly random legal moves that do not fill own eyes,
// superko on, from the empty board to two passes or the ply limit, through GoState as search uses
// it; then the time of a copy; area, Benson's pass-alive area and all ladders of boards from random
// games; the size of a state. Medians over five rounds. Other programs run in turns with ours in
// every round: each gets a row of its own, with the median of the rounds' ratios. Throws WorldError
// if one fails or prints something else.
std::vector<BenchRow> BenchBoard(const BoardBenchOptions& options);

}  // namespace tengen

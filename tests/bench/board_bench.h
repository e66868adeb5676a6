#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/bench.h"

namespace tengen {

struct BoardBenchOptions {
  double seconds = 4.0;  // for all of this project's rows together
  std::uint64_t seed = 1;
  // Another program's shell command, run in turns with ours. It plays random games of its own and
  // prints {"moves_per_second_9": x, "moves_per_second_19": y} as the last line. Empty: none.
  std::string compare_command;
};

// Speed of the Go board on one core: uniformly random legal moves that do not fill own eyes,
// superko on, from the empty board to two passes or the ply limit, through GoState as search uses
// it; then the time of a copy; area, Benson's pass-alive area and all ladders of boards from random
// games; the size of a state. Medians over five rounds. Throws WorldError
// if the other program fails or prints something else.
std::vector<BenchRow> BenchBoard(const BoardBenchOptions& options);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/bench/bench.h"

namespace tengen {

struct EnvBenchOptions {
  double seconds = 4.0;  // for all of this project's rows together
  std::uint64_t seed = 1;
  // Shell commands of other programs, run in turns with ours. Each prints as its last line an
  // object of names and CartPole steps per second, {"EnvPool": x, "Gymnasium": y}.
  std::vector<std::string> compare_commands;
};

// Environment steps per second on one core through VecEnv, uniformly random actions, every row
// written: observations, rewards, flags, resets. CartPole stands beside a bare loop over the same
// number of float64 states with the C library's sine and cosine, which writes nothing, and beside
// what other programs print. Medians over five rounds. Throws WorldError if one of them fails or
// prints something else.
std::vector<BenchRow> BenchEnv(const EnvBenchOptions& options);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <vector>

#include "experiments/bench/bench.h"
#include "experiments/config/train_config.h"

namespace tengen {

// The real learner, in a run folder that is removed in the end, with `workers` synthetic ones
// (cluster/synthetic_workers.h) that send records of random games through TLS on loopback, for
// about that many seconds after all are there. It draws one sample for fifty positions, so that the
// door, the checks and the disk are measured and not the training, and still publishes networks;
// the workers take a thread of the same machine. Rows:
//   games acknowledged per second; connections that broke
//   resident memory of learner and workers together at a third of the time and at its end
//   bytes of weights sent per second, and networks published
// Throws WorldError: not all of them came in within two minutes.
std::vector<BenchRow> BenchCluster(TrainConfig config, int workers, double seconds);

}  // namespace tengen

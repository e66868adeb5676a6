#pragma once

#include <string>
#include <vector>

#include "experiments/bench/bench.h"
#include "experiments/config/train_config.h"

namespace tengen {

// The real loop: self-play threads and the learner together, in a run folder that is removed in the
// end, for about that many seconds, without progress matches. The learner's wait for its first
// positions is taken away (learner.first_positions = batch_size). Rows:
//   games, training positions, learner steps and evaluations per second of the loop, start and end
//   included; steps due at the end, of a learner that is slower than self-play
//   learner steps per second alone, on one thread, and evaluations per second of self-play alone
std::vector<BenchRow> BenchTrain(TrainConfig config, double seconds);

// The learner's steps per second alone on config.threads threads, in float32, in turns with other
// programs: each command is run with --blocks, --channels, --rows, --columns, --batch, --threads
// and --seconds behind it and prints one JSON object of names and steps per second
// (compare_learner.py). Medians. REQUIRES: config.threads > 0.
std::vector<BenchRow> BenchLearnerBeside(TrainConfig config, double seconds,
                                         const std::vector<std::string>& compare);

}  // namespace tengen

#pragma once

#include <vector>

#include "experiments/bench/bench.h"
#include "nets/net_evaluator.h"

namespace tengen {

struct NetBenchOptions {
  std::vector<int> batch_sizes = {8, 16, 32, 64, 128, 256};
  int callers = 1;  // threads that evaluate at the same time, each its own batches
  double seconds_per_row = 0.5;
};

struct NetRate {
  int batch = 0;
  double evaluations_per_second = 0.0;  // all callers together
};

// Raw speed of the folded network on the CPU: forward passes of whole batches that are already
// encoded, nothing around them. One rate per batch size, each the best of five parts of its time.
std::vector<NetRate> MeasureForward(const ModelConfig& config, BoardShape shape,
                                    Precision precision, const NetBenchOptions& options);

// The fastest of these.
NetRate BestRate(const std::vector<NetRate>& rates);

// Networks of the presets' sizes on small boards: one row per network and precision at its best
// batch size, in evaluations/s; bfloat16 stands against float32.
std::vector<BenchRow> BenchNet(const NetBenchOptions& options);

}  // namespace tengen

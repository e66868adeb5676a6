#pragma once

#include <string>
#include <vector>

#include "experiments/bench/bench.h"
#include "nets/net_evaluator.h"

namespace tengen {

// Width and depth of a network.
struct NetSize {
  int blocks = 0;
  int channels = 0;
};

struct NetBenchOptions {
  std::vector<std::string> games = {"go:size=5", "go:size=7", "go:size=9"};
  std::vector<NetSize> sizes = {{4, 32}, {4, 64}, {6, 64}};
  std::vector<int> batch_sizes = {8, 16, 32, 64, 128, 256};
  Device device = Device::kCpu;
  int callers = 1;  // threads that evaluate at the same time, each its own batches; CPU only
  double seconds = 10.0;
  bool by_batch = false;  // a row for each batch size, not for the best one only
  // Commands that run an exported network in other programs (BenchNetBeside).
  std::vector<std::string> compare;
};

struct NetRate {
  int batch = 0;
  double evaluations_per_second = 0.0;  // all callers together
};

// Raw speed of a network (RawForward), one rate per batch size, each the best of five parts of its
// time.
std::vector<NetRate> MeasureForward(const ModelSnapshot& snapshot, BoardShape shape,
                                    Precision precision, const NetBenchOptions& options,
                                    double seconds_per_rate);

// The fastest of these.
NetRate BestRate(const std::vector<NetRate>& rates);

// Networks with trained-like weights: one row per game, size and precision that the device has
// natively, in evaluations/s; bfloat16 stands against float32.
std::vector<BenchRow> BenchNet(const NetBenchOptions& options);

// The same in float32 at the best batch size, in turns with the learner's modules (the network as
// it is trained, module by module, channels-last) and with each command: given the network as an
// ONNX file and `--seconds S --threads N`, it prints an object of program names and evaluations/s.
// Medians of five rounds. CPU only.
std::vector<BenchRow> BenchNetBeside(const NetBenchOptions& options);

}  // namespace tengen

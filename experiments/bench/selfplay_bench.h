#pragma once

#include <cstdint>
#include <vector>

#include "agents/zero/self_play_game.h"
#include "experiments/bench/bench.h"
#include "nets/model.h"
#include "nets/net_evaluator.h"

namespace tengen {

struct SelfPlayBenchOptions {
  SelfPlayConfig selfplay;
  ModelConfig model;  // trained-like weights
  NetEvaluatorOptions evaluator;
  int threads = 1;
  double seconds = 10.0;  // about, all together
  std::uint64_t seed = 1;
};

// Self-play on so many threads, without cache, beside raw forward passes of the same network on the
// same threads (on a CUDA device: of one thread) at its best batch size, in turns. Rows:
//   self-play                 evaluations/s; ratio: over raw forward passes
//   raw forward               evaluations/s at the best batch size
//   evaluator in self-play    evaluations/s of the time spent inside it, encoding included
//   outside the evaluator     us of search, rules and records per evaluation and thread
//   encoding                  us per position
// Medians over the turns.
std::vector<BenchRow> BenchSelfPlay(const SelfPlayBenchOptions& options);

}  // namespace tengen

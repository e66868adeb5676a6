#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "nets/device.h"
#include "nets/model.h"
#include "nets/precision.h"
#include "search/evaluator.h"

namespace tengen {

enum class EvaluationSymmetry {
  kIdentity,
  kRandom,  // one of the game's symmetries per evaluation, picked by Evaluation::random
};

struct NetEvaluatorOptions {
  Device device = Device::kCpu;
  Precision precision = Precision::kAuto;
  EvaluationSymmetry symmetry = EvaluationSymmetry::kRandom;
  // Threads inside one evaluation on the CPU. With several callers at once, 1 is fastest.
  int threads = 1;
};

// Evaluates positions with a network whose BatchNorm is folded into its convolutions.
//
// Thread-safe: weights are shared, scratch memory belongs to the call. On the CPU Submit does all
// of the work on the caller's thread and Wait returns at once. On CUDA Submit encodes into pinned
// memory and queues the work; Wait blocks until it is done.
//
// One batch holds positions of one board shape; different calls may bring different ones. Sets
// LibTorch's intra-op threads of the calling thread to options.threads.
class NetEvaluator : public Evaluator {
 public:
  // REQUIRES: the snapshot's weights fit its config (as Model::Load checks).
  NetEvaluator(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options);
  ~NetEvaluator() override;

  // REQUIRES: CheckModelPlays(config, game of every position).
  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override;

  const ModelConfig& config() const;
  Precision precision() const;  // what kAuto became
  std::int64_t step() const;    // of the snapshot

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

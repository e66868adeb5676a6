#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "nets/device.h"
#include "nets/model.h"
#include "nets/precision.h"
#include "search/evaluator.h"

namespace tengen {

class PipelinePool;

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
  // On devices: rows of the largest batch, a power of two of at least 16.
  int largest_batch = 1024;
  // Hears what was not as asked for (too little memory, no bfloat16): one sentence, each once for
  // each network. From any thread.
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

// Evaluates positions with a network whose BatchNorm is folded into its convolutions.
//
// Thread-safe: weights are shared, scratch memory belongs to the call. On the CPU Submit does all
// of the work on the caller's thread and Wait returns at once. On other devices Submit encodes into
// pinned memory that the callers share, one thread has what is there computed (EvaluationPipeline),
// and Wait blocks until the caller's own batches are done.
//
// One batch holds positions of one board shape; different calls may bring different ones. Sets
// LibTorch's intra-op threads of the calling thread to options.threads.
class NetEvaluator : public Evaluator {
 public:
  class Impl;

  // REQUIRES: the snapshot's weights fit its config (as Model::Load checks); the device is there.
  NetEvaluator(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options);
  // Through a pipeline of that pool, which gets it back in the end; options.device is not used
  // then. Null: as above.
  NetEvaluator(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options,
               std::shared_ptr<PipelinePool> pool);
  ~NetEvaluator() override;

  // REQUIRES: CheckModelPlays(config, game of every position).
  Ticket Submit(std::span<Evaluation> batch) override;
  // Throws WorldError if the device failed.
  void Wait(Ticket ticket) override;

  const ModelConfig& config() const;
  Precision precision() const;  // what kAuto became
  std::int64_t step() const;    // of the snapshot

 private:
  std::unique_ptr<Impl> impl_;
};

// For networks on a device as the options say; null on the CPU, which needs none. Networks of one
// run should share it.
std::shared_ptr<PipelinePool> MakePipelinePool(const NetEvaluatorOptions& options);

}  // namespace tengen

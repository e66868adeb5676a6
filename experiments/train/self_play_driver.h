#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "agents/zero/self_play.h"
#include "experiments/config/train_config.h"

namespace tengen {

class PipelinePool;

// Where the training loop gets its games from: threads behind a queue, or, in deterministic runs, a
// worker that plays on the loop's own thread. Used by one thread.
class SelfPlayDriver {
 public:
  virtual ~SelfPlayDriver() = default;

  // Finished games, waiting up to `wait` for the first. Rethrows a worker's exception.
  virtual std::vector<GameRecord> Take(std::chrono::milliseconds wait) = 0;
  // Ends self-play; unfinished games are dropped, finished ones can still be taken.
  virtual void Stop() = 0;

  virtual SelfPlayStats stats() const = 0;
  virtual std::size_t queued() const = 0;
  virtual std::size_t capacity() const = 0;
};

// `source` must outlive the driver. Games are numbered from first_game on.
std::unique_ptr<SelfPlayDriver> MakeSelfPlayDriver(const TrainConfig& config,
                                                   std::uint64_t first_game, ModelSource& source);

// Threads that play: config.threads, or one per processor; 1 in deterministic runs.
int SelfPlayThreadCount(const TrainConfig& config);

// A network ready for self-play: device, precision and cache as configured.
struct SelfPlayNetwork {
  std::shared_ptr<Evaluator> evaluator;       // thread-safe
  Precision precision = Precision::kFloat32;  // what the configured one came to
};
// `memory` is what the networks of a run share on its device; null: this one has its own.
SelfPlayNetwork MakeSelfPlayNetwork(const TrainConfig& config, const ModelSnapshot& snapshot,
                                    const std::shared_ptr<PipelinePool>& memory = nullptr);
// Null where the device needs none. What is not as configured is said on stderr, once.
std::shared_ptr<PipelinePool> MakeSelfPlayMemory(const TrainConfig& config);

}  // namespace tengen

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/records/stream_set.h"
#include "agents/zero/self_play.h"
#include "experiments/config/train_config.h"

namespace tengen {

class PipelinePool;

// Why a session ends: the run has used up its budget, or somebody stopped it and it may go on.
enum class SessionEnd { kRunOver, kStopped };

// Where the training loop gets its games from: threads behind a queue, in deterministic runs a
// worker that plays on the loop's own thread, or workers elsewhere (cluster/). Used by one thread.
class SelfPlayDriver {
 public:
  virtual ~SelfPlayDriver() = default;

  // Finished games, waiting up to `wait` for the first. Rethrows a worker's exception.
  virtual std::vector<GameRecord> Take(std::chrono::milliseconds wait) = 0;
  // What became of a game that Take gave: it is on disk, or it cannot be learnt from.
  virtual void Stored(const GameRecord& /*game*/) {}
  virtual void Refused(const GameRecord& /*game*/, const std::string& /*why*/) {}
  // A new network for those who do not share the ModelSource.
  virtual void Publish(const ModelSnapshot& /*network*/) {}
  // One that is about to be in a checkpoint, where workers that see the run's folder find it.
  virtual void BeforeCheckpoint(const ModelSnapshot& /*network*/) {}
  // Something to say above the status line since the last call, such as who joined.
  virtual std::vector<std::string> TakeNews() { return {}; }
  // Processors of this machine that play.
  virtual int local_threads() const = 0;
  // Workers elsewhere that are there now; empty where there never are any.
  virtual std::optional<int> workers() const { return std::nullopt; }
  // Ends self-play here; unfinished games are dropped, finished ones can still be taken. Workers
  // elsewhere end with the run, and wait for the next session of one that was stopped.
  virtual void Stop(SessionEnd end) = 0;

  virtual SelfPlayStats stats() const = 0;
  virtual std::size_t queued() const = 0;
  virtual std::size_t capacity() const = 0;
};

// What a driver begins with.
struct DriverStart {
  const TrainConfig& config;
  std::uint64_t first_game = 0;  // no game of the run has this number or a higher one below 2^32
  ModelSource& source;           // outlives the driver
  std::filesystem::path run;     // the run's folder
  const ModelSnapshot& network;  // of the source
  StreamSet stored;              // numbers of all games on disk
};
using DriverFactory = std::function<std::unique_ptr<SelfPlayDriver>(const DriverStart& start)>;

// Self-play in this process. `source` must outlive the driver. Games are numbered from first_game
// on.
std::unique_ptr<SelfPlayDriver> MakeSelfPlayDriver(const TrainConfig& config,
                                                   std::uint64_t first_game, ModelSource& source);

// The run's self-play for its device: on one that works between Submit and Wait, half of a thread's
// games is prepared meanwhile.
SelfPlayConfig SelfPlayFor(const TrainConfig& config);

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

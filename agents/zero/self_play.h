#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "agents/records/game_record.h"
#include "agents/zero/self_play_game.h"
#include "agents/zero/self_play_stats.h"
#include "envs/core/mutex.h"
#include "envs/core/queue.h"
#include "search/evaluator.h"

namespace tengen {

// Where finished games go: a queue in one process, or a channel to another. Thread-safe.
class GameSink {
 public:
  virtual ~GameSink() = default;
  // Takes a finished game; may wait. False: the receiver is closed and self-play shall stop.
  virtual bool Add(GameRecord record) = 0;
};

// An evaluator together with the learner step and hash of its network (NetUse).
struct PlayingModel {
  std::shared_ptr<Evaluator> evaluator;  // thread-safe
  std::int64_t step = 0;
  std::string hash = "";
};

// Where networks come from. Thread-safe, cheap to ask.
class ModelSource {
 public:
  virtual ~ModelSource() = default;
  virtual PlayingModel Latest() = 0;
};

// A ModelSource that hands out what was set last.
class LatestModel : public ModelSource {
 public:
  explicit LatestModel(PlayingModel model) : model_(std::move(model)) {}
  void Set(PlayingModel model) TENGEN_EXCLUDES(mutex_);
  PlayingModel Latest() override TENGEN_EXCLUDES(mutex_);

 private:
  Mutex mutex_;
  PlayingModel model_ TENGEN_GUARDED_BY(mutex_);
};

// A GameSink in front of a bounded queue. Close the queue to stop self-play.
class QueueSink : public GameSink {
 public:
  explicit QueueSink(std::size_t capacity) : queue_(capacity) {}
  bool Add(GameRecord record) override { return queue_.Push(std::move(record)); }
  BoundedQueue<GameRecord>& queue() { return queue_; }

 private:
  BoundedQueue<GameRecord> queue_;
};

// Numbers below belong to self-play in the learner's own process, those from here on to workers
// elsewhere, each of which has a range of its own.
inline constexpr std::uint64_t kFirstLeasedGame = std::uint64_t{1} << 32;

// Which games a worker plays: numbers first, first + stride, first + 2 stride, ... Game number g
// draws from Rng(seed, RngRole::kSelfPlay, g).
struct GameNumbers {
  std::uint64_t seed = 0;
  std::uint64_t first = 0;
  std::uint64_t stride = 1;
};

// Plays many games at once on the caller's thread, so that their leaves are evaluated in batches.
// One round of Step, for each half of the games in turn:
//   1. wait for the half's evaluations and back them up,
//   2. advance each of its games until it waits at a leaf: finish searches, choose moves, and put a
//      new game in the place of one that ended,
//   3. submit its leaves as one batch for each shape of board, which are evaluated while the other
//      half has its turn.
// New weights are picked up between rounds. With a fixed model the games are a function of config,
// numbers and model; with models that change, of the rounds at which they change too. Where games
// restart (SelfPlayConfig::restart_share), a game also hangs on which ended before it, and so on
// parallel_games, halves and the number of threads: each worker draws from its own games only,
// those of all its slots, and begins with none, also in a run that is resumed. Games that end in
// one round are delivered in the order of their slots. Not thread-safe.
class SelfPlayWorker {
 public:
  // `source` and `sink` must outlive the worker. REQUIRES: CheckSelfPlayConfig(config).
  SelfPlayWorker(const SelfPlayConfig& config, const GameNumbers& numbers, ModelSource& source,
                 GameSink& sink);
  ~SelfPlayWorker();

  // One round. False once the sink has refused a game; then no more rounds.
  bool Step();

  const SelfPlayStats& stats() const;
  // The first number of this worker's that no game has begun with.
  std::uint64_t next_game() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Workers on threads of their own. All public functions are for the thread that made it, except
// stats().
class SelfPlayThreads {
 public:
  // Starts `count` threads. Worker w plays the numbers first + w * stride, with strides of
  // count * numbers.stride. `source` and `sink` must outlive this object. Throws std::system_error
  // if the system has no more threads, once those that had begun are joined.
  SelfPlayThreads(const SelfPlayConfig& config, const GameNumbers& numbers, int count,
                  ModelSource& source, GameSink& sink);
  // Stops and joins. An exception of a worker that nobody joined is lost. The sink must not block
  // for ever: close its queue before.
  ~SelfPlayThreads();

  // Asks the workers to stop after their current round; unfinished games are dropped.
  void RequestStop();
  // Waits for the threads and rethrows the first exception of a worker. An exception stops the
  // other workers by itself.
  void Join();
  // A worker has failed: Join would throw. For loops that wait for games.
  bool failed() const TENGEN_EXCLUDES(mutex_);

  // Sum over the workers, at most one round old. Thread-safe.
  SelfPlayStats stats() const TENGEN_EXCLUDES(mutex_);

 private:
  void Run(int worker, const SelfPlayConfig& config, const GameNumbers& numbers,
           ModelSource& source, GameSink& sink, const std::stop_token& stop);

  mutable Mutex mutex_;
  std::vector<SelfPlayStats> stats_ TENGEN_GUARDED_BY(mutex_);  // one per worker
  std::exception_ptr error_ TENGEN_GUARDED_BY(mutex_);
  std::stop_source stop_;
  std::vector<std::jthread> threads_;
};

}  // namespace tengen

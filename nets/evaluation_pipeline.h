#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "envs/core/mutex.h"
#include "nets/batch_device.h"

namespace tengen {

// Gathers rows that many threads encode into batches of a device:
//
//   thread 1: Reserve, encode, Ready ─┐  rows of     ┌─ runner ─┐  queue of   ┌─► Await, read,
//   Release thread 2: Reserve, encode, Ready ─┼─ a batch ──► │ closes,  │─ the ─────► ┼─► Await,
//   read, Release thread 3: Reserve, encode, Ready ─┘              │ queues   │  device     └─► ...
//                                                    └──────────┘
//
// There are no timers. The runner, a thread of its own, takes the oldest batch as soon as a row of
// it is ready and fewer than `in_flight` batches lie on the device; while it waits for that, the
// next batch fills up. Batches of different shapes are kept apart, and their memory is used again:
// there is as much of it as was ever in flight at once, so that no thread waits for memory that
// another one holds. Thread-safe.
class EvaluationPipeline {
 public:
  struct Options {
    int largest_batch = 1024;  // rows; a power of two, at least kSmallestPass
    int in_flight = 2;         // one that is computed, one that follows
    // Hears, once, that the device has too little memory for the largest batch. From the runner.
    std::function<void(const std::string&)> say = [](const std::string&) {};
  };
  // Passes have kSmallestPass * 2^k rows; what is missing is filled up.
  static constexpr int kSmallestPass = 16;
  static int PassRows(int rows);

  // REQUIRES: device is not null.
  EvaluationPipeline(std::unique_ptr<BatchDevice> device, const Options& options);
  // REQUIRES: all rows were released.
  ~EvaluationPipeline();
  EvaluationPipeline(const EvaluationPipeline&) = delete;
  EvaluationPipeline& operator=(const EvaluationPipeline&) = delete;

  struct Batch;
  // Rows first, ..., first + count - 1 of a batch.
  struct Rows {
    HostBatch* host = nullptr;
    int first = 0;
    int count = 0;

   private:
    friend class EvaluationPipeline;
    Batch* batch = nullptr;
  };
  // Room for `count` rows, in as many parts as batches it takes. Each part must become ready and be
  // released. REQUIRES: count > 0.
  std::vector<Rows> Reserve(BoardShape shape, int count) TENGEN_EXCLUDES(mutex_);
  void Ready(const Rows& rows) TENGEN_EXCLUDES(mutex_);
  // Until the rows' answers stand in host->answers. Throws what the device threw over their batch.
  void Await(const Rows& rows) TENGEN_EXCLUDES(mutex_);
  void Release(const Rows& rows) TENGEN_EXCLUDES(mutex_);

  // Takes another network of the same config. REQUIRES: all rows were released; nobody reserves
  // meanwhile.
  void Load(const ModelSnapshot& snapshot) { device_->Load(snapshot); }

  Precision precision() const { return device_->precision(); }

  // Since construction.
  struct Stats {
    std::int64_t batches = 0;
    std::int64_t rows = 0;
    std::int64_t pass_rows = 0;  // with those that fill up
  };
  Stats stats() const TENGEN_EXCLUDES(mutex_);

 private:
  Batch* OpenBatch(BoardShape shape) TENGEN_REQUIRES(mutex_);
  void Serve();
  Batch* TakeBatch() TENGEN_EXCLUDES(mutex_);
  void MakeRoom();
  void Run(Batch& batch);
  int PreparePass(BoardShape shape, int rows);

  // Constant after construction.
  const Options options_;
  const std::unique_ptr<BatchDevice> device_;

  // Used by the runner only.
  std::deque<HostBatch*> in_flight_;
  int largest_pass_;
  bool said_ = false;

  mutable Mutex mutex_;
  CondVar ready_;   // for the runner
  CondVar queued_;  // for those who await
  std::vector<std::unique_ptr<Batch>> batches_ TENGEN_GUARDED_BY(mutex_);
  std::deque<Batch*> filling_ TENGEN_GUARDED_BY(mutex_);  // oldest first
  Stats stats_ TENGEN_GUARDED_BY(mutex_);
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;

  std::thread runner_;  // last: starts when the rest stands
};

}  // namespace tengen

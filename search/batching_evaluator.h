#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "envs/core/mutex.h"
#include "search/evaluator.h"

namespace tengen {

// Gathers the positions of many threads into batches for one evaluator, which only this object's
// own thread calls (so the inner evaluator need not be thread-safe):
//
//   thread 1: Submit(3) ──┐
//   thread 2: Submit(5) ──┼──► queue ──► service thread: inner.Evaluate(up to max_batch) ──► Wait
//   thread 3: Submit(1) ──┘
//
// There are no timers: while one batch is computed the next one queues up, and the service thread
// takes what is there, at most `max_batch` positions, oldest first. Before, it lets other threads
// run for as long as they bring more, so that with more threads than processors a batch is not the
// first position to come. A submission may be split over batches. Thread-safe.
//
// Differs from the Evaluator contract in one point: positions are read by the service thread, so
// the states too must stay untouched until Wait returns.
class BatchingEvaluator final : public Evaluator {
 public:
  // `inner` must outlive this object. REQUIRES: max_batch > 0.
  BatchingEvaluator(Evaluator& inner, int max_batch);
  // REQUIRES: every ticket has been waited for.
  ~BatchingEvaluator() override;
  BatchingEvaluator(const BatchingEvaluator&) = delete;
  BatchingEvaluator& operator=(const BatchingEvaluator&) = delete;

  Ticket Submit(std::span<Evaluation> batch) override TENGEN_EXCLUDES(mutex_);
  // Rethrows what the inner evaluator threw over a batch with positions of this ticket.
  void Wait(Ticket ticket) override TENGEN_EXCLUDES(mutex_);

  // Since construction.
  struct Stats {
    std::int64_t batches = 0;
    std::int64_t positions = 0;
  };
  Stats stats() const TENGEN_EXCLUDES(mutex_);

 private:
  // One call of Submit. Slots are kept and used again.
  struct Submission {
    std::span<Evaluation> positions;
    std::size_t taken = 0;  // handed to a batch
    std::size_t done = 0;
    std::exception_ptr error;
    CondVar finished;
  };
  // Part of a submission that lies in the batch being computed.
  struct Part {
    Submission* submission;
    std::size_t begin;
    std::size_t count;
  };

  void Serve();
  void LetOthersQueue() TENGEN_EXCLUDES(mutex_);
  void TakeBatch() TENGEN_REQUIRES(mutex_);
  void DeliverBatch(const std::exception_ptr& error) TENGEN_REQUIRES(mutex_);

  // Constant after construction.
  Evaluator& inner_;
  const std::size_t max_batch_;

  // Used by the service thread only.
  std::vector<Evaluation> batch_;
  std::vector<Part> parts_;

  mutable Mutex mutex_;
  CondVar queued_;
  std::vector<std::unique_ptr<Submission>> submissions_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::size_t> free_ TENGEN_GUARDED_BY(mutex_);
  std::deque<Submission*> queue_ TENGEN_GUARDED_BY(mutex_);
  Stats stats_ TENGEN_GUARDED_BY(mutex_);
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;

  std::thread service_;  // last: starts when the rest stands
};

}  // namespace tengen

#pragma once

#include <deque>
#include <exception>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "envs/core/mutex.h"
#include "search/evaluator.h"

namespace tengen {

// Evaluates a batch on several threads at once, for one search that would keep one processor busy:
//
//   Submit(8) --+-- positions 0 to 3, caller's thread ----+--> returns
//               +-- positions 4 to 7, a thread of its own +
//
// The tree is still walked by its own thread, which takes little time beside a network. Positions
// are cut in order into parts of nearly equal size; as evaluators' answers do not depend on
// batches, they are those of `inner`. At most `threads` parts are at work: a batch that comes while
// others are takes the threads that are free, and its caller's in any case.
//
// Thread-safe. What `inner` throws over a part comes out of Submit when all parts have ended.
class ParallelEvaluator final : public Evaluator {
 public:
  // REQUIRES: inner is thread-safe, threads > 0.
  ParallelEvaluator(std::shared_ptr<Evaluator> inner, int threads);
  // REQUIRES: no call is under way.
  ~ParallelEvaluator() override;
  ParallelEvaluator(const ParallelEvaluator&) = delete;
  ParallelEvaluator& operator=(const ParallelEvaluator&) = delete;

  // Returns when the answers stand.
  Ticket Submit(std::span<Evaluation> batch) override TENGEN_EXCLUDES(mutex_);
  void Wait(Ticket ticket) override;

  const std::shared_ptr<Evaluator>& inner() const { return inner_; }

 private:
  // A call of Submit, on its caller's stack.
  struct Call {
    int running = 0;  // parts on other threads
    std::exception_ptr error;
    CondVar ended;
  };
  struct Part {
    std::span<Evaluation> positions;
    Call* call;
  };

  void Work() TENGEN_EXCLUDES(mutex_);
  std::exception_ptr Run(std::span<Evaluation> positions);

  const std::shared_ptr<Evaluator> inner_;
  const int threads_;

  Mutex mutex_;
  CondVar queued_;
  std::deque<Part> queue_ TENGEN_GUARDED_BY(mutex_);
  int at_work_ TENGEN_GUARDED_BY(mutex_) = 0;  // parts, those in the queue too
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;

  std::vector<std::thread> workers_;  // last: start when the rest stands
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <span>
#include <thread>
#include <vector>

#include "envs/core/mutex.h"
#include "search/evaluator.h"

namespace tengen {

// MctsConfig::batches of a tree that has that many threads: one at each, one that the next free one
// takes, one that is answered while the tree's own thread still computes.
constexpr int BatchesFor(int threads) { return threads > 1 ? threads + 2 : 1; }

// Evaluates on several threads at once, for searches that would keep one processor busy: the
// batches of one tree (batch_queue.h) or those of several.
//
// A batch goes to one thread, unless more of them are free: then it is cut in order into parts of
// nearly equal size, at most as many as it has positions. As evaluators' answers do not depend on
// batches, they are those of `inner`. Who waits computes too: `threads` counts one such caller.
//
// Thread-safe. What `inner` throws over a part comes out of Wait when all parts have ended.
class ParallelEvaluator final : public Evaluator {
 public:
  // REQUIRES: inner is thread-safe, threads > 0.
  ParallelEvaluator(std::shared_ptr<Evaluator> inner, int threads);
  // REQUIRES: no ticket is left.
  ~ParallelEvaluator() override;
  ParallelEvaluator(const ParallelEvaluator&) = delete;
  ParallelEvaluator& operator=(const ParallelEvaluator&) = delete;

  // Returns at once; `batch` is evaluated from now on.
  Ticket Submit(std::span<Evaluation> batch) override TENGEN_EXCLUDES(mutex_);
  void Wait(Ticket ticket) override TENGEN_EXCLUDES(mutex_);

  const std::shared_ptr<Evaluator>& inner() const { return inner_; }

 private:
  // What one Submit asked for.
  struct Call {
    int parts = 0;  // not ended
    std::exception_ptr error;
  };
  struct Part {
    std::span<Evaluation> positions;
    Call* call;
  };

  void Work() TENGEN_EXCLUDES(mutex_);
  void RunFirst() TENGEN_REQUIRES(mutex_);

  const std::shared_ptr<Evaluator> inner_;
  const int threads_;

  Mutex mutex_;
  CondVar queued_;
  CondVar ended_;  // a call, its last part
  std::deque<Part> queue_ TENGEN_GUARDED_BY(mutex_);
  std::map<Ticket, Call> calls_ TENGEN_GUARDED_BY(mutex_);
  Ticket next_ticket_ TENGEN_GUARDED_BY(mutex_) = 1;
  int at_work_ TENGEN_GUARDED_BY(mutex_) = 0;  // parts, those in the queue too
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;

  std::vector<std::thread> workers_;  // last: start when the rest stands
};

}  // namespace tengen

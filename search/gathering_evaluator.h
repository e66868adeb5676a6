#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "search/evaluator.h"

namespace tengen {

// Calls `play` `count` times at once on this thread, each call on a stack of its own (fibers.h).
// Where one waits for a gathering evaluator the next goes on; once all wait, what they asked for is
// computed in batches. What comes to which batch depends on the calls alone. Rethrows the first
// exception of a call when all have ended. REQUIRES: count > 0; not within another call.
void PlayTogether(int count, const std::function<void()>& play);

// Gathers the positions of all calls of PlayTogether on a thread into batches for one evaluator:
//
//   game 1: Submit(3), Wait ──┐
//   game 2: Submit(5), Wait ──┼──► all wait: inner.Evaluate(up to max_batch) ──► go on
//   game 3: Submit(1), Wait ──┘
//
// Anywhere else it hands over to `inner`. Positions of boards of several shapes go to batches of
// their own. Thread-safe if `inner` is. Differs from the Evaluator contract in one point: positions
// are read when all wait, so the states must stay untouched until Wait returns.
class GatheringEvaluator final : public Evaluator {
 public:
  // As many as a processor core computes no slower, a position, than more of them.
  static constexpr int kMaxBatch = 64;

  // REQUIRES: max_batch > 0.
  explicit GatheringEvaluator(std::shared_ptr<Evaluator> inner, int max_batch = kMaxBatch);

  Ticket Submit(std::span<Evaluation> batch) override;
  // Rethrows what the inner evaluator threw over a batch with positions of this ticket.
  void Wait(Ticket ticket) override;

  // What was gathered since construction.
  struct Stats {
    std::int64_t batches = 0;
    std::int64_t positions = 0;
  };
  Stats stats() const { return {batches_.load(), positions_.load()}; }

 private:
  friend class GatheringQueue;

  const std::shared_ptr<Evaluator> inner_;
  const std::size_t max_batch_;
  std::atomic<std::int64_t> batches_ = 0;
  std::atomic<std::int64_t> positions_ = 0;
};

}  // namespace tengen

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/mutex.h"
#include "search/batching_evaluator.h"
#include "search/evaluator.h"

namespace tengen {

// Batches for positions of boards of any shape: one BatchingEvaluator (with its thread) for each
// shape and lane, made when first needed.
//
//   searches ──► Submit ──► 19x19 ──► lane 0 ──► inner.Evaluate
//                      │          └─► lane 1 ──► inner.Evaluate
//                      └──► 9x9   ──► ...
//
// A lane computes one batch at a time. One lane suits a device that wants large batches; on
// processor cores as many lanes as cores keep all of them busy. Submissions go to the lanes of
// their shape in turn. Thread-safe; positions must stay untouched until Wait returns.
class ShapeBatchingEvaluator final : public Evaluator {
 public:
  // REQUIRES: `inner` is thread-safe, lanes > 0, max_batch > 0.
  ShapeBatchingEvaluator(std::shared_ptr<Evaluator> inner, int lanes, int max_batch);

  // REQUIRES: all positions have the shape of the first.
  Ticket Submit(std::span<Evaluation> batch) override TENGEN_EXCLUDES(mutex_);
  void Wait(Ticket ticket) override TENGEN_EXCLUDES(mutex_);

  // Of all lanes.
  BatchingEvaluator::Stats stats() const TENGEN_EXCLUDES(mutex_);

 private:
  struct Lane {
    BoardShape shape;
    std::unique_ptr<BatchingEvaluator> batcher;
    std::size_t turn = 0;  // of a shape's first lane: how often one was asked for
  };

  std::size_t NextLane(BoardShape shape) TENGEN_REQUIRES(mutex_);

  const std::shared_ptr<Evaluator> inner_;
  const std::size_t lanes_per_shape_;
  const int max_batch_;

  mutable Mutex mutex_;
  std::vector<Lane> lanes_ TENGEN_GUARDED_BY(mutex_);
};

}  // namespace tengen

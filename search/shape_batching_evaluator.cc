#include "search/shape_batching_evaluator.h"

#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

// A ticket is that of the lane's batcher, and the lane in the upper bits.
constexpr int kLaneShift = 48;

}  // namespace

ShapeBatchingEvaluator::ShapeBatchingEvaluator(std::shared_ptr<Evaluator> inner, int lanes,
                                               int max_batch)
    : inner_(std::move(inner)),
      lanes_per_shape_(static_cast<std::size_t>(lanes)),
      max_batch_(max_batch) {
  TENGEN_CHECK(lanes > 0, "lanes ", lanes, ", wanted at least 1");
  TENGEN_CHECK(max_batch > 0, "max_batch ", max_batch, ", wanted at least 1");
}

Evaluator::Ticket ShapeBatchingEvaluator::Submit(std::span<Evaluation> batch) {
  TENGEN_CHECK(!batch.empty(), "an empty batch");
  const BoardShape shape = batch.front().state->game().spec().shape;
  std::size_t lane = 0;
  BatchingEvaluator* batcher = nullptr;
  {
    MutexLock lock(mutex_);
    lane = NextLane(shape);
    batcher = lanes_[lane].batcher.get();
  }
  return batcher->Submit(batch) | static_cast<Ticket>(lane) << kLaneShift;
}

// The lanes of a shape lie side by side.
std::size_t ShapeBatchingEvaluator::NextLane(BoardShape shape) {
  std::size_t first = 0;
  while (first < lanes_.size() && !(lanes_[first].shape == shape)) first += lanes_per_shape_;
  if (first == lanes_.size()) {
    for (std::size_t i = 0; i < lanes_per_shape_; ++i) {
      lanes_.push_back({shape, std::make_unique<BatchingEvaluator>(*inner_, max_batch_), 0});
    }
  }
  return first + lanes_[first].turn++ % lanes_per_shape_;
}

void ShapeBatchingEvaluator::Wait(Ticket ticket) {
  BatchingEvaluator* batcher = nullptr;
  {
    MutexLock lock(mutex_);
    batcher = lanes_[ticket >> kLaneShift].batcher.get();
  }
  batcher->Wait(ticket & ((Ticket{1} << kLaneShift) - 1));
}

BatchingEvaluator::Stats ShapeBatchingEvaluator::stats() const {
  MutexLock lock(mutex_);
  BatchingEvaluator::Stats sum;
  for (const Lane& lane : lanes_) {
    const BatchingEvaluator::Stats stats = lane.batcher->stats();
    sum.batches += stats.batches;
    sum.positions += stats.positions;
  }
  return sum;
}

}  // namespace tengen

#include "search/batch_queue.h"

#include <algorithm>
#include <utility>

namespace tengen {
namespace {

constexpr int kEndsAStep = 1000;  // well below a millisecond

}  // namespace

LeafBatches LeafBatchesFor(std::int64_t visits, int most) {
  constexpr std::int64_t kVisitsOfALeaf = 33;
  constexpr std::int64_t kMostLeaves = 8;  // larger batches are hardly faster on a processor
  const std::int64_t batches = std::clamp<std::int64_t>(visits / kVisitsOfALeaf, 1, most);
  const std::int64_t leaves =
      std::clamp<std::int64_t>(visits / (kVisitsOfALeaf * batches), 1, kMostLeaves);
  return {static_cast<int>(batches), static_cast<int>(leaves)};
}

BatchQueue::BatchQueue(Mcts& mcts, Evaluator& evaluator, Hook ask, Hook answered)
    : mcts_(mcts), evaluator_(evaluator), ask_(std::move(ask)), answered_(std::move(answered)) {
  entries_.reserve(static_cast<std::size_t>(mcts.config().batches));
  mcts_.PauseAfterEnds(kEndsAStep);
}

BatchQueue::~BatchQueue() {
  mcts_.PauseAfterEnds(0);
  for (const Entry& entry : entries_) {
    try {
      evaluator_.Wait(entry.ticket);
    } catch (...) {
      // Whoever ends a search early has no use for its answers. What was thrown first is on its
      // way.
    }
  }
}

bool BatchQueue::Step() {
  const int batches = mcts_.config().batches;
  while (mcts_.waiting() < batches && mcts_.Gather() > 0) {
    const std::span<Evaluation> batch = mcts_.pending();
    if (ask_) ask_(batch, next_place_);
    entries_.push_back({batch, evaluator_.Submit(batch), next_place_});
    next_place_ = (next_place_ + 1) % batches;
  }
  if (entries_.empty()) return !mcts_.done();
  BackUpOldest();
  return true;
}

void BatchQueue::BackUpOldest() {
  const Entry oldest = entries_.front();
  entries_.erase(entries_.begin());  // first: a ticket is waited for once, whatever Wait throws
  evaluator_.Wait(oldest.ticket);
  if (answered_) answered_(oldest.batch, oldest.place);
  mcts_.Backup();
}

void BatchQueue::AwaitAll() {
  while (!entries_.empty()) BackUpOldest();
}

void BatchQueue::Drain() {
  while (Step()) {
  }
}

}  // namespace tengen

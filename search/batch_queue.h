#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

// MctsConfig::batches and leaf_batch of one search.
struct LeafBatches {
  int batches = 1;
  int leaf_batch = 1;
};

// As many leaves under way as cost no strength that could be measured: at most one for 33 visits,
// in at most `most` batches of at most 8 leaves. With 3 leaves of 100 visits a network scored
// 51.5 % (45.0 to 57.9) of 200 games against itself leaf by leaf, with 8 leaves 36.5 %.
LeafBatches LeafBatchesFor(std::int64_t visits, int most);

// Runs the batches of one tree through an evaluator, up to MctsConfig::batches of them at once:
//
//   tree       select A, B, C   back A up, select D   back B up, select E   ...
//   thread 1   evaluate A ────────►  evaluate C ────────►
//   thread 2     evaluate B ────────►  evaluate D ────────►
//
// Batches are backed up in the order in which they were selected, whichever is answered first.
// Between Mcts::Begin and the end of that search; not thread-safe.
class BatchQueue {
 public:
  // A batch and its place among those at the evaluator: below MctsConfig::batches, its own until it
  // is backed up.
  using Hook = std::function<void(std::span<Evaluation> batch, int place)>;

  // Calls `ask` before a batch goes to the evaluator, `answered` when its answers stand, before
  // they are backed up. Both may be empty. `mcts` and `evaluator` must outlive this.
  BatchQueue(Mcts& mcts, Evaluator& evaluator, Hook ask = {}, Hook answered = {});
  // Waits for what is still at the evaluator; the next search drops it.
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // Submits as many batches as may wait, then backs the oldest one up. False: the search is done.
  // Simulations that end in finished games alone are a step too, a thousand of them, so that who
  // looks at the clock between steps can. Throws what the evaluator or a hook throws.
  bool Step();
  // Until nothing waits, so that Mcts::Result and Stop may be called: submits no more.
  void AwaitAll();
  // Steps to the end of the search.
  void Drain();

 private:
  struct Entry {
    std::span<Evaluation> batch;
    Evaluator::Ticket ticket;
    int place;
  };

  void BackUpOldest();

  Mcts& mcts_;
  Evaluator& evaluator_;
  const Hook ask_;
  const Hook answered_;
  std::vector<Entry> entries_;  // oldest first
  int next_place_ = 0;
};

}  // namespace tengen

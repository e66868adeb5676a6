#include "search/batching_evaluator.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/mutex.h"
#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/table_evaluator.h"

namespace tengen {
namespace {

// Answers value = random / 1000 and waits at the gate before each batch.
class GatedEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    MutexLock lock(mutex_);
    batches_.push_back(batch.size());
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mutex_);
    for (Evaluation& evaluation : batch) {
      evaluation.value = static_cast<float>(evaluation.random) / 1000.0F;
      evaluation.score = 1.0F;
      for (float& p : evaluation.prior) p = 0.5F;
    }
    return 0;
  }
  void Wait(Ticket ticket) override { (void)ticket; }

  void Open() {
    MutexLock lock(mutex_);
    open_ = true;
    changed_.NotifyAll();
  }
  void WaitForBatch() {
    MutexLock lock(mutex_);
    while (batches_.empty()) changed_.Wait(mutex_);
  }
  std::vector<std::size_t> batches() {
    MutexLock lock(mutex_);
    return batches_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  bool open_ TENGEN_GUARDED_BY(mutex_) = false;
  std::vector<std::size_t> batches_ TENGEN_GUARDED_BY(mutex_);
};

class BatchingEvaluatorTest : public testing::Test {
 protected:
  std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  std::unique_ptr<State> state_ = game_->NewState();
};

TEST_F(BatchingEvaluatorTest, TakesWhatQueuedUpMeanwhileAsOneBatch) {
  GatedEvaluator inner;
  BatchingEvaluator batching(inner, 4);
  std::vector<std::unique_ptr<EvaluationRequest>> requests;
  std::vector<Evaluator::Ticket> tickets;
  for (std::uint64_t i = 0; i < 7; ++i) {
    requests.push_back(std::make_unique<EvaluationRequest>(*state_, i));
    tickets.push_back(batching.Submit({&requests.back()->evaluation, 1}));
    // The first alone keeps the inner evaluator busy; the rest queues up.
    if (i == 0) inner.WaitForBatch();
  }
  inner.Open();
  for (const Evaluator::Ticket ticket : tickets) batching.Wait(ticket);
  EXPECT_EQ(inner.batches(), (std::vector<std::size_t>{1, 4, 2}));
  EXPECT_EQ(batching.stats().batches, 3);
  EXPECT_EQ(batching.stats().positions, 7);
  for (std::uint64_t i = 0; i < 7; ++i) {
    EXPECT_FLOAT_EQ(requests[i]->value(), static_cast<float>(i) / 1000.0F);
    EXPECT_EQ(requests[i]->evaluation.score, 1.0F);
    EXPECT_EQ(requests[i]->prior[6], 0.5F);
  }
}

TEST_F(BatchingEvaluatorTest, SplitsALongSubmission) {
  GatedEvaluator inner;
  inner.Open();
  BatchingEvaluator batching(inner, 4);
  std::vector<std::unique_ptr<EvaluationRequest>> requests;
  std::vector<Evaluation> batch;
  for (std::uint64_t i = 0; i < 10; ++i) {
    requests.push_back(std::make_unique<EvaluationRequest>(*state_, i));
    batch.push_back(requests.back()->evaluation);
  }
  batching.Evaluate(batch);
  EXPECT_EQ(inner.batches(), (std::vector<std::size_t>{4, 4, 2}));
  for (std::uint64_t i = 0; i < 10; ++i) {
    EXPECT_FLOAT_EQ(batch[i].value, static_cast<float>(i) / 1000.0F);
  }
}

TEST_F(BatchingEvaluatorTest, AnEmptySubmissionIsDoneAtOnce) {
  GatedEvaluator inner;
  BatchingEvaluator batching(inner, 4);
  batching.Evaluate({});
  EXPECT_EQ(batching.stats().batches, 0);
}

class FailingEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    if (batch[0].random == 13) throw std::runtime_error("no device");
    return 0;
  }
  void Wait(Ticket ticket) override { (void)ticket; }
};

TEST_F(BatchingEvaluatorTest, RethrowsFailuresToThoseTheyConcern) {
  FailingEvaluator inner;
  BatchingEvaluator batching(inner, 4);
  EvaluationRequest bad(*state_, 13);
  EXPECT_THROW(bad.Ask(batching), std::runtime_error);
  EvaluationRequest good(*state_, 1);
  EXPECT_NO_THROW(good.Ask(batching));
}

// Searches through the batching evaluator equal searches without it, from many threads at once.
TEST_F(BatchingEvaluatorTest, SearchesOfManyThreadsAreNotMixedUp) {
  const auto search = [&](Evaluator& evaluator, std::uint64_t seed) {
    MctsConfig config;
    config.leaf_batch = 4;
    Mcts mcts(config);
    Rng rng(seed, RngRole::kTest);
    return RunMcts(mcts, evaluator, *state_, 200, Exploration::kOn, rng).visits;
  };
  RandomEvaluator inner(1, RandomSource::kDraw);
  BatchingEvaluator batching(inner, 16);
  std::vector<std::vector<int>> found(6);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&, i] { found[i] = search(batching, i); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i], search(inner, i)) << "thread " << i;
  }
}

}  // namespace
}  // namespace tengen

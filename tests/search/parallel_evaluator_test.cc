#include "search/parallel_evaluator.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/evaluation_request.h"

namespace tengen {
namespace {

// A uniform evaluator that counts its calls, waits until `together` of them run at once, and fails
// where it is told to.
class Meeting : public Evaluator {
 public:
  explicit Meeting(int together = 1) : together_(together) {}

  Ticket Submit(std::span<Evaluation> batch) override {
    ++calls;
    largest = std::max(largest.load(), static_cast<int>(batch.size()));
    ++inside_;
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (inside_ < together_ && std::chrono::steady_clock::now() < limit) {
      std::this_thread::yield();
    }
    if (inside_ < together_) missed = true;
    if (fails && batch.front().random % 2 == 1) throw WorldError("no answer");
    return uniform_.Submit(batch);
  }
  void Wait(Ticket ticket) override { uniform_.Wait(ticket); }

  std::atomic<int> calls = 0;
  std::atomic<int> largest = 0;
  std::atomic<bool> missed = false;
  std::atomic<bool> fails = false;

 private:
  const int together_;
  std::atomic<int> inside_ = 0;
  UniformEvaluator uniform_;
};

// A batch of one position, `count` times, numbered by Evaluation::random.
class Requests {
 public:
  explicit Requests(int count) : state_((*MakeGame("tictactoe"))->NewState()) {
    for (int i = 0; i < count; ++i) {
      requests_.push_back(
          std::make_unique<EvaluationRequest>(*state_, static_cast<std::uint64_t>(i)));
      batch.push_back(requests_.back()->evaluation);
    }
  }

  std::vector<Evaluation> batch;

 private:
  std::unique_ptr<State> state_;
  std::vector<std::unique_ptr<EvaluationRequest>> requests_;
};

TEST(ParallelEvaluator, PartsRunAtTheSameTimeAndAllAnswersStand) {
  const auto inner = std::make_shared<Meeting>(3);
  ParallelEvaluator evaluator(inner, 3);
  Requests requests(8);
  for (Evaluation& evaluation : requests.batch) evaluation.value = 7.0F;
  evaluator.Evaluate(requests.batch);
  EXPECT_FALSE(inner->missed);
  EXPECT_EQ(inner->calls, 3);
  EXPECT_EQ(inner->largest, 3);  // 3, 2 and 3
  for (const Evaluation& evaluation : requests.batch) {
    EXPECT_EQ(evaluation.value, 0.0F);
    EXPECT_NEAR(evaluation.prior[0], 1.0F / 9.0F, 1e-6F);
  }
}

TEST(ParallelEvaluator, SmallBatchesTakeNoMoreThreadsThanPositions) {
  const auto inner = std::make_shared<Meeting>();
  ParallelEvaluator evaluator(inner, 4);
  Requests requests(2);
  evaluator.Evaluate(requests.batch);
  EXPECT_EQ(inner->calls, 2);
  evaluator.Evaluate({});
  EXPECT_EQ(inner->calls, 2);
}

TEST(ParallelEvaluator, WhatAPartThrowsComesOutAndTheNextBatchWorks) {
  const auto inner = std::make_shared<Meeting>();
  ParallelEvaluator evaluator(inner, 2);
  Requests requests(2);
  inner->fails = true;
  EXPECT_THROW(evaluator.Evaluate(requests.batch), WorldError);  // the other thread's
  std::swap(requests.batch[0], requests.batch[1]);
  EXPECT_THROW(evaluator.Evaluate(requests.batch), WorldError);  // the caller's
  inner->fails = false;
  evaluator.Evaluate(requests.batch);
}

TEST(ParallelEvaluator, ManyCallersShareTheThreads) {
  const auto inner = std::make_shared<Meeting>();
  ParallelEvaluator evaluator(inner, 3);
  std::vector<std::thread> callers;
  std::atomic<int> wrong = 0;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        Requests requests(1 + round % 5);
        for (Evaluation& evaluation : requests.batch) evaluation.value = 7.0F;
        evaluator.Evaluate(requests.batch);
        for (const Evaluation& evaluation : requests.batch) wrong += evaluation.value != 0.0F;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST(ParallelEvaluator, ASearchFindsTheSameWithAnyNumberOfThreads) {
  const auto game = *MakeGame("connect4");
  const auto search = [&](Evaluator& evaluator) {
    MctsConfig config;
    config.root = RootSelection::kPuct;
    config.leaf_batch = 8;
    Mcts mcts(config);
    Rng rng(3, RngRole::kTest);
    return RunMcts(mcts, evaluator, *game->NewState(), 300, Exploration::kOff, rng).visits;
  };
  const auto uniform = std::make_shared<UniformEvaluator>();
  const std::vector<int> alone = search(*uniform);
  for (const int threads : {1, 2, 5}) {
    ParallelEvaluator evaluator(uniform, threads);
    EXPECT_EQ(search(evaluator), alone) << threads;
  }
}

}  // namespace
}  // namespace tengen

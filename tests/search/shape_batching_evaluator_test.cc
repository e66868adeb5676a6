#include "search/shape_batching_evaluator.h"

#include <atomic>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/evaluation_request.h"

namespace tengen {
namespace {

// Refuses batches of two shapes and answers with the number of points. Remembers its threads.
class PointCounter : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    {
      MutexLock lock(mutex_);
      threads_.insert(std::this_thread::get_id());
    }
    const BoardShape shape = batch.front().state->game().spec().shape;
    for (Evaluation& evaluation : batch) {
      TENGEN_CHECK(evaluation.state->game().spec().shape == shape, "two shapes");
      evaluation.value = static_cast<float>(shape.points());
      evaluation.score = 1.5F;
      if (evaluation.details != nullptr) evaluation.details->given = true;
    }
    return 0;
  }
  void Wait(Ticket) override {}

  std::size_t threads() {
    MutexLock lock(mutex_);
    return threads_.size();
  }

 private:
  Mutex mutex_;
  std::set<std::thread::id> threads_ TENGEN_GUARDED_BY(mutex_);
};

TEST(ShapeBatchingEvaluatorTest, KeepsShapesApart) {
  const auto inner = std::make_shared<PointCounter>();
  ShapeBatchingEvaluator evaluator(inner, 2, 8);
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (const char* id : {"go:size=5", "go:size=9", "tictactoe", "go:size=9"}) {
    threads.emplace_back([&evaluator, &wrong, id] {
      const auto game = MakeGame(id).value();
      const auto state = game->NewState();
      for (int i = 0; i < 50; ++i) {
        EvaluationRequest request(*state);
        EvaluationDetails details;
        request.evaluation.details = &details;
        request.Ask(evaluator);
        if (request.value() != static_cast<float>(game->spec().shape.points())) ++wrong;
        if (request.evaluation.score != 1.5F || !details.given) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(inner->threads(), 6U) << "two lanes for each of three shapes";
  EXPECT_EQ(evaluator.stats().positions, 200);
}

TEST(ShapeBatchingEvaluatorTest, LanesTakeTurns) {
  const auto inner = std::make_shared<PointCounter>();
  ShapeBatchingEvaluator evaluator(inner, 3, 8);
  const auto game = MakeGame("tictactoe").value();
  const auto state = game->NewState();
  for (int i = 0; i < 3; ++i) {
    EvaluationRequest request(*state);
    request.Ask(evaluator);
  }
  EXPECT_EQ(inner->threads(), 3U);
}

}  // namespace
}  // namespace tengen

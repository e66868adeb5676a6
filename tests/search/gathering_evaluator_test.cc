#include "search/gathering_evaluator.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/batch_queue.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/evaluation_request.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;

// Answers value = random / 1000, score = 1 and notes the batches.
class NotingEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    batches.push_back(batch.size());
    for (Evaluation& evaluation : batch) {
      if (evaluation.random == 666) throw std::runtime_error("the device is gone");
      evaluation.value = static_cast<float>(evaluation.random) / 1000.0F;
      evaluation.score = 1.0F;
      for (float& p : evaluation.prior) p = 0.5F;
    }
    return 7;
  }
  void Wait(Ticket ticket) override { EXPECT_EQ(ticket, 7U); }

  std::vector<std::size_t> batches;
};

class GatheringEvaluatorTest : public testing::Test {
 protected:
  const std::shared_ptr<NotingEvaluator> inner_ = std::make_shared<NotingEvaluator>();
  const std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  const std::unique_ptr<State> state_ = game_->NewState();
};

// Each of ten calls asks twice; one asks once more.
TEST_F(GatheringEvaluatorTest, ComputesTogetherWhatAllCallsWaitFor) {
  GatheringEvaluator gathering(inner_, 4);
  std::uint64_t calls = 0;
  PlayTogether(10, [&] {
    const std::uint64_t call = calls++;
    for (std::uint64_t turn = 0; turn < (call == 3 ? 3U : 2U); ++turn) {
      EvaluationRequest request(*state_, 10 * call + turn);
      request.Ask(gathering);
      EXPECT_FLOAT_EQ(request.value(), static_cast<float>(10 * call + turn) / 1000.0F);
      EXPECT_EQ(request.evaluation.score, 1.0F);
      EXPECT_EQ(request.prior[0], 0.5F);
    }
  });
  EXPECT_THAT(inner_->batches, ElementsAre(4, 4, 2, 4, 4, 2, 1));
  EXPECT_EQ(gathering.stats().batches, 7);
  EXPECT_EQ(gathering.stats().positions, 21);
}

TEST_F(GatheringEvaluatorTest, ElsewhereItHandsOver) {
  GatheringEvaluator gathering(inner_);
  EvaluationRequest request(*state_, 5);
  request.Ask(gathering);
  EXPECT_FLOAT_EQ(request.value(), 0.005F);
  EXPECT_EQ(gathering.stats().batches, 0);
}

TEST_F(GatheringEvaluatorTest, KeepsEvaluatorsAndShapesApart) {
  const auto other = std::make_shared<NotingEvaluator>();
  GatheringEvaluator a(inner_);
  GatheringEvaluator b(other);
  const auto go9 = MakeGame("go:size=9").value();
  const auto go5 = MakeGame("go:size=5").value();
  const auto large = go9->NewState();
  const auto small = go5->NewState();
  int calls = 0;
  PlayTogether(6, [&] {
    const int call = calls++;
    EvaluationRequest request(call % 3 == 0 ? *small : *large, 1);
    request.Ask(call < 4 ? a : b);
  });
  EXPECT_THAT(inner_->batches, ElementsAre(2, 2)) << "calls 0 and 3, then 1 and 2";
  EXPECT_THAT(other->batches, ElementsAre(2));
}

// Those whose positions were in the batch that failed, and nobody else.
TEST_F(GatheringEvaluatorTest, AFailureReachesThoseWhoAsked) {
  const auto other = std::make_shared<NotingEvaluator>();
  GatheringEvaluator a(inner_);
  GatheringEvaluator b(other);
  int calls = 0;
  int failed = 0;
  PlayTogether(4, [&] {
    const int call = calls++;
    EvaluationRequest request(*state_, call == 1 ? 666 : 1);
    try {
      request.Ask(call < 2 ? a : b);
    } catch (const std::runtime_error&) {
      ++failed;
    }
  });
  EXPECT_EQ(failed, 2);
  EXPECT_THROW(PlayTogether(2, [] { throw std::runtime_error("a call"); }), std::runtime_error);
  PlayTogether(1, [] {});  // nothing stays behind
}

// Trees with several batches of leaves under way, whose answers do not depend on who else asks.
TEST_F(GatheringEvaluatorTest, SearchesFindWhatTheyFindAlone) {
  const auto alone = std::make_shared<RandomEvaluator>(5, RandomSource::kPosition);
  GatheringEvaluator gathering(alone);
  MctsConfig config;
  config.leaf_batch = 3;
  config.batches = 2;
  const auto visits = [&](Evaluator& evaluator, std::uint64_t seed) {
    Mcts mcts(config);
    Rng rng(seed, RngRole::kTest);
    mcts.Begin(*state_, 60, Exploration::kOn, rng);
    BatchQueue(mcts, evaluator).Drain();
    return mcts.Result().visits;
  };
  std::uint64_t seed = 0;
  PlayTogether(5, [&] {
    const std::uint64_t own = seed++;
    const auto together = visits(gathering, own);
    EXPECT_EQ(together, visits(*alone, own));
  });
}

}  // namespace
}  // namespace tengen

#include "search/caching_evaluator.h"

#include <cmath>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/table_evaluator.h"

namespace tengen {
namespace {

class CachingEvaluatorTest : public testing::Test {
 protected:
  std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  std::unique_ptr<State> state_ = game_->NewState();
};

TEST_F(CachingEvaluatorTest, AsksOnceForAPosition) {
  TableEvaluator inner(
      {{state_->PositionHash(), {{0.4F, 0.3F, 0.1F, 0.1F, 0.05F, 0.03F, 0.02F}, 0.25F, 3.5F}}});
  CachingEvaluator cache(inner, game_->spec(), 1 << 16);
  EvaluationRequest first(*state_);
  EvaluationRequest second(*state_);
  first.Ask(cache);
  second.Ask(cache);
  EXPECT_EQ(inner.positions(), 1);
  EXPECT_EQ(cache.stats().misses, 1);
  EXPECT_EQ(cache.stats().hits, 1);
  EXPECT_EQ(second.value(), 0.25F);
  EXPECT_EQ(second.evaluation.score, 3.5F);
  for (std::size_t i = 0; i < first.prior.size(); ++i) {
    EXPECT_NEAR(second.prior[i] / first.prior[i], 1.0, 1.0 / 2048) << "prior " << i;
  }
}

TEST_F(CachingEvaluatorTest, KeepsSmallPriorsToAboutOnePartInFourThousand) {
  const std::vector<float> priors = {1.0F - 1e-3F, 9e-4F, 9e-5F, 9e-6F, 1e-6F, 1e-8F, 0.0F};
  TableEvaluator inner({{state_->PositionHash(), {priors, 0.0F}}});
  CachingEvaluator cache(inner, game_->spec(), 1 << 16);
  EvaluationRequest first(*state_);
  EvaluationRequest second(*state_);
  first.Ask(cache);
  second.Ask(cache);
  for (std::size_t i = 0; i + 1 < priors.size(); ++i) {
    EXPECT_NEAR(second.prior[i] / priors[i], 1.0, 1.0 / 2048) << "prior " << i;
  }
  EXPECT_EQ(second.prior.back(), 0.0F);
  EXPECT_NEAR(std::accumulate(second.prior.begin(), second.prior.end(), 0.0), 1.0, 1e-6);
}

TEST_F(CachingEvaluatorTest, TakesMissesOfABatchTogether) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 16);
  EvaluationRequest known(*state_);
  known.Ask(cache);

  const auto other = state_->Clone();
  other->Apply(3);
  const auto third = state_->Clone();
  third->Apply(4);
  EvaluationRequest a(*other);
  EvaluationRequest b(*state_);
  EvaluationRequest c(*third);
  std::vector<Evaluation> batch = {a.evaluation, b.evaluation, c.evaluation};
  cache.Evaluate(batch);
  EXPECT_EQ(inner.batches(), (std::vector<int>{1, 2}));
  EXPECT_EQ(batch[0].value, 0.0F);
  EXPECT_EQ(batch[1].value, 0.0F);
  EXPECT_EQ(batch[2].value, 0.0F);
}

TEST_F(CachingEvaluatorTest, ANewAnswerReplacesTheOldOneInItsPlace) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1);
  ASSERT_EQ(cache.capacity(), 1);
  const auto other = state_->Clone();
  other->Apply(3);
  for (const State* state : {state_.get(), other.get(), other.get(), state_.get()}) {
    EvaluationRequest request(*state);
    request.Ask(cache);
  }
  EXPECT_EQ(cache.stats().misses, 3);
  EXPECT_EQ(cache.stats().hits, 1);
}

TEST_F(CachingEvaluatorTest, CapacityFollowsFromTheBytes) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 20);
  // 7 priors of 2 bytes; key, value and score take 24 bytes at least.
  EXPECT_LE(cache.capacity(), (1 << 20) / 38);
  EXPECT_GE(cache.capacity(), (1 << 20) / 64);
}

// Fails in Submit or in Wait.
class FailingEvaluator : public Evaluator {
 public:
  explicit FailingEvaluator(bool in_submit) : in_submit_(in_submit) {}
  Ticket Submit(std::span<Evaluation>) override {
    if (in_submit_) throw WorldError("the device is gone");
    return 0;
  }
  void Wait(Ticket) override { throw WorldError("the device is gone"); }

 private:
  const bool in_submit_;
};

TEST_F(CachingEvaluatorTest, AFailureGivesItsTicketBack) {
  for (const bool in_submit : {true, false}) {
    FailingEvaluator inner(in_submit);
    CachingEvaluator cache(inner, game_->spec(), 1 << 16);
    for (int i = 0; i < 3; ++i) EXPECT_THROW(EvaluationRequest(*state_).Ask(cache), WorldError);
    EXPECT_EQ(cache.Submit({}), 0U);  // the first one again
  }
}

TEST_F(CachingEvaluatorTest, ClearForgets) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 16);
  EvaluationRequest request(*state_);
  request.Ask(cache);
  cache.Clear();
  request.Ask(cache);
  EXPECT_EQ(cache.stats().misses, 2);
}

TEST_F(CachingEvaluatorTest, RequestsForOwnershipPassThrough) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 16);
  std::vector<float> ownership(42);
  EvaluationRequest request(*state_);
  request.evaluation.ownership = ownership;
  request.Ask(cache);
  request.Ask(cache);
  EXPECT_EQ(inner.positions(), 2);
}

TEST_F(CachingEvaluatorTest, RequestsForDetailsPassThrough) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 16);
  EvaluationRequest request(*state_);
  request.Ask(cache);
  EvaluationDetails details;
  request.evaluation.details = &details;
  request.Ask(cache);
  EXPECT_EQ(inner.positions(), 2);
}

// Knows that the score deviates by as many points as it was asked times.
class CountedDetails final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    const Ticket ticket = table_.Submit(batch);
    for (Evaluation& evaluation : batch) {
      ++asked_;
      if (evaluation.details == nullptr) continue;
      evaluation.details->given = true;
      evaluation.details->score_deviation = static_cast<float>(asked_);
    }
    return ticket;
  }
  void Wait(Ticket ticket) override { table_.Wait(ticket); }
  int asked() const { return asked_; }

 private:
  TableEvaluator table_;
  int asked_ = 0;
};

TEST_F(CachingEvaluatorTest, KeepsDetailsWhereItIsToldTo) {
  CountedDetails inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 16, CachedAnswer::kDetailsToo);
  EvaluationRequest without(*state_);
  without.Ask(cache);  // details are asked for all the same
  EvaluationDetails details;
  EvaluationRequest with(*state_);
  with.evaluation.details = &details;
  with.Ask(cache);
  EXPECT_EQ(inner.asked(), 1);
  EXPECT_TRUE(details.given);
  EXPECT_EQ(details.score_deviation, 1.0F);

  const auto other = state_->Clone();
  other->Apply(3);
  EvaluationDetails missed;
  EvaluationRequest miss(*other);
  miss.evaluation.details = &missed;
  miss.Ask(cache);
  EXPECT_EQ(inner.asked(), 2);
  EXPECT_EQ(missed.score_deviation, 2.0F);
  without.Ask(cache);
  EXPECT_EQ(cache.stats().hits, 2);
}

TEST_F(CachingEvaluatorTest, DetailsThatTheInnerEvaluatorHasNotAreKeptAsNone) {
  TableEvaluator inner;
  CachingEvaluator cache(inner, game_->spec(), 1 << 16, CachedAnswer::kDetailsToo);
  EvaluationDetails details;
  EvaluationRequest request(*state_);
  request.evaluation.details = &details;
  request.Ask(cache);
  request.Ask(cache);
  EXPECT_EQ(inner.positions(), 1);
  EXPECT_FALSE(details.given);
}

TEST_F(CachingEvaluatorTest, PositionsWithMoreActionsThanTheGamePassThrough) {
  const auto small = MakeGame("tictactoe").value();
  GameSpec spec = small->spec();
  spec.num_actions = 3;
  TableEvaluator inner;
  CachingEvaluator cache(inner, spec, 1 << 16);
  EvaluationRequest request(*state_);
  request.Ask(cache);
  request.Ask(cache);
  EXPECT_EQ(inner.positions(), 2);
}

TEST_F(CachingEvaluatorTest, ThreadsShareOneCache) {
  RandomEvaluator inner(1, RandomSource::kPosition);
  CachingEvaluator cache(inner, game_->spec(), 1 << 18);
  const auto search = [&](std::uint64_t seed) {
    Mcts mcts({});
    Rng rng(seed, RngRole::kTest);
    RunMcts(mcts, cache, *state_, 300, Exploration::kOn, rng);
  };
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < 4; ++i) threads.emplace_back([&, i] { search(i); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(cache.stats().hits, 100);
  EXPECT_GT(cache.stats().misses, 100);
  // What the cache says is what the inner evaluator says.
  EvaluationRequest cached(*state_);
  EvaluationRequest direct(*state_);
  cached.Ask(cache);
  direct.Ask(inner);
  EXPECT_EQ(cached.value(), direct.value());
  for (std::size_t i = 0; i < direct.prior.size(); ++i) {
    EXPECT_NEAR(cached.prior[i], direct.prior[i], 1e-3);
  }
}

}  // namespace
}  // namespace tengen

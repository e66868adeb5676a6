#include "search/batch_queue.h"

#include <map>
#include <numeric>
#include <set>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/parallel_evaluator.h"
#include "search/simple_evaluators.h"
#include "tests/support/root_value.h"
#include "tests/support/table_evaluator.h"
#include "tests/support/tree_game.h"

// Several batches of one tree at once.

namespace tengen {
namespace {

using testing::ElementsAre;

// Notes which tickets are out, and throws where it is told to.
class NotedEvaluator : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    if (++submitted == throw_in_submit) throw WorldError("no answer");
    inner_.Evaluate(batch);
    out.insert(static_cast<Ticket>(submitted));
    most_out = std::max(most_out, static_cast<int>(out.size()));
    return static_cast<Ticket>(submitted);
  }
  void Wait(Ticket ticket) override {
    EXPECT_EQ(out.erase(ticket), 1) << "waited for twice";
    if (static_cast<int>(ticket) == throw_in_wait) throw WorldError("no answer");
  }

  int submitted = 0;
  int most_out = 0;
  int throw_in_submit = 0;  // the number of the batch, from 1
  int throw_in_wait = 0;
  std::set<Ticket> out;

 private:
  RandomEvaluator inner_{5, RandomSource::kPosition};
};

class BatchQueueTest : public testing::TestWithParam<RootSelection> {
 protected:
  MctsConfig Config(int leaf_batch, int batches) const {
    MctsConfig config;
    config.root = GetParam();
    config.leaf_batch = leaf_batch;
    config.batches = batches;
    return config;
  }

  std::shared_ptr<const Game> game_ = MakeGame("connect4").value();
  std::unique_ptr<State> state_ = game_->NewState();
  Rng rng_ = Rng(1, RngRole::kTest);
};

TEST_P(BatchQueueTest, SpendsTheWholeBudgetAndLeavesNoTraceOfVirtualLossBehind) {
  for (const auto& [leaf_batch, batches] : {std::pair(1, 2), {1, 8}, {8, 3}}) {
    Mcts mcts(Config(leaf_batch, batches));
    RandomEvaluator evaluator(5, RandomSource::kPosition);
    const SearchResult result = RunMcts(mcts, evaluator, *state_, 300, Exploration::kOff, rng_);
    EXPECT_EQ(result.simulations, 300);
    EXPECT_EQ(std::accumulate(result.visits.begin(), result.visits.end(), 0), 300);
    EXPECT_NEAR(result.root_value, RootValueOf(result, GetParam()), 1e-5);
  }
}

TEST_P(BatchQueueTest, SeveralBatchesAreOutAndAllAreAwaited) {
  Mcts mcts(Config(4, 3));
  NotedEvaluator evaluator;
  RunMcts(mcts, evaluator, *state_, 300, Exploration::kOff, rng_);
  EXPECT_EQ(evaluator.most_out, 3);
  EXPECT_THAT(evaluator.out, testing::IsEmpty());
}

// Threads answer in any order; what is found depends on none of it.
TEST_P(BatchQueueTest, ASearchFindsTheSameWithAnyNumberOfThreads) {
  const auto search = [&](Evaluator& evaluator) {
    Mcts mcts(Config(4, 3));
    Rng rng(3, RngRole::kTest);
    return RunMcts(mcts, evaluator, *state_, 400, Exploration::kOn, rng);
  };
  const auto inner = std::make_shared<RandomEvaluator>(5, RandomSource::kPosition);
  const SearchResult alone = search(*inner);
  for (const int threads : {1, 2, 5}) {
    ParallelEvaluator evaluator(inner, threads);
    const SearchResult found = search(evaluator);
    EXPECT_EQ(found.visits, alone.visits) << threads;
    EXPECT_EQ(found.q, alone.q) << threads;
  }
}

TEST_P(BatchQueueTest, NeverAsksForOneLeafTwice) {
  // Two moves each, one after the other: few leaves, many collisions.
  TreeGame::Moves moves;
  for (int i = 0; i < 15; ++i) moves.push_back({{2 * i + 1}, {2 * i + 2}});
  moves.resize(31);
  const TreeGame game(moves, 2, 1.0);
  Mcts mcts(Config(2, 4));
  UniformEvaluator evaluator;
  std::map<int, int> asked;
  mcts.Begin(*game.NewState(), 300, Exploration::kOff, rng_);
  BatchQueue queue(mcts, evaluator, [&asked](std::span<Evaluation> batch, int) {
    for (const Evaluation& evaluation : batch) {
      ++asked[static_cast<const TreeGameState*>(evaluation.state)->position()];
    }
  });
  queue.Drain();
  EXPECT_EQ(asked.size(), 15);
  for (const auto& [position, times] : asked) EXPECT_EQ(times, 1) << "position " << position;
  EXPECT_EQ(mcts.node_count(), 31);
  EXPECT_EQ(mcts.Result().simulations, 300);
}

TEST_P(BatchQueueTest, DroppingAllBatchesRestoresEveryNumber) {
  Mcts mcts(Config(4, 3));
  RandomEvaluator evaluator(5, RandomSource::kPosition);
  const SearchResult before = RunMcts(mcts, evaluator, *state_, 100, Exploration::kOff, rng_);
  mcts.Begin(*state_, 100, Exploration::kOff, rng_);
  while (mcts.waiting() < 3 && mcts.Gather() > 0) {
  }
  ASSERT_GT(mcts.waiting(), 0);
  mcts.Begin(*state_, 0, Exploration::kOff, rng_);
  EXPECT_EQ(mcts.waiting(), 0);
  EXPECT_EQ(mcts.Gather(), 0);
  const SearchResult after = mcts.Result();
  EXPECT_EQ(after.visits, before.visits);
  EXPECT_EQ(after.q, before.q);
  EXPECT_EQ(after.root_value, before.root_value);
}

TEST_P(BatchQueueTest, WhatTheEvaluatorThrowsEndsTheSearchAndTheNextOneWorks) {
  for (const bool in_submit : {false, true}) {
    Mcts mcts(Config(1, 3));
    NotedEvaluator evaluator;
    (in_submit ? evaluator.throw_in_submit : evaluator.throw_in_wait) = 7;
    EXPECT_THROW(RunMcts(mcts, evaluator, *state_, 100, Exploration::kOff, rng_), WorldError);
    EXPECT_THAT(evaluator.out, testing::IsEmpty()) << "each was waited for";
    const SearchResult result = RunMcts(mcts, evaluator, *state_, 100, Exploration::kOff, rng_);
    EXPECT_NEAR(result.root_value, RootValueOf(result, GetParam()), 1e-5);
  }
}

TEST_P(BatchQueueTest, StopsWithoutLosingWhatIsOut) {
  Mcts mcts(Config(2, 3));
  NotedEvaluator evaluator;
  mcts.Begin(*state_, 10000, Exploration::kOff, rng_);
  BatchQueue queue(mcts, evaluator);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue.Step());
  queue.AwaitAll();
  EXPECT_EQ(mcts.waiting(), 0);
  mcts.Stop();
  EXPECT_FALSE(queue.Step());
  const SearchResult result = mcts.Result();
  EXPECT_EQ(std::accumulate(result.visits.begin(), result.visits.end(), 0), result.simulations);
}

INSTANTIATE_TEST_SUITE_P(Roots, BatchQueueTest,
                         testing::Values(RootSelection::kPuct, RootSelection::kGumbel),
                         [](const auto& test) {
                           return test.param == RootSelection::kPuct ? "Puct" : "Gumbel";
                         });

// A 33rd of the visits under way, at most: 3 of 100, 1 of 48, 12 of 400. On 9x9 with PUCT's
// constant of 0.55, 3 of 100 scored 51.5 % (45.0 to 57.9) against one at a time, 8 of 100 36.5 %
// (28.0 to 45.9).
TEST(LeafBatchesTest, FollowTheVisits) {
  const auto total = [](std::int64_t visits, int most) {
    const LeafBatches batches = LeafBatchesFor(visits, most);
    return std::pair(batches.batches, batches.leaf_batch);
  };
  EXPECT_EQ(total(100, 4), std::pair(3, 1));
  EXPECT_EQ(total(48, 4), std::pair(1, 1));
  EXPECT_EQ(total(400, 4), std::pair(4, 3));
  EXPECT_EQ(total(400, 1), std::pair(1, 8));
  EXPECT_EQ(total(50, 1), std::pair(1, 1));
  EXPECT_EQ(total(11, 4), std::pair(1, 1));
  EXPECT_EQ(total(0, 4), std::pair(1, 1));
  EXPECT_EQ(total(100'000'000, 10), std::pair(10, 8));
}

int PositionOf(const Evaluation& evaluation) {
  return static_cast<const TreeGameState*>(evaluation.state)->position();
}

// By hand: three equal moves. A batch that waits keeps its visit without a value, and a move
// known by nothing else has the worst value, so that each goes elsewhere, also after the first is
// backed up with the best value: then its move has Q = 1 and P / (1 + N) = 1/6, the others -1.
TEST(BatchesByHand, VisitsUnderWayCountUntilTheirOwnBatchIsBackedUp) {
  const TreeGame game({{{1}, {2}, {3}}, {{4}}, {{4}}, {{4}}, {}}, 2, 1.0);
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.batches = 3;
  Mcts mcts(config);
  Rng rng(1, RngRole::kTest);
  TableEvaluator evaluator;
  mcts.Begin(*game.NewState(), 10, Exploration::kOff, rng);
  ASSERT_EQ(mcts.Gather(), 1) << "the root";
  evaluator.Evaluate(mcts.pending());
  EXPECT_EQ(mcts.Gather(), 0) << "nothing can be selected before the root is known";
  EXPECT_EQ(mcts.waiting(), 1);
  mcts.Backup();
  std::vector<int> met;
  std::span<Evaluation> first;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(mcts.Gather(), 1);
    if (i == 0) first = mcts.pending();
    met.push_back(PositionOf(mcts.pending()[0]));
    evaluator.Evaluate(mcts.pending());
  }
  EXPECT_THAT(met, ElementsAre(1, 2, 3));
  EXPECT_EQ(mcts.RootMove(first[0]), 0);
  first[0].value = -1.0F;  // good for who moved there
  mcts.Backup();
  EXPECT_EQ(mcts.waiting(), 2);
  EXPECT_EQ(mcts.Gather(), 0) << "behind move 0 the game is over, which waits for the others";
  mcts.Backup();
  mcts.Backup();
  const SearchResult result = mcts.Result();
  EXPECT_THAT(result.visits, ElementsAre(1, 1, 1));
  EXPECT_THAT(result.q, ElementsAre(1.0F, 0.0F, 0.0F));
}

}  // namespace
}  // namespace tengen

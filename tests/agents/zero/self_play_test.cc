#include "agents/zero/self_play.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/simple_evaluators.h"
#include "tests/agents/zero/self_play_games.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

// Counts what it is asked; answers like the UniformEvaluator, but no sooner than in Wait.
class LateEvaluator : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    evaluations += static_cast<std::int64_t>(batch.size());
    batches_.push_back(batch);
    most_open = std::max(most_open, batches_.size() - waited_);
    return batches_.size() - 1;
  }
  void Wait(Ticket ticket) override {
    UniformEvaluator().Evaluate(batches_[ticket]);
    ++waited_;
  }
  std::int64_t evaluations = 0;
  std::size_t most_open = 0;

 private:
  std::vector<std::span<Evaluation>> batches_;
  std::size_t waited_ = 0;
};

class BrokenEvaluator : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation>) override { throw WorldError("the device is gone"); }
  void Wait(Ticket) override {}
};

TEST(SelfPlayConfigCheck, NamesTheFieldThatIsWrong) {
  EXPECT_TRUE(CheckSelfPlayConfig(TicTacToe()).ok());
  SelfPlayConfig config = TicTacToe();
  config.games = {};
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("games is empty"));
  config.games = {"go:size=26"};
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("size=26"));
  config.games = {"go:size=5"};
  config.rules = {"ko=simple", "ko=sometimes"};
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("ko=sometimes, wanted positional"));
  config.rules = {};
  config.komi = {6.5, 6.3};
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("komi=6.3, wanted a multiple"));
  config.games = {"go:size=5,komi=7"};
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("option 'komi' is given twice"));
  config.games = {"tictactoe"};
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("unknown option 'komi'"));
  config = TicTacToe();
  config.full_share = 1.5;
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("full_share 1.5, wanted 0 to 1"));
  config = TicTacToe();
  config.halves = 3;
  EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("halves 3, wanted 1 or 2"));
}

TEST(SelfPlay, SameSeedGivesTheSameRecords) {
  for (const SelfPlayConfig& config : {TicTacToe(), SmallGo()}) {
    const auto uniform = std::make_shared<UniformEvaluator>();
    EXPECT_EQ(Play(config, uniform, 12), Play(config, uniform, 12));
    EXPECT_NE(Play(config, uniform, 12, 1), Play(config, uniform, 12, 2));
  }
}

TEST(SelfPlay, RecordsFollowTheRules) {
  for (const SelfPlayConfig& config : {TicTacToe(), SmallGo()}) {
    for (const GameRecord& record : Play(config, Random(3), 20)) {
      const Status status = CheckRecord(record);
      EXPECT_TRUE(status.ok()) << status.error();
      ASSERT_EQ(record.nets.size(), 1U);
      EXPECT_EQ(record.nets[0].step, 7);
    }
  }
}

TEST(SelfPlay, AGameReplaysFromItsSeed) {
  const auto evaluator = Random(4);
  for (const GameRecord& record : Play(SmallGo(), evaluator, 8)) {
    GameRecord origin;
    origin.seed = record.seed;
    origin.stream = record.stream;
    origin.nets = record.nets;
    EXPECT_EQ(ReplaySelfPlayGame(SmallGo(), origin,
                                 [&](const NetUse&) -> Evaluator& { return *evaluator; }),
              record);
  }
}

TEST(SelfPlay, AGameOfSeveralNetworksReplaysFromItsSeed) {
  const std::vector<std::shared_ptr<Evaluator>> nets = {Random(1), Random(2), Random(3)};
  LatestModel source({nets[0], 0});
  VectorSink sink;
  SelfPlayWorker worker(SmallGo(), {1, 0, 1}, source, sink);
  for (std::int64_t round = 1; sink.records.size() < 8; ++round) {
    ASSERT_TRUE(worker.Step());
    const std::int64_t step = round / 10 % 3;
    source.Set({nets[static_cast<std::size_t>(step)], step});
  }
  for (const GameRecord& record : sink.records) {
    EXPECT_GT(record.nets.size(), 1U);
    EXPECT_EQ(ReplaySelfPlayGame(SmallGo(), record,
                                 [&](const NetUse& net) -> Evaluator& {
                                   return *nets[static_cast<std::size_t>(net.step)];
                                 }),
              record);
  }
}

TEST(SelfPlay, GamesDoNotDependOnHowManyArePlayedAtOnce) {
  std::map<std::uint64_t, GameRecord> alone;
  SelfPlayConfig config = SmallGo();
  config.parallel_games = 1;
  for (GameRecord& record : Play(config, Random(5), 10)) alone[record.stream] = std::move(record);
  config.parallel_games = 5;
  config.halves = 2;
  int compared = 0;
  for (const GameRecord& record : Play(config, Random(5), 12)) {
    const auto other = alone.find(record.stream);
    if (other == alone.end()) continue;
    EXPECT_EQ(record, other->second);
    ++compared;
  }
  EXPECT_GE(compared, 6);
}

TEST(SelfPlay, DrawsEveryGameOfTheList) {
  std::set<std::string> ids;
  for (const GameRecord& record : Play(SmallGo(), Random(6), 20)) ids.insert(record.game_id);
  EXPECT_EQ(ids.size(), 2U);
}

TEST(SelfPlay, RulesAndKomiMultiplyTheGames) {
  SelfPlayConfig config = SmallGo();
  config.games = {"go:size=3", "go:size=4,max_plies=30"};
  EXPECT_THAT(GameIds(config), ElementsAreArray(config.games));
  config.komi = {0.5, 3};
  EXPECT_THAT(GameIds(config),
              ElementsAre("go:size=3,komi=0.5", "go:size=3,komi=3",
                          "go:size=4,max_plies=30,komi=0.5", "go:size=4,max_plies=30,komi=3"));
  config.games = {"go:size=3"};
  config.rules = {"ko=simple", "rules=aga", "ko=simple"};
  EXPECT_THAT(GameIds(config),
              ElementsAre("go:size=3,ko=simple,komi=0.5", "go:size=3,ko=simple,komi=3",
                          "go:size=3,rules=aga,komi=0.5", "go:size=3,rules=aga,komi=3",
                          "go:size=3,ko=simple,komi=0.5", "go:size=3,ko=simple,komi=3"));
  // All are drawn, and the rules named twice twice as often: 200 of 300 games, deviation 8.
  std::map<std::string, int> counts;
  for (const GameRecord& record : Play(config, Random(6), 300)) ++counts[record.game_id];
  EXPECT_EQ(counts.size(), 4U);
  const int simple = counts["go:size=3,komi=0.5,ko=simple,suicide=none"] +
                     counts["go:size=3,komi=3,ko=simple,suicide=none"];
  EXPECT_NEAR(simple, 200, 32);
}

TEST(SelfPlay, RecordsFullSearchesOnlyAndSpendsFewVisitsOnTheOthers) {
  SelfPlayConfig config = TicTacToe();
  config.full_share = 0.25;
  config.mcts.reuse_tree = false;
  int full = 0;
  int plies = 0;
  for (const GameRecord& record : Play(config, Random(7), 100)) {
    for (const RecordedPly& ply : record.plies) {
      EXPECT_EQ(ply.visits, ply.full ? 12 : 4);
      EXPECT_EQ(ply.sample, ply.full);
      EXPECT_EQ(ply.policy.empty(), !ply.full);
      full += ply.full ? 1 : 0;
      ++plies;
    }
  }
  // Standard deviation of the share: sqrt(0.25 * 0.75 / plies), below 0.02.
  EXPECT_GT(plies, 500);
  EXPECT_NEAR(static_cast<double>(full) / plies, 0.25, 0.08);
}

TEST(SelfPlay, OpeningMovesAreNotSearched) {
  SelfPlayConfig config = TicTacToe();
  config.opening_share = 1.0;
  config.opening_plies = 3;
  std::set<std::size_t> lengths;
  for (const GameRecord& record : Play(config, Random(8), 40)) {
    std::size_t length = 0;
    while (record.plies[length].visits == 0) {
      EXPECT_FALSE(record.plies[length].sample);
      ++length;
    }
    lengths.insert(length);
  }
  EXPECT_EQ(lengths, (std::set<std::size_t>{1, 2, 3}));
}

// Both kinds of root; a Gumbel root that visits every move of tic-tac-toe, most of them once.
class SelfPlayTemperature : public testing::TestWithParam<RootSelection> {
 protected:
  SelfPlayConfig Config() const {
    SelfPlayConfig config = TicTacToe();
    config.mcts.root = GetParam();
    config.mcts.gumbel_considered = 9;
    return config;
  }
};

INSTANTIATE_TEST_SUITE_P(Roots, SelfPlayTemperature,
                         testing::Values(RootSelection::kPuct, RootSelection::kGumbel));

TEST_P(SelfPlayTemperature, ColdPlaysTheLikeliestMove) {
  SelfPlayConfig config = Config();
  config.temperature_plies = 9;
  config.temperature = 1e-3;
  for (const GameRecord& record : Play(config, Random(9), 10)) {
    for (const RecordedPly& ply : record.plies) {
      float most = 0.0F;
      float played = 0.0F;
      for (const PolicyEntry& entry : ply.policy) {
        most = std::max(most, entry.probability);
        if (entry.action == ply.action) played = entry.probability;
      }
      EXPECT_EQ(played, most);
    }
  }
}

// One search per game of 12 visits from the empty board: first moves follow the policy.
TEST_P(SelfPlayTemperature, OneDrawsMovesInProportionToThePolicy) {
  SelfPlayConfig config = Config();
  config.temperature_plies = 1;
  std::vector<double> expected(9);
  std::vector<double> played(9);
  for (const GameRecord& record : Play(config, Random(10), 400)) {
    for (const PolicyEntry& entry : record.plies[0].policy) {
      expected[static_cast<std::size_t>(entry.action)] += static_cast<double>(entry.probability);
    }
    played[static_cast<std::size_t>(record.plies[0].action)] += 1.0;
  }
  // Each count is a sum of Bernoulli draws: variance at most its mean.
  for (std::size_t a = 0; a < 9; ++a) {
    EXPECT_NEAR(played[a], expected[a], 4.0 * std::sqrt(expected[a]) + 1.0) << a;
  }
}

// A cheap search that considers one move takes the likeliest in every game.
TEST(SelfPlay, FastSearchesConsiderFewerMovesIfToldSo) {
  SelfPlayConfig config = TicTacToe();
  config.full_share = 0.0;
  config.fast_visits = 8;
  config.temperature_plies = 9;
  const auto first_moves = [&config] {
    std::set<Action> moves;
    const auto evaluator = std::make_shared<RandomEvaluator>(3, RandomSource::kPosition);
    for (const GameRecord& record : Play(config, evaluator, 20)) {
      moves.insert(record.plies[0].action);
    }
    return moves.size();
  };
  config.mcts.gumbel_c_scale = 0.0;  // the policy is the prior: several moves are drawn
  EXPECT_GT(first_moves(), 1U);
  config.fast_considered = 1;
  EXPECT_EQ(first_moves(), 1U);
}

SelfPlayConfig Alone() {
  SelfPlayConfig config;
  config.games = {"cartpole:limit=25"};
  config.parallel_games = 4;
  config.full_visits = 6;
  config.resign_value = 0.5;  // says nothing to one player
  config.resign_min_ply = 0;
  return config;
}

TEST(SelfPlay, OnePlayerStartsAnewEachTime) {
  std::set<std::string> ids;
  int truncated = 0;
  for (const GameRecord& record : Play(Alone(), Random(3), 20)) {
    const Status status = CheckRecord(record);
    EXPECT_TRUE(status.ok()) << status.error();
    EXPECT_EQ(record.return_first, static_cast<float>(record.plies.size()));
    EXPECT_NE(record.end, GameEnd::kResign);
    ids.insert(record.game_id);
    if (record.end != GameEnd::kTruncated) continue;
    EXPECT_EQ(record.plies.size(), 25U);
    ++truncated;
  }
  EXPECT_EQ(ids.size(), 20U);
  EXPECT_GT(truncated, 0);
}

TEST(SelfPlay, OnePlayersGameReplaysFromItsSeed) {
  const auto evaluator = Random(4);
  for (const GameRecord& record : Play(Alone(), evaluator, 5)) {
    GameRecord origin;
    origin.seed = record.seed;
    origin.stream = record.stream;
    origin.nets = record.nets;
    EXPECT_EQ(ReplaySelfPlayGame(Alone(), origin,
                                 [&](const NetUse&) -> Evaluator& { return *evaluator; }),
              record);
  }
}

// Without reuse and with two actions the tree of n simulations is known: each adds a node, reached
// by as many moves as its depth.
TEST(SelfPlay, CountsSimulatorCalls) {
  SelfPlayConfig config = Alone();
  config.games = {"cartpole:limit=1"};
  config.mcts.reuse_tree = false;
  config.full_visits = 2;  // the two moves of the root, one call each
  LatestModel source({std::make_shared<UniformEvaluator>(), 0});
  VectorSink sink;
  SelfPlayWorker worker(config, {1, 0, 1}, source, sink);
  while (sink.records.size() < 4) ASSERT_TRUE(worker.Step());
  const SelfPlayStats& stats = worker.stats();
  EXPECT_EQ(stats.simulator_calls, stats.plies * (2 + 1));  // and the move that is played
  EXPECT_EQ(stats.returns, static_cast<double>(stats.games));
}

TEST(SelfPlay, StatisticsCountWhatHappened) {
  const auto evaluator = std::make_shared<LateEvaluator>();
  LatestModel source({evaluator, 0});
  VectorSink sink;
  SelfPlayWorker worker(TicTacToe(), {1, 0, 1}, source, sink);
  while (sink.records.size() < 10) ASSERT_TRUE(worker.Step());
  const SelfPlayStats& stats = worker.stats();
  EXPECT_EQ(stats.games, static_cast<std::int64_t>(sink.records.size()));
  EXPECT_EQ(stats.evaluations, evaluator->evaluations);
  EXPECT_EQ(stats.batches, stats.rounds);
  EXPECT_EQ(stats.batch_slots, 4 * stats.batches);
  EXPECT_EQ(stats.evaluations, stats.batch_slots);  // one leaf per game in every round
  EXPECT_EQ(stats.positions, stats.plies);          // full_share 1, no openings
  std::int64_t plies = 0;
  std::int64_t wins = 0;
  for (const GameRecord& record : sink.records) {
    plies += static_cast<std::int64_t>(record.plies.size());
    wins += record.return_first > 0.0F ? 1 : 0;
  }
  EXPECT_EQ(stats.game_plies, plies);
  EXPECT_EQ(stats.first_wins, wins);
  EXPECT_GT(stats.mean_policy_entropy(), 0.0);
  EXPECT_LE(stats.mean_policy_entropy(), std::log(9.0));
}

TEST(SelfPlay, TwoHalvesKeepTwoBatchesOpen) {
  for (const int halves : {1, 2}) {
    SelfPlayConfig config = TicTacToe();
    config.halves = halves;
    const auto evaluator = std::make_shared<LateEvaluator>();
    Play(config, evaluator, 5);
    EXPECT_EQ(evaluator->most_open, static_cast<std::size_t>(halves));
  }
}

TEST(SelfPlay, StopsWhenTheSinkRefuses) {
  LatestModel source({std::make_shared<UniformEvaluator>(), 0});
  VectorSink sink(/*capacity=*/3);
  SelfPlayWorker worker(TicTacToe(), {1, 0, 1}, source, sink);
  while (worker.Step()) ASSERT_LT(worker.stats().rounds, 10000);
  EXPECT_EQ(sink.records.size(), 3U);
}

TEST(SelfPlay, WorkersPlayTheirOwnNumbers) {
  LatestModel source({std::make_shared<UniformEvaluator>(), 0});
  VectorSink sink;
  SelfPlayWorker worker(TicTacToe(), {1, 100, 3}, source, sink);
  while (sink.records.size() < 10) ASSERT_TRUE(worker.Step());
  std::set<std::uint64_t> streams;
  for (const GameRecord& record : sink.records) {
    EXPECT_EQ((record.stream - 100) % 3, 0U);
    EXPECT_LT(record.stream, worker.next_game());
    EXPECT_TRUE(streams.insert(record.stream).second);
  }
}

TEST(SelfPlayThreads, PlayEveryNumberOnce) {
  LatestModel source({std::make_shared<UniformEvaluator>(), 0});
  QueueSink sink(4);
  SelfPlayThreads threads(TicTacToe(), {1, 10, 1}, 3, source, sink);
  std::set<std::uint64_t> streams;
  for (int i = 0; i < 60; ++i) {
    const auto record = sink.queue().Pop();
    ASSERT_TRUE(record.has_value());
    EXPECT_GE(record->stream, 10U);
    EXPECT_TRUE(streams.insert(record->stream).second);
  }
  threads.RequestStop();
  sink.queue().Close();
  threads.Join();
  EXPECT_FALSE(threads.failed());
  EXPECT_GE(threads.stats().games, 60);
}

TEST(SelfPlayThreads, JoinRethrowsWhatAWorkerThrew) {
  LatestModel source({std::make_shared<BrokenEvaluator>(), 0});
  QueueSink sink(4);
  SelfPlayThreads threads(TicTacToe(), {1, 0, 1}, 2, source, sink);
  EXPECT_THROW(threads.Join(), WorldError);
}

// The prior is uniform, so KL(policy || prior) = sum of p log(p n) over n legal moves.
TEST(SelfPlay, RecordsWhatSurprisedTheNetwork) {
  SelfPlayConfig config = TicTacToe();
  config.full_share = 0.5;
  double most = 0.0;
  for (const GameRecord& record : Play(config, std::make_shared<UniformEvaluator>(), 20)) {
    for (std::size_t i = 0; i < record.plies.size(); ++i) {
      const RecordedPly& ply = record.plies[i];
      double expected = 0.0;
      for (const PolicyEntry& entry : ply.policy) {
        const double p = static_cast<double>(entry.probability);
        expected += p * std::log(p * static_cast<double>(9 - i));
      }
      EXPECT_NEAR(ply.surprise, expected, 1e-5);
      most = std::max(most, expected);
    }
  }
  EXPECT_GT(most, 0.5);
}

// 40 visits, a quarter at the start, all from step 100 on: 10, 25 at step 50 (40 * .625), 40.
TEST(VisitsAt, RiseInAStraightLine) {
  SelfPlayConfig config = TicTacToe();
  EXPECT_EQ(VisitsAt(config, 40, 0), 40) << "off";
  config.visits_grow_steps = 100;
  EXPECT_EQ(VisitsAt(config, 40, 0), 10);
  EXPECT_EQ(VisitsAt(config, 40, 50), 25);
  EXPECT_EQ(VisitsAt(config, 40, 100), 40);
  EXPECT_EQ(VisitsAt(config, 40, 1000), 40);
  EXPECT_EQ(VisitsAt(config, 1, 0), 1) << "never none";
}

TEST(SelfPlay, VisitsRiseWithTheStepOfTheNetworkAndGamesStillReplay) {
  SelfPlayConfig config = SmallGo();
  config.full_visits = 32;
  config.visits_grow_steps = 40;
  const auto evaluator = Random(6);
  LatestModel source({evaluator, 0});
  VectorSink sink;
  SelfPlayWorker worker(config, {1, 0, 1}, source, sink);
  for (std::int64_t round = 1; sink.records.size() < 12; ++round) {
    ASSERT_TRUE(worker.Step());
    source.Set({evaluator, std::min<std::int64_t>(round / 8, 60)});
  }
  std::set<int> visits;
  for (const GameRecord& record : sink.records) {
    for (const RecordedPly& ply : record.plies) {
      if (ply.full) visits.insert(ply.visits);
    }
    EXPECT_EQ(
        ReplaySelfPlayGame(config, record, [&](const NetUse&) -> Evaluator& { return *evaluator; }),
        record);
  }
  EXPECT_EQ(*visits.begin(), 8);
  EXPECT_GT(visits.size(), 5U);
}

// PUCT with forced playouts: what is learnt is not the visits. One visit alone is always taken off.
TEST(SelfPlay, ForcedPlayoutsArePrunedFromTargets) {
  SelfPlayConfig config = SmallGo();
  config.full_share = 1.0;
  config.full_visits = 60;
  config.mcts.root = RootSelection::kPuct;
  config.mcts.reuse_tree = false;
  const auto single_visits = [&config] {
    int count = 0;
    for (const GameRecord& record : Play(config, Random(3), 6)) {
      EXPECT_TRUE(CheckRecord(record).ok());
      for (const RecordedPly& ply : record.plies) {
        for (const PolicyEntry& entry : ply.policy) count += entry.probability < 1.5F / 60 ? 1 : 0;
      }
    }
    return count;
  };
  EXPECT_GT(single_visits(), 0);
  config.mcts.forced_playouts = 2.0;
  EXPECT_EQ(single_visits(), 0);
}

}  // namespace
}  // namespace tengen

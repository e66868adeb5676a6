// Games that begin where earlier ones went against their searches.

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/zero/restart_pool.h"
#include "agents/zero/self_play.h"
#include "envs/registry/game_registry.h"
#include "search/simple_evaluators.h"
#include "tests/agents/records/example_records.h"
#include "tests/agents/zero/self_play_games.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

SelfPlayConfig RestartingGo() {
  SelfPlayConfig config = SmallGo();
  config.opening_share = 0.0;
  config.restart_share = 0.5;
  return config;
}

std::vector<GameRecord> Play(const SelfPlayConfig& config, std::size_t games) {
  return Play(config, Random(3), games);
}

// Where a game's successor begins: the last ply of the highest regret behind its first search, -1
// if there is none.
int WorstPly(const GameRecord& record) {
  const auto game = MakeGame(record.game_id).value();
  const std::unique_ptr<State> state = game->NewState();
  int worst = -1;
  float highest = 0.0F;
  bool began = false;
  for (std::size_t i = 0; i < record.plies.size(); ++i) {
    const RecordedPly& ply = record.plies[i];
    const float result =
        static_cast<float>(state->ToMove() == Player::kFirst ? 1 : -1) * record.return_first;
    const float regret = std::abs(std::clamp(ply.root_value, -1.0F, 1.0F) - result);
    if (began && regret > 0.0F && regret >= highest) {
      worst = static_cast<int>(i);
      highest = regret;
    }
    began = began || ply.visits > 0;
    state->Apply(ply.action);
  }
  return worst;
}

bool BeginsAlike(const GameRecord& a, const GameRecord& b, int plies) {
  if (a.game_id != b.game_id || std::ssize(b.plies) < plies) return false;
  return std::equal(
      a.plies.begin(), a.plies.begin() + plies, b.plies.begin(),
      [](const RecordedPly& x, const RecordedPly& y) { return x.action == y.action; });
}

TEST(SelfPlayRestarts, ConfigTakesAShareOfGamesOfTwoPlayers) {
  SelfPlayConfig config = RestartingGo();
  for (const double share : {0.0, 0.25, 1.0}) {
    config.restart_share = share;
    EXPECT_TRUE(CheckSelfPlayConfig(config).ok()) << share;
  }
  for (const double share : {-0.25, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
    config.restart_share = share;
    EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr("restart_share "));
    EXPECT_THAT(CheckSelfPlayConfig(config).error(), HasSubstr(", wanted 0 to 1"));
  }
  config.games = {"cartpole"};
  config.restart_share = 0.25;
  EXPECT_EQ(CheckSelfPlayConfig(config).error(),
            "restart_share 0.25, wanted 0, since cartpole is a game of one player");
  config.restart_share = 0.0;
  EXPECT_TRUE(CheckSelfPlayConfig(config).ok());
}

TEST(SelfPlayRestarts, NoGameRestartsUnlessToldSo) {
  SelfPlayConfig config = RestartingGo();
  config.restart_share = SelfPlayConfig().restart_share;
  for (const GameRecord& record : Play(config, 40)) EXPECT_EQ(UnsearchedPlies(record), 0);
}

TEST(SelfPlayRestarts, EachBeginsBeforeTheWorstPlyOfAnEarlierGameOfItsOwn) {
  const std::vector<GameRecord> records = Play(RestartingGo(), 200);
  std::set<std::string> ids;
  std::set<std::size_t> used;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const int length = UnsearchedPlies(records[i]);
    if (length == 0) continue;
    std::size_t source = 0;
    while (source < i && (used.count(source) > 0 || WorstPly(records[source]) != length ||
                          !BeginsAlike(records[i], records[source], length))) {
      ++source;
    }
    ASSERT_LT(source, i) << "game " << i << " begins at ply " << length << " of no earlier game";
    used.insert(source);
    ids.insert(records[i].game_id);
  }
  EXPECT_EQ(ids.size(), 2U);
  // Half of the games, deviation 0.035; the first few find nothing.
  EXPECT_NEAR(static_cast<double>(used.size()) / static_cast<double>(records.size()), 0.5, 0.15);
}

// Of two positions, after one and after two moves, what a game takes is no longer there.
TEST(SelfPlayRestarts, TheGamesOwnNumbersDrawThePosition) {
  SelfPlayConfig config = RestartingGo();
  config.games = {"tictactoe"};
  config.restart_share = 1.0;
  const std::vector<std::shared_ptr<const Game>> games = {MakeGame("tictactoe").value()};
  GameRecord other = XWinsTopRow();
  other.plies[2].root_value = -1.0F;
  const auto left_by = [&](std::uint64_t number) {
    RestartPool pool;
    pool.Offer(XWinsTopRow(), *games[0]);
    pool.Offer(other, *games[0]);
    SelfPlayGame game(config, games, &pool);
    game.Begin(1, number);
    EXPECT_EQ(pool.size(), 1U);
    return pool.Take("tictactoe", 0.5).size();
  };
  std::set<std::size_t> left;
  for (std::uint64_t number = 0; number < 20; ++number) {
    EXPECT_EQ(left_by(number), left_by(number));
    left.insert(left_by(number));
  }
  EXPECT_EQ(left, (std::set<std::size_t>{1, 2}));
}

TEST(SelfPlayRestarts, RecordsFollowTheRulesAndTeachNothingBeforeTheRestart) {
  for (const GameRecord& record : Play(RestartingGo(), 60)) {
    const Status status = CheckRecord(record);
    EXPECT_TRUE(status.ok()) << status.error();
    for (int ply = 0; ply < UnsearchedPlies(record); ++ply) {
      EXPECT_FALSE(record.plies[static_cast<std::size_t>(ply)].sample);
    }
  }
}

TEST(SelfPlayRestarts, SameSeedGivesTheSameRecords) {
  SelfPlayConfig config = RestartingGo();
  config.halves = 2;
  EXPECT_EQ(Play(config, 40), Play(config, 40));
}

// Replayed without a pool: the moves before the first search come from the record, all that follows
// from the seed.
TEST(SelfPlayRestarts, AGameReplaysFromItsRecord) {
  SelfPlayConfig config = RestartingGo();
  config.opening_share = 0.5;
  const std::vector<std::shared_ptr<Evaluator>> nets = {Random(1), Random(2), Random(3)};
  LatestModel source({nets[0], 0});
  VectorSink sink;
  SelfPlayWorker worker(config, {1, 0, 1}, source, sink);
  for (std::int64_t round = 1; sink.records.size() < 40; ++round) {
    ASSERT_TRUE(worker.Step());
    const std::int64_t step = round / 10 % 3;
    source.Set({nets[static_cast<std::size_t>(step)], step});
  }
  const auto net = [&nets](const NetUse& use) -> Evaluator& {
    return *nets[static_cast<std::size_t>(use.step)];
  };
  std::size_t without_moves = 0;
  for (const GameRecord& record : sink.records) {
    EXPECT_EQ(ReplaySelfPlayGame(config, record, net), record);
    GameRecord origin = record;
    origin.plies.clear();
    without_moves += ReplaySelfPlayGame(config, origin, net) == record ? 1U : 0U;
  }
  EXPECT_LT(without_moves, sink.records.size()) << "no game restarted";
  EXPECT_GT(without_moves, 5U) << "random openings come from the seed";
}

// One game at a time, so that each restarts from the one before: ever later, until a game leaves
// nothing or what it leaves is the end.
TEST(SelfPlayRestarts, RestartsOfRestartsMoveOnAndEnd) {
  SelfPlayConfig config = RestartingGo();
  config.games = {"tictactoe"};
  config.parallel_games = 1;
  config.restart_share = 1.0;
  int last = 0;
  int from_start = 0;
  int restarted = 0;
  for (const GameRecord& record : Play(config, 100)) {
    const int length = UnsearchedPlies(record);
    if (length == 0) {
      ++from_start;
    } else {
      EXPECT_GT(length, last);
      ++restarted;
    }
    last = length;
  }
  EXPECT_GE(from_start, 10);  // at most 9 restarts after each
  EXPECT_GE(restarted, 30);
}

}  // namespace
}  // namespace tengen

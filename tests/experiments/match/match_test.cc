#include "experiments/match/match.h"

#include <algorithm>
#include <atomic>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/random_agent.h"
#include "envs/registry/game_registry.h"
#include "experiments/players/agent_spec.h"
#include "search/gathering_evaluator.h"
#include "search/simple_evaluators.h"
#include "tests/support/fake_gtp.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Agent> Random() { return std::make_unique<RandomAgent>(); }

MatchResult RandomMatch(int games, int threads) {
  MatchConfig config;
  config.games = games;
  config.threads = threads;
  config.seed = 5;
  return PlayMatch(**MakeGame("go:size=5,komi=6.5"), Random, Random, config);
}

TEST(Match, PairsShareAnOpeningWithColoursSwapped) {
  const MatchResult result = RandomMatch(10, 1);
  ASSERT_EQ(result.games.size(), 10U);
  for (std::size_t i = 0; i < 10; i += 2) {
    const MatchGame& first = result.games[i];
    const MatchGame& second = result.games[i + 1];
    EXPECT_TRUE(first.a_is_first);
    EXPECT_FALSE(second.a_is_first);
    ASSERT_EQ(first.opening_plies, 2);
    EXPECT_TRUE(std::equal(first.moves.begin(), first.moves.begin() + 2, second.moves.begin()));
  }
  EXPECT_NE(result.games[0].moves[0] * 100 + result.games[0].moves[1],
            result.games[2].moves[0] * 100 + result.games[2].moves[1]);
}

TEST(Match, GamesDoNotDependOnThreads) {
  const MatchResult one = RandomMatch(12, 1);
  const MatchResult three = RandomMatch(12, 3);
  ASSERT_EQ(one.games.size(), three.games.size());
  for (std::size_t i = 0; i < one.games.size(); ++i) {
    EXPECT_EQ(one.games[i].moves, three.games[i].moves);
    EXPECT_EQ(one.games[i].result_a, three.games[i].result_a);
  }
}

// In turns on a thread they play what they play alone, in another order; the openings too.
TEST(Match, GamesThatTakeTurnsAreTheSame) {
  const MatchResult one = RandomMatch(30, 1);
  for (const int threads : {1, 3}) {
    MatchConfig config;
    config.games = 30;
    config.threads = threads;
    config.games_a_thread = 4;
    config.seed = 5;
    const MatchResult turns = PlayMatch(**MakeGame("go:size=5,komi=6.5"), Random, Random, config);
    ASSERT_EQ(turns.games.size(), one.games.size()) << threads;
    for (std::size_t i = 0; i < one.games.size(); ++i) {
      EXPECT_EQ(one.games[i].moves, turns.games[i].moves) << threads;
    }
    EXPECT_EQ(turns.pairs.counts, one.pairs.counts);
  }
}

// Searches of four games at once on each thread, whose evaluator answers in batches.
TEST(Match, ANetworkAnswersTheGamesOfAThreadInBatches) {
  const auto game = *MakeGame("connect4");
  const auto uniform = std::make_shared<UniformEvaluator>();
  const auto gathering = std::make_shared<GatheringEvaluator>(uniform);
  AgentSpec spec = *AgentSpec::Parse("run:x,visits=20");
  const AgentFactory alone(spec, game, uniform);
  const AgentFactory together(spec, game, gathering);
  MatchConfig config;
  config.games = 16;
  config.threads = 2;
  const MatchResult wanted = PlayMatch(
      *game, [&] { return alone.Make(); }, Random, config);
  config.games_a_thread = 4;
  const MatchResult met = PlayMatch(
      *game, [&] { return together.Make(); }, Random, config);
  ASSERT_EQ(met.count(), 16);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(met.games[i].moves, wanted.games[i].moves);
  EXPECT_GT(gathering->stats().positions, 2 * gathering->stats().batches);
}

TEST(Match, AStopMayDropTheGamesUnderWay) {
  std::atomic<bool> stop = false;
  class StoppingAgent : public RandomAgent {
   public:
    explicit StoppingAgent(std::atomic<bool>& stop) : stop_(stop) {}
    ActResult Act(const State& state, Rng& rng) override {
      if (++moves_ == 5) stop_ = true;
      return RandomAgent::Act(state, rng);
    }

   private:
    std::atomic<bool>& stop_;
    int moves_ = 0;
  };
  MatchConfig config;
  for (const bool drops : {false, true}) {
    config.stop_drops_games = drops;
    stop = false;
    const MatchResult result = PlayMatch(
        **MakeGame("go:size=5,komi=6.5"), Random,
        [&stop] { return std::make_unique<StoppingAgent>(stop); }, config, &stop);
    EXPECT_EQ(result.count(), drops ? 0 : 1);
  }
}

TEST(Match, CountsAddUpAndOddNumbersBecomePairs) {
  const MatchResult result = RandomMatch(7, 2);
  EXPECT_EQ(result.count(), 8);
  EXPECT_EQ(result.wins + result.draws + result.losses, 8);
  EXPECT_DOUBLE_EQ(result.points(), result.wins + 0.5 * result.draws);
}

class ThrowingAgent : public RandomAgent {
  ActResult Act(const State&, Rng&) override { throw WorldError("the agent died"); }
};

TEST(Match, AnAgentsExceptionReachesTheCaller) {
  MatchConfig config;
  config.threads = 2;
  EXPECT_THROW(PlayMatch(
                   **MakeGame("tictactoe"), Random,
                   [] { return std::make_unique<ThrowingAgent>(); }, config),
               WorldError);
}

AgentFactory Open(const std::string& text, const std::string& game) {
  return *AgentFactory::Open(*AgentSpec::Parse(text), *MakeGame(game), Device::kCpu);
}

TEST(Match, MoreRolloutsBeatRandomPlay) {
  const auto game = *MakeGame("connect4");
  const AgentFactory strong = Open("mcts:200", "connect4");
  MatchConfig config;
  config.games = 20;
  config.threads = 2;
  const MatchResult result = PlayMatch(
      *game, [&] { return strong.Make(); }, Random, config);
  EXPECT_GE(result.points(), 18.0);
}

TEST(AgentSpec, ReadsKindsAndOptions) {
  EXPECT_EQ(AgentSpec::Parse("random")->kind, AgentSpec::Kind::kRandom);
  EXPECT_EQ(AgentSpec::Parse("mcts:800")->visits, 800);
  const AgentSpec spec = *AgentSpec::Parse("run:runs/go5@500,visits=64,symmetry=fixed,batch=8");
  EXPECT_EQ(spec.folder, "runs/go5");
  EXPECT_EQ(spec.step, 500);
  EXPECT_EQ(spec.visits, 64);
  EXPECT_EQ(spec.symmetry, EvaluatedSymmetry::kIdentity);
  EXPECT_EQ(spec.leaf_batch, 8);
}

TEST(AgentSpec, BadTextSaysWhatIsWanted) {
  EXPECT_THAT(
      AgentSpec::Parse("mtcs:800").error(),
      HasSubstr("wanted random, mcts:ROLLOUTS, run:FOLDER[@STEP], net:NAME, katago:FILE or "));
  EXPECT_THAT(AgentSpec::Parse("net:go8").error(), HasSubstr("wanted go9"));
  EXPECT_THAT(AgentSpec::Parse("mcts:0").error(), HasSubstr("1 to 10000000"));
  EXPECT_THAT(AgentSpec::Parse("run:x,visit=3").error(), HasSubstr("unknown option 'visit=3'"));
  EXPECT_THAT(AgentSpec::Parse("run:x@y").error(), HasSubstr("step 'y'"));
  EXPECT_THAT(AgentSpec::Parse("random,visits=3").error(), HasSubstr("random has none"));
}

TEST(AgentSpec, TimeAloneLimitsANetworkWithoutVisits) {
  EXPECT_EQ(AgentSpec::Parse("katago:f,seconds=1.5")->visits, AgentSpec::kTimeDecides);
  EXPECT_EQ(AgentSpec::Parse("katago:f,seconds=1.5")->seconds, 1.5);
  EXPECT_EQ(AgentSpec::Parse("katago:f,seconds=2,visits=100")->visits, 100);
  EXPECT_EQ(AgentSpec::Parse("katago:f")->visits, 100);
  EXPECT_EQ(AgentSpec::Parse("mcts:800,seconds=1")->visits, 800);
}

TEST(AgentSpec, CommandsAreQuoted) {
  const auto spec =
      AgentSpec::Parse("gtp:\"sh -c 'a, \\\"b\\\" \\\\ \\n'\",timeout=5,seconds=1,log=x");
  ASSERT_TRUE(spec.ok()) << spec.error();
  EXPECT_EQ(spec->kind, AgentSpec::Kind::kProgram);
  EXPECT_EQ(spec->command, "sh -c 'a, \"b\" \\ \\n'");
  EXPECT_EQ(spec->timeout_s, 5.0);
  EXPECT_EQ(spec->seconds, 1.0);
  EXPECT_EQ(spec->log, "x");
  EXPECT_EQ(AgentSpec::Parse("gtp:gnugo --mode gtp,timeout=5")->command, "gnugo --mode gtp");
  EXPECT_THAT(AgentSpec::Parse("gtp:\"x").error(), HasSubstr("a quote is open"));
  EXPECT_THAT(AgentSpec::Parse("gtp:\"x\"y").error(), HasSubstr("wanted a comma"));
  EXPECT_THAT(AgentSpec::Parse("gtp:\" \"").error(), HasSubstr("wanted gtp:\"COMMAND\""));
  EXPECT_THAT(AgentSpec::Parse("gtp:\"x\",visits=3").error(),
              HasSubstr("unknown option 'visits=3' (known: seconds=, timeout=, log=)"));
  EXPECT_THAT(AgentSpec::Parse("gtp:\"x\",timeout=0").error(), HasSubstr("0.01 to 86400"));
}

TEST(AgentFactory, ProgramsThatDoNotPlayAreErrors) {
  const auto open = [](const std::string& text, const std::string& game) {
    const auto factory = AgentFactory::Open(*AgentSpec::Parse(text), *MakeGame(game), Device::kCpu);
    return factory.ok() ? "" : factory.error();
  };
  EXPECT_THAT(open("gtp:\"/nonexistent/gnugo 2>/dev/null\"", "go:size=5"),
              HasSubstr("does not play: ended at 'protocol_version': exit code 127"));
  EXPECT_THAT(open("gtp:\"" + FakeGtp("small") + "\"", "go:size=5"), HasSubstr("boardsize 5"));
  EXPECT_THAT(open("gtp:\"" + FakeGtp("play") + "\"", "tictactoe"), HasSubstr("wanted go"));
}

// A match of four games in two threads against a program that misbehaves in its second move.
MatchResult AgainstProgram(const std::string& mode) {
  const auto game = *MakeGame("go:size=5,komi=0.5");
  const std::string timeout = mode == "hang" ? "1" : "20";
  const AgentFactory program =
      Open("gtp:\"" + FakeGtp(mode, 2) + "\",timeout=" + timeout, "go:size=5,komi=0.5");
  MatchConfig config;
  config.games = 4;
  config.threads = 2;
  return PlayMatch(
      *game, Random, [&] { return program.Make(); }, config);
}

TEST(Match, AProgramThatFailsLosesItsGamesAndIsCounted) {
  const std::pair<const char*, AgentFailure> cases[] = {{"exit", AgentFailure::kExit},
                                                        {"hang", AgentFailure::kTimeout},
                                                        {"garbage", AgentFailure::kBadAnswer},
                                                        {"illegal", AgentFailure::kIllegalMove}};
  for (const auto& [mode, failure] : cases) {
    const MatchResult result = AgainstProgram(mode);
    EXPECT_EQ(result.wins, 4) << mode;
    EXPECT_EQ(result.Failures(/*of_a=*/false, failure), 4) << mode;
    EXPECT_EQ(result.Failures(/*of_a=*/true, failure), 0) << mode;
    for (const MatchGame& game : result.games) {
      EXPECT_EQ(game.end, MatchEnd::kFailure);
      EXPECT_FALSE(game.failure_text.empty());
    }
  }
}

TEST(Match, ProgramsResignAndCountForThemselves) {
  const MatchResult resigned = AgainstProgram("resign");
  EXPECT_EQ(resigned.wins, 4);
  EXPECT_EQ(resigned.games[0].end, MatchEnd::kResignation);
  EXPECT_EQ(resigned.Failures(false, AgentFailure::kNone), 0);
  const MatchResult played = AgainstProgram("play");
  for (const MatchGame& game : played.games) {
    EXPECT_EQ(game.end, MatchEnd::kRules);
    ASSERT_TRUE(game.score);
    EXPECT_EQ(game.own_scores[1], 3.5F);  // the program always says so
    EXPECT_FALSE(game.own_scores[0]);
    EXPECT_EQ(game.disputed(), *game.score < 0.0F);
  }
}

TEST(Match, CountsPairs) {
  const MatchResult result = RandomMatch(40, 2);
  EXPECT_EQ(result.pairs.pairs(), 20);
  EXPECT_DOUBLE_EQ(result.pairs.mean() * 40.0, result.points());
  EXPECT_EQ(result.distinct_openings, 20);
}

TEST(Match, ASequentialTestEndsItInTheSamePlaceWithAnyThreads) {
  const auto game = *MakeGame("connect4");
  const AgentFactory strong = Open("mcts:50", "connect4");
  std::vector<int> counts;
  for (const int threads : {1, 3}) {
    MatchConfig config;
    config.games = 400;
    config.threads = threads;
    config.sprt = SprtConfig{0.0, 100.0, 0.05, 0.05};
    const MatchResult result = PlayMatch(
        *game, [&] { return strong.Make(); }, Random, config);
    ASSERT_TRUE(result.sprt);
    EXPECT_EQ(result.sprt->verdict(), SprtVerdict::kH1);
    EXPECT_LT(result.count(), 100);
    EXPECT_EQ(result.count() % 2, 0);
    EXPECT_EQ(result.pairs.pairs() * 2, result.count());
    EXPECT_EQ(result.games.back().index, result.count() - 1);
    counts.push_back(result.count());
    counts.push_back(result.wins);
  }
  EXPECT_EQ(counts[0], counts[2]);
  EXPECT_EQ(counts[1], counts[3]);
}

// What a caller saw as the match went is what the result holds, but for games that a decision came
// before.
TEST(Match, AfterTheDecisionNoGameIsReported) {
  const auto game = *MakeGame("connect4");
  const AgentFactory strong = Open("mcts:50", "connect4");
  MatchConfig config;
  config.games = 400;
  config.threads = 4;
  config.sprt = SprtConfig{0.0, 100.0, 0.05, 0.05};
  int after = 0;
  bool decided = false;
  const MatchResult result = PlayMatch(
      *game, [&] { return strong.Make(); }, Random, config, nullptr,
      [&](const MatchResult& now) {
        after += decided ? 1 : 0;
        decided = now.sprt->verdict() != SprtVerdict::kUndecided;
      });
  EXPECT_TRUE(decided);
  EXPECT_EQ(after, 0);
}

TEST(Match, BeginsAtThePairThatIsAskedFor) {
  const auto game = *MakeGame("go:size=5,komi=6.5");
  MatchConfig config;
  config.games = 12;
  config.seed = 5;
  config.first_pair = 4;
  const MatchResult rest = PlayMatch(*game, Random, Random, config);
  const MatchResult all = RandomMatch(12, 1);
  ASSERT_EQ(rest.games.size(), 4U);
  EXPECT_EQ(rest.pairs.pairs(), 2);
  for (std::size_t i = 0; i < rest.games.size(); ++i) {
    EXPECT_EQ(rest.games[i].index, 8 + static_cast<int>(i));
    EXPECT_EQ(rest.games[i].moves, all.games[8 + i].moves);
  }
}

TEST(Match, ASequentialTestEndsAtTheCapWithoutAVerdict) {
  MatchConfig config;
  config.games = 4;
  config.sprt = SprtConfig{0.0, 5.0, 0.05, 0.05};
  const MatchResult result = PlayMatch(**MakeGame("tictactoe"), Random, Random, config);
  EXPECT_EQ(result.count(), 4);
  EXPECT_EQ(result.sprt->verdict(), SprtVerdict::kUndecided);
  EXPECT_EQ(result.sprt->pairs().pairs(), 2);
}

}  // namespace
}  // namespace tengen

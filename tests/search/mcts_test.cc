#include "search/mcts.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"
#include "experiments/bench/minimal_puct.h"
#include "search/simple_evaluators.h"
#include "tests/support/table_evaluator.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using testing::ElementsAre;

MctsConfig Puct() {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  return config;
}

Rng TestRng() { return Rng(1, RngRole::kTest); }

int Sum(const std::vector<int>& visits) { return std::accumulate(visits.begin(), visits.end(), 0); }

std::shared_ptr<const Game> Make(std::string_view id) { return MakeGame(id).value(); }

SearchResult Search(const MctsConfig& config, Evaluator& evaluator, const State& state,
                    int simulations) {
  Mcts mcts(config);
  Rng rng = TestRng();
  return RunMcts(mcts, evaluator, state, simulations, Exploration::kOff, rng);
}

// ---- Values and signs ----

// One player, one way: rewards 1, 2, 4 on a line of three moves.
TEST(MctsValueTest, OnePlayerReturnsAreDiscountedRewardsPlusValues) {
  const TreeGame game({{{1, 1.0}}, {{2, 2.0}}, {{3, 4.0}}, {}}, 1, 0.5);
  TableEvaluator evaluator({{0, {{1.0F}, 3.0F}}, {1, {{1.0F}, 8.0F}}, {2, {{1.0F}, 10.0F}}});
  const SearchResult result = Search(Puct(), evaluator, *game.NewState(), 4);
  // Simulation 1 ends at position 1: 1 + .5 * 8 = 5. The second at position 2:
  // 1 + .5 (2 + .5 * 10) = 4.5. The third and the fourth at the end: 1 + .5 (2 + .5 * 4) = 3.
  EXPECT_THAT(result.visits, ElementsAre(4));
  EXPECT_NEAR(result.q[0], (5.0 + 4.5 + 3.0 + 3.0) / 4, 1e-6);
  EXPECT_NEAR(result.root_value, (3.0 + 5.0 + 4.5 + 3.0 + 3.0) / 5, 1e-6);
  EXPECT_EQ(result.raw_value, 3.0F);
}

// What people see of a tree agrees with the result, level by level.
TEST(MctsTest, MovesAreTheTreeBreadthFirst) {
  const auto game = Make("tictactoe");
  const auto state = game->NewState();
  UniformEvaluator evaluator;
  Mcts mcts(Puct());
  Rng rng = TestRng();
  const SearchResult result = RunMcts(mcts, evaluator, *state, 200, Exploration::kOff, rng);
  const std::vector<TreeMove> moves = mcts.Moves(2, 1000);
  int at_root = 0;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const TreeMove& move = moves[i];
    EXPECT_GE(move.visits, 2);
    EXPECT_LT(move.parent, static_cast<int>(i));
    if (move.parent >= 0) {
      const TreeMove& above = moves[static_cast<std::size_t>(move.parent)];
      EXPECT_EQ(move.depth, above.depth + 1);
      EXPECT_LT(move.visits, above.visits);
      continue;
    }
    at_root += move.visits;
    EXPECT_EQ(move.depth, 1);
    const auto found = std::find(result.actions.begin(), result.actions.end(), move.action);
    const auto index = static_cast<std::size_t>(found - result.actions.begin());
    EXPECT_EQ(move.visits, result.visits[index]);
    EXPECT_EQ(move.q, result.q[index]);
    EXPECT_EQ(move.prior, result.priors[index]);
    // c_init = 1.25, N = 201 with the root's own evaluation, c(N) = 1.25 + log((1 + N + c) / c).
    const double c = 1.25 + std::log((1.0 + 201.0 + 19652.0) / 19652.0);
    EXPECT_NEAR(move.u, c * std::sqrt(201.0) * move.prior / (1 + move.visits), 1e-5);
  }
  EXPECT_EQ(at_root, 200);
  EXPECT_EQ(mcts.Moves(1, 5).size(), 5U);
}

TEST(MctsValueTest, TwoPlayersChangeTheSignAtEveryMove) {
  // Three forced moves; the first player wins with the last one.
  const TreeGame game({{{1}}, {{2}}, {{3, 1.0}}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{1.0F}, 0.5F}}, {1, {{1.0F}, 0.25F}}, {2, {{1.0F}, -0.75F}}});
  const SearchResult result = Search(Puct(), evaluator, *game.NewState(), 3);
  // Position 1 is the other's: -.25. Position 2 is ours: -.75. The end: +1.
  EXPECT_NEAR(result.q[0], (-0.25 - 0.75 + 1.0) / 3, 1e-6);
  EXPECT_NEAR(result.root_value, (0.5 - 0.25 - 0.75 + 1.0) / 4, 1e-6);
}

TEST(MctsValueTest, TheScoreOfTheRootIsTheEvaluators) {
  const TreeGame game({{{1}, {2}}, {}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{0.5F, 0.5F}, 0.5F, 7.5F}}});
  EXPECT_EQ(Search(Puct(), evaluator, *game.NewState(), 1).raw_score, 7.5F);
}

// A search that stays at hand, one game of two players with three forced moves.
class ForcedLineTest : public testing::Test {
 protected:
  ForcedLineTest()
      : game_({{{1}}, {{2}}, {{3, 1.0}}, {}}, 2, 1.0),
        evaluator_(
            {{0, {{1.0F}, 0.0F, 4.0F}}, {1, {{1.0F}, 0.0F, -6.0F}}, {2, {{1.0F}, 0.0F, 5.0F}}}),
        mcts_(Puct()) {
    Rng rng = TestRng();
    RunMcts(mcts_, evaluator_, *game_.NewState(), 3, Exploration::kOff, rng);
  }

  const TreeGame game_;
  TableEvaluator evaluator_;
  Mcts mcts_;
};

TEST_F(ForcedLineTest, ScoresAreMeansInTheViewOfTheRoot) {
  // For the player at the root the positions are worth 4, 6, 5 and, at the end, 0.
  const SearchScores scores = mcts_.Scores();
  EXPECT_FLOAT_EQ(scores.root, (4.0F + 6.0F + 5.0F + 0.0F) / 4);
  EXPECT_THAT(scores.moves, ElementsAre(testing::FloatEq((6.0F + 5.0F + 0.0F) / 3)));
}

TEST_F(ForcedLineTest, LinesTellTheirVisits) {
  std::vector<int> visits = {7};
  EXPECT_THAT(mcts_.Line(0, &visits), ElementsAre(0, 0, 0));
  EXPECT_THAT(visits, ElementsAre(3, 2, 1));
}

TEST(MctsValueTest, FinishedGamesOfGoHaveTheirScore) {
  const auto game = Make("go:size=3,komi=3");
  const auto state = game->NewState();
  // Whoever is to move may end the game by a second pass. Alone, Black has all 9 points; beside a
  // white stone only the one it stands on, and White the other. Komi is 3.
  for (const char* move : {"B2", "pass"}) state->Apply(*game->ParseAction(move));
  const auto white = game->NewState();
  for (const char* move : {"B2", "A1", "pass"}) white->Apply(*game->ParseAction(move));
  for (const auto& [root, score] : {std::pair{state.get(), 6.0F}, {white.get(), 3.0F}}) {
    Mcts mcts(Puct());
    UniformEvaluator evaluator;
    Rng rng = TestRng();
    const SearchResult result = RunMcts(mcts, evaluator, *root, 100, Exploration::kOff, rng);
    ASSERT_GT(result.visits.back(), 0);
    EXPECT_EQ(mcts.Scores().moves.back(), score);
  }
}

TEST(MctsTest, MovesLeftOutOfAnAnswerAreNeverPlayed) {
  const auto game = Make("connect4");
  const auto state = game->NewState();
  Mcts mcts(Puct());
  UniformEvaluator evaluator;
  Rng rng = TestRng();
  mcts.Begin(*state, 50, Exploration::kOff, rng);
  const std::vector<Action> allowed = {2, 5};
  std::vector<float> priors = {0.5F, 0.5F};
  for (bool root = true; mcts.Gather() > 0; root = false) {
    evaluator.Evaluate(mcts.pending());
    if (root) {
      mcts.pending()[0].legal = allowed;
      mcts.pending()[0].prior = priors;
    }
    mcts.Backup();
  }
  const SearchResult result = mcts.Result();
  EXPECT_EQ(result.actions, allowed);
  EXPECT_EQ(Sum(result.visits), 50);
}

// Move 0 pays 1 at once, move 1 pays 10 two moves later.
class DelayedRewardTest : public testing::TestWithParam<RootSelection> {
 protected:
  Action Best(double discount, double scale) const {
    const TreeGame game(
        {{{1, scale}, {2, 0.0}}, {{5, 0.0}}, {{3, 0.0}}, {{4, 10.0 * scale}}, {}, {}}, 1, discount);
    MctsConfig config;
    config.root = GetParam();
    UniformEvaluator evaluator;
    return Search(config, evaluator, *game.NewState(), 200).best;
  }
};

TEST_P(DelayedRewardTest, IsWorthWaitingForWithAMildDiscount) { EXPECT_EQ(Best(0.9, 1.0), 1); }
TEST_P(DelayedRewardTest, IsNotWorthWaitingForWithASteepDiscount) { EXPECT_EQ(Best(0.2, 1.0), 0); }
TEST_P(DelayedRewardTest, DoesNotDependOnTheScaleOfRewards) {
  for (const double scale : {0.001, 1000.0}) {
    EXPECT_EQ(Best(0.9, scale), 1);
    EXPECT_EQ(Best(0.2, scale), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Roots, DelayedRewardTest,
                         testing::Values(RootSelection::kPuct, RootSelection::kGumbel),
                         [](const auto& test) {
                           return test.param == RootSelection::kPuct ? "Puct" : "Gumbel";
                         });

// ---- Budget ----

TEST(MctsBudgetTest, TheRootsEvaluationIsNoSimulation) {
  const auto game = Make("connect4");
  TableEvaluator evaluator;
  const SearchResult result = Search(Puct(), evaluator, *game->NewState(), 20);
  EXPECT_EQ(result.simulations, 20);
  EXPECT_EQ(Sum(result.visits), 20);
  EXPECT_EQ(evaluator.positions(), 21);
}

TEST(MctsBudgetTest, EndsOfGamesCostNoEvaluation) {
  const TreeGame game({{{1, 1.0}, {2, -1.0}}, {}, {}}, 2, 1.0);
  TableEvaluator evaluator;
  const SearchResult result = Search(Puct(), evaluator, *game.NewState(), 30);
  EXPECT_EQ(evaluator.positions(), 1);
  EXPECT_EQ(Sum(result.visits), 30);
  EXPECT_EQ(result.q[0], 1.0F);
  EXPECT_EQ(result.best, 0);
}

TEST(MctsBudgetTest, NoSimulationsGiveThePrior) {
  const TreeGame game({{{1}, {2}}, {}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{0.25F, 0.75F}, 0.5F}}});
  for (const RootSelection root : {RootSelection::kPuct, RootSelection::kGumbel}) {
    MctsConfig config;
    config.root = root;
    const SearchResult result = Search(config, evaluator, *game.NewState(), 0);
    EXPECT_THAT(result.policy, ElementsAre(0.25F, 0.75F));
    EXPECT_EQ(result.best, 1);
    EXPECT_EQ(result.root_value, 0.5F);
  }
}

TEST(MctsBudgetTest, StopEndsTheSearchWhereItStands) {
  const auto game = Make("connect4");
  UniformEvaluator evaluator;
  for (const RootSelection root : {RootSelection::kPuct, RootSelection::kGumbel}) {
    MctsConfig config;
    config.root = root;
    Mcts mcts(config);
    Rng rng = TestRng();
    mcts.Begin(*game->NewState(), 1000, Exploration::kOff, rng);
    for (int i = 0; i < 11; ++i) {
      ASSERT_EQ(mcts.Gather(), 1);
      evaluator.Evaluate(mcts.pending());
      mcts.Backup();
    }
    mcts.Stop();
    EXPECT_EQ(mcts.Gather(), 0);
    EXPECT_EQ(mcts.Result().simulations, 10);
    EXPECT_NE(mcts.Result().best, kNoAction);
  }
}

TEST(MctsBudgetTest, TheTreeNeverGrowsBeyondItsBound) {
  const auto game = Make("connect4");
  MctsConfig config = Puct();
  config.max_nodes = 50;
  Mcts mcts(config);
  Rng rng = TestRng();
  TableEvaluator evaluator;
  const SearchResult result =
      RunMcts(mcts, evaluator, *game->NewState(), 500, Exploration::kOff, rng);
  EXPECT_EQ(mcts.node_count(), 50);
  EXPECT_EQ(Sum(result.visits), 500);
}

TEST(MctsBudgetTest, ATreeOfOneNodeStillSearches) {
  const TreeGame game({{{1}, {2}}, {{3, 0.0}}, {{4, 0.0}}, {}, {}}, 2, 1.0);
  TableEvaluator evaluator({{1, {{1.0F}, 0.9F}}, {2, {{1.0F}, -0.9F}}});
  MctsConfig config = Puct();
  config.max_nodes = 1;
  const SearchResult result = Search(config, evaluator, *game.NewState(), 40);
  EXPECT_EQ(result.best, 1);
  EXPECT_NEAR(result.q[1], 0.9, 1e-6);
}

// ---- PUCT ----

// The same formulas written down a second time, without batches, noise, reuse and bounds.
TEST(MctsPuctTest, OneLeafAtATimeEqualsTheMinimalSerialSearch) {
  const auto game = Make("go:size=5,komi=7");
  const auto root = game->NewState();
  const auto& state = static_cast<const GoState&>(*root);
  RandomEvaluator evaluator(9, RandomSource::kDraw);
  MinimalPuct<GoState> minimal(state, Puct().fpu_reduction);
  for (int simulations = 1; simulations <= 1024; simulations *= 4) {
    Rng rng = TestRng();
    minimal.Search(state, simulations, 9, rng);
    const SearchResult result = Search(Puct(), evaluator, state, simulations);
    EXPECT_EQ(result.visits, minimal.RootVisits()) << simulations << " simulations";
    for (std::size_t a = 0; a < result.q.size(); ++a) {
      if (result.visits[a] > 0) {
        EXPECT_NEAR(result.q[a], minimal.RootQ()[a], 1e-5);
      }
    }
  }
}

TEST(MctsPuctTest, PolicyIsTheShareOfVisits) {
  const auto game = Make("connect4");
  RandomEvaluator evaluator(2, RandomSource::kPosition);
  const SearchResult result = Search(Puct(), evaluator, *game->NewState(), 100);
  for (std::size_t a = 0; a < result.policy.size(); ++a) {
    EXPECT_FLOAT_EQ(result.policy[a], static_cast<float>(result.visits[a]) / 100.0F);
  }
  const auto most = std::max_element(result.visits.begin(), result.visits.end());
  EXPECT_EQ(result.best, result.actions[static_cast<std::size_t>(most - result.visits.begin())]);
  EXPECT_EQ(result.principal_variation.front(), result.best);
}

// Move 0 (prior .9) is worth .5 once and 0 ever after, move 1 (prior .1) was never tried. After ten
// visits of move 0, with N = 11 and c = 1.2506:
//   move 0: q = (.05 + 1) / 2 = .525, U = c * .9 * sqrt(11) / 11 = .339, together .864
//   move 1: parent's q = (1 / 11 + 1) / 2 = .545, U = c * .1 * sqrt(11) = .415, together .960,
//           less reduction * sqrt(.9)
TEST(MctsPuctTest, AReductionOfFirstPlayKeepsUnlikelyMovesUnvisited) {
  const TreeGame game({{{1}, {2}}, {{3}}, {{3}}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{0.9F, 0.1F}, 0.5F}}, {1, {{1.0F}, -0.5F}}});
  MctsConfig config = Puct();
  config.root_fpu_reduction = 0.0;
  EXPECT_EQ(Search(config, evaluator, *game.NewState(), 11).visits[1], 1);
  config.root_fpu_reduction = 0.5;
  EXPECT_EQ(Search(config, evaluator, *game.NewState(), 11).visits[1], 0);
}

TEST(MctsPuctTest, NoiseIsDrawnOnlyForExploration) {
  const auto game = Make("connect4");
  const auto state = game->NewState();
  UniformEvaluator evaluator;
  MctsConfig config = Puct();
  config.noise_fraction = 1.0;
  config.noise_total = 0.5;
  const SearchResult quiet = Search(config, evaluator, *state, 30);
  Mcts mcts(config);
  Rng rng = TestRng();
  const SearchResult noisy = RunMcts(mcts, evaluator, *state, 30, Exploration::kOn, rng);
  EXPECT_NE(noisy.visits, quiet.visits);
  EXPECT_EQ(noisy.priors, quiet.priors) << "noise must not reach the reported priors";
}

// ---- Gumbel ----

MctsConfig Gumbel(int considered) {
  MctsConfig config;
  config.gumbel_considered = considered;
  return config;
}

TEST(MctsGumbelTest, VisitsFollowTheHalvingSchedule) {
  // 25 moves and the pass; 16 considered, 32 simulations: 8 moves with 1 visit, 4 with 2, 4 with 4.
  const auto game = Make("go:size=5,komi=7");
  RandomEvaluator evaluator(3, RandomSource::kPosition);
  std::vector<int> visits = Search(Gumbel(16), evaluator, *game->NewState(), 32).visits;
  std::sort(visits.begin(), visits.end(), std::greater<>());
  visits.resize(17);
  EXPECT_THAT(visits, ElementsAre(4, 4, 4, 4, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0));
}

TEST(MctsGumbelTest, PolicyIsTheImprovedPolicy) {
  // One visit each, both end the game: Q +1 and -1; sigma = (50 + 1) q. The lost move keeps
  // e^-51 of its weight.
  const TreeGame game({{{1, -1.0}, {2, 1.0}}, {}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{0.99F, 0.01F}, 0.0F}}});
  const SearchResult result = Search(Gumbel(16), evaluator, *game.NewState(), 2);
  EXPECT_THAT(result.visits, ElementsAre(1, 1));
  EXPECT_NEAR(result.policy[1], 1.0, 1e-6);
  EXPECT_EQ(result.best, 1);
}

// Sixteen moves, one worth +.8, the others -.8. Sequential halving looks at the bad ones 58 times
// of 80; who plays by the policy never takes them.
TEST(MctsGumbelTest, RootValueIsThatOfThePolicyAndNotOfTheVisits) {
  TreeGame::Moves tree(17);
  std::vector<float> priors;
  for (int move = 0; move < 16; ++move) {
    tree[0].push_back({move + 1, move == 5 ? 0.8 : -0.8});
    priors.push_back(1.0F / 16.0F);
  }
  const TreeGame game(tree, 2, 1.0);
  TableEvaluator evaluator({{0, {priors, 0.0F}}});
  for (const int simulations : {16, 80}) {
    const SearchResult result = Search(Gumbel(16), evaluator, *game.NewState(), simulations);
    EXPECT_NEAR(result.root_value, 0.8, 1e-3) << simulations;
  }
}

TEST(MctsGumbelTest, BeginMayConsiderFewerMoves) {
  const TreeGame game({{{1}, {2}, {3}}, {{4}}, {{4}}, {{4}}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{0.2F, 0.5F, 0.3F}, 0.0F}}});
  Mcts mcts(Gumbel(16));
  Rng rng = TestRng();
  mcts.Begin(*game.NewState(), 4, Exploration::kOff, rng, 2);
  while (mcts.Gather() > 0) {
    evaluator.Evaluate(mcts.pending());
    mcts.Backup();
  }
  EXPECT_THAT(mcts.Result().visits, ElementsAre(0, 2, 2));
}

TEST(MctsGumbelTest, WithoutExplorationTheLikeliestMovesAreConsidered) {
  const TreeGame game({{{1}, {2}, {3}}, {{4}}, {{4}}, {{4}}, {}}, 2, 1.0);
  TableEvaluator evaluator({{0, {{0.2F, 0.5F, 0.3F}, 0.0F}}});
  EXPECT_THAT(Search(Gumbel(2), evaluator, *game.NewState(), 4).visits, ElementsAre(0, 2, 2));
}

TEST(MctsGumbelTest, ExplorationDrawsOtherMoves) {
  const auto game = Make("go:size=5,komi=7");
  UniformEvaluator evaluator;
  std::set<Action> best;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Mcts mcts(Gumbel(4));
    Rng rng(seed, RngRole::kTest);
    best.insert(RunMcts(mcts, evaluator, *game->NewState(), 8, Exploration::kOn, rng).best);
  }
  EXPECT_GT(best.size(), 5);
}

TEST(MctsGumbelTest, EqualSeedsGiveEqualSearches) {
  const auto game = Make("go:size=5,komi=7");
  RandomEvaluator evaluator(3, RandomSource::kDraw);
  Mcts one(Gumbel(16));
  Mcts two(Gumbel(16));
  Rng rng_one = TestRng();
  Rng rng_two = TestRng();
  const auto state = game->NewState();
  const SearchResult a = RunMcts(one, evaluator, *state, 100, Exploration::kOn, rng_one);
  const SearchResult b = RunMcts(two, evaluator, *state, 100, Exploration::kOn, rng_two);
  EXPECT_EQ(a.visits, b.visits);
  EXPECT_EQ(a.policy, b.policy);
  EXPECT_EQ(a.best, b.best);
}

// ---- Failures ----

class FailingEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    (void)batch;
    throw std::runtime_error("no device");
  }
  void Wait(Ticket ticket) override { (void)ticket; }
};

TEST(MctsFailureTest, BeginDropsWhatAFailedEvaluationLeftBehind) {
  const auto game = Make("connect4");
  const auto state = game->NewState();
  Mcts mcts(Puct());
  Rng rng = TestRng();
  FailingEvaluator failing;
  EXPECT_THROW(RunMcts(mcts, failing, *state, 10, Exploration::kOff, rng), std::runtime_error);
  UniformEvaluator evaluator;
  EXPECT_EQ(Sum(RunMcts(mcts, evaluator, *state, 10, Exploration::kOff, rng).visits), 10);
}

TEST(MctsFailureTest, RejectsAFinishedRootAndBadConfigs) {
  const TreeGame game({{}}, 2, 1.0);
  Mcts mcts(Puct());
  Rng rng = TestRng();
  EXPECT_THROW(mcts.Begin(*game.NewState(), 1, Exploration::kOff, rng), BugError);
  MctsConfig config;
  config.leaf_batch = 0;
  EXPECT_THROW(Mcts{config}, BugError);
}

}  // namespace
}  // namespace tengen

// What may be switched on to make searches stronger, as whole searches see it.

#include <limits>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/forced_playouts.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"
#include "tests/support/table_evaluator.h"
#include "tests/support/tree_game.h"

namespace tengen {
namespace {

using testing::Each;
using testing::FloatNear;
using testing::Pair;

MctsConfig Puct() {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  return config;
}

SearchResult Search(const MctsConfig& config, Evaluator& evaluator, const State& state,
                    int simulations, Exploration exploration = Exploration::kOff) {
  Mcts mcts(config);
  Rng rng(1, RngRole::kTest);
  return RunMcts(mcts, evaluator, state, simulations, exploration, rng);
}

// Move 0 begins a line whose values are .9 and -.6 in turn for the root's player; move 1 is a draw.
class SpreadTest : public testing::Test {
 protected:
  static constexpr int kLength = 30;

  SpreadTest() : game_(MakeMoves(), 2, 1.0), evaluator_(MakeTable()) {}

  static TreeGame::Moves MakeMoves() {
    TreeGame::Moves moves = {{{1}, {kLength + 1}}};
    for (int i = 1; i <= kLength; ++i) moves.push_back({{i + 1}});
    moves.back() = {};
    moves.push_back({});
    return moves;
  }
  static std::map<std::uint64_t, TableEvaluator::Answer> MakeTable() {
    std::map<std::uint64_t, TableEvaluator::Answer> table = {{0, {{0.6F, 0.4F}, 0.0F}}};
    for (int i = 1; i <= kLength; ++i) {
      table[static_cast<std::uint64_t>(i)] = {{1.0F}, i % 2 == 1 ? -0.9F : -0.6F};
    }
    return table;
  }

  const TreeGame game_;
  TableEvaluator evaluator_;
};

TEST_F(SpreadTest, LowerBoundsPreferTheCertainMove) {
  MctsConfig config = Puct();
  const SearchResult plain = Search(config, evaluator_, *game_.NewState(), 20);
  EXPECT_EQ(plain.best, 0);
  config.lcb.stdevs = 5.0;
  const SearchResult bounded = Search(config, evaluator_, *game_.NewState(), 20);
  EXPECT_EQ(bounded.visits, plain.visits) << "the search itself is the same";
  EXPECT_EQ(bounded.best, 1);
  config.lcb.min_share = 1.0;
  EXPECT_EQ(Search(config, evaluator_, *game_.NewState(), 20).best, 0)
      << "move 1 has too few visits";
}

TEST_F(SpreadTest, MoreSpreadExploresMore) {
  MctsConfig config = Puct();
  const SearchResult plain = Search(config, evaluator_, *game_.NewState(), 25);
  config.stdev.scale = 0.85;
  const SearchResult scaled = Search(config, evaluator_, *game_.NewState(), 25);
  EXPECT_GT(scaled.visits[1], plain.visits[1]);
}

TEST(StdevTest, ReturnsWithoutSpreadExploreLess) {
  const TreeGame game({{{1}, {2}}, {{3}}, {{4}}, {{5}}, {{6}}, {{7}}, {{8}}, {}, {}}, 2, 1.0);
  // Move 0 is worth .2 and move 1 nothing, all the way down.
  TableEvaluator evaluator(
      {{0, {{0.5F, 0.5F}, 0.1F}}, {1, {{1.0F}, -0.2F}}, {3, {{1.0F}, 0.2F}}, {5, {{1.0F}, -0.2F}}});
  MctsConfig config = Puct();
  const SearchResult plain = Search(config, evaluator, *game.NewState(), 6);
  config.stdev.scale = 1.0;
  const SearchResult scaled = Search(config, evaluator, *game.NewState(), 6);
  EXPECT_LT(scaled.visits[1], plain.visits[1]);
}

// One player. Move 0 begins a line worth 1 and -1 more than `offset` in turn, move 1 one that is
// worth the offset.
std::vector<int> VisitsAround(float offset) {
  constexpr int kLength = 40;
  TreeGame::Moves moves = {{{1}, {kLength + 1}}};
  std::map<std::uint64_t, TableEvaluator::Answer> table = {{0, {{0.5F, 0.5F}, offset}}};
  for (int i = 1; i <= 2 * kLength; ++i) {
    moves.push_back({{i + 1}});
    const float spread = i > kLength ? 0.0F : i % 2 == 1 ? 1.0F : -1.0F;
    table[static_cast<std::uint64_t>(i)] = {{1.0F}, offset + spread};
  }
  moves.emplace_back();
  const TreeGame game(moves, 1, 1.0);
  TableEvaluator evaluator(table);
  MctsConfig config = Puct();
  config.stdev.scale = 0.85;
  return Search(config, evaluator, *game.NewState(), 30).visits;
}

TEST(StdevTest, ItIsTheSameWhereverTheReturnsOfOnePlayerLie) {
  EXPECT_EQ(VisitsAround(128.0F), VisitsAround(0.0F));
  EXPECT_EQ(VisitsAround(-128.0F), VisitsAround(0.0F));
}

// Says that each player is ahead by the stones that he has more.
class StoneCounter final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const State& state = *evaluation.state;
      std::vector<Cell> board(static_cast<std::size_t>(state.game().spec().shape.points()));
      state.Board(board);
      for (const Cell cell : board) {
        if (cell == Cell::kEmpty) continue;
        evaluation.score += cell == CellOf(state.ToMove()) ? 1.0F : -1.0F;
      }
      for (float& prior : evaluation.prior) {
        prior = 1.0F / static_cast<float>(evaluation.prior.size());
      }
    }
    return 0;
  }
  void Wait(Ticket) override {}
};

TEST(ScoreUtilitySearchTest, GuidesTheSearchAndStaysOutOfItsValues) {
  const auto game = MakeGame("go:size=3").value();
  StoneCounter evaluator;
  MctsConfig config = Puct();
  config.score_utility = 0.3;
  const SearchResult result = Search(config, evaluator, *game->NewState(), 60);
  const int pass = result.visits.back();
  for (std::size_t a = 0; a + 1 < result.visits.size(); ++a) {
    EXPECT_LT(pass, result.visits[a]) << "move " << a << " puts a stone more on the board";
  }
  EXPECT_NEAR(result.root_value, 0.0, 1e-6);
  EXPECT_THAT(result.q, Each(FloatNear(0.0F, 1e-6F)));
}

TEST(ScoreUtilitySearchTest, ChangesNothingInGamesWithoutScore) {
  const auto game = MakeGame("connect4").value();
  RandomEvaluator evaluator(3, RandomSource::kPosition);
  MctsConfig config = Puct();
  const SearchResult plain = Search(config, evaluator, *game->NewState(), 200);
  config.score_utility = 0.3;
  const SearchResult same = Search(config, evaluator, *game->NewState(), 200);
  EXPECT_EQ(plain.visits, same.visits);
  EXPECT_EQ(plain.q, same.q);
}

// Extras alone change no choice: five standard deviations are looked at only at the end.
TEST(ExtrasTest, TheTreeIsTheSameWithThem) {
  const auto game = MakeGame("go:size=5").value();
  RandomEvaluator evaluator(3, RandomSource::kPosition);
  for (const int batch : {1, 4}) {
    MctsConfig config = Puct();
    config.leaf_batch = batch;
    const SearchResult plain = Search(config, evaluator, *game->NewState(), 300);
    config.lcb.stdevs = 5.0;
    const SearchResult extras = Search(config, evaluator, *game->NewState(), 300);
    EXPECT_EQ(plain.visits, extras.visits);
    EXPECT_EQ(plain.q, extras.q);
    EXPECT_EQ(plain.root_value, extras.root_value);
  }
}

// Everything at once, trees kept from move to move, bounded and batched: nothing leaves its range.
TEST(ExtrasTest, AGameWithEverythingOnEnds) {
  const auto game = MakeGame("go:size=5").value();
  RandomEvaluator evaluator(3, RandomSource::kPosition);
  MctsConfig config = Puct();
  config.lcb.stdevs = 5.0;
  config.stdev.scale = 0.85;
  config.value_bias.factor = 0.35;
  config.score_utility = 0.3;
  config.leaf_batch = 4;
  config.max_nodes = 150;
  Mcts mcts(config);
  Rng rng(1, RngRole::kTest);
  const auto state = game->NewState();
  while (!state->IsTerminal()) {
    const SearchResult result = RunMcts(mcts, evaluator, *state, 100, Exploration::kOff, rng);
    for (const float q : result.q) ASSERT_TRUE(q >= -2.0F && q <= 2.0F) << q;
    state->Apply(result.best);
  }
  EXPECT_GT(state->Ply(), 2);
}

TEST(ForcedPlayoutsSearchTest, EveryVisitedMoveHasItsNumber) {
  const auto game = MakeGame("go:size=5").value();
  RandomEvaluator evaluator(3, RandomSource::kPosition);
  MctsConfig config = Puct();
  config.noise_fraction = 0.0;
  config.forced_playouts = 2.0;
  constexpr int kVisits = 400;
  const SearchResult forced =
      Search(config, evaluator, *game->NewState(), kVisits, Exploration::kOn);
  for (std::size_t a = 0; a < forced.visits.size(); ++a) {
    if (forced.visits[a] == 0) continue;
    // The number grows while the last simulations run.
    EXPECT_GE(forced.visits[a] + 1, ForcedPlayouts(2.0, forced.priors[a], kVisits - 1)) << a;
  }
  EXPECT_NEAR(std::accumulate(forced.policy.begin(), forced.policy.end(), 0.0), 1.0, 1e-5);
  double visited = 0.0;
  int pruned = 0;
  for (std::size_t a = 0; a < forced.visits.size(); ++a) {
    visited += forced.visits[a];
    if (forced.policy[a] * kVisits < static_cast<float>(forced.visits[a]) - 0.5F) ++pruned;
  }
  EXPECT_EQ(visited, kVisits);
  EXPECT_GT(pruned, 0);

  config.forced_playouts = 0.0;
  const SearchResult plain =
      Search(config, evaluator, *game->NewState(), kVisits, Exploration::kOn);
  EXPECT_NE(plain.visits, forced.visits);
  config.forced_playouts = 2.0;
  EXPECT_EQ(Search(config, evaluator, *game->NewState(), kVisits).visits, plain.visits)
      << "searches that do not explore force nothing";
}

TEST(CheckMctsConfigTest, NamesTheValueAndWhatIsWanted) {
  MctsConfig config;
  EXPECT_TRUE(CheckMctsConfig(config).ok());
  config.noise_shape = 1.0;
  EXPECT_EQ(CheckMctsConfig(config).error(), "noise_shape 1, wanted 0 to 0.99");
  config = {};
  config.lcb.min_share = -0.5;
  EXPECT_EQ(CheckMctsConfig(config).error(), "lcb.min_share -0.5, wanted 0 to 1");
  config = {};
  config.stdev.prior = 0.0;
  EXPECT_EQ(CheckMctsConfig(config).error(), "stdev.prior 0, wanted 0.001 to 1000");
}

TEST(CheckMctsConfigTest, NumbersThatAreNoneAreRefused) {
  for (double MctsConfig::*key :
       {&MctsConfig::c_init, &MctsConfig::c_factor, &MctsConfig::c_base, &MctsConfig::fpu_reduction,
        &MctsConfig::root_fpu_reduction, &MctsConfig::noise_total, &MctsConfig::noise_fraction,
        &MctsConfig::gumbel_c_visit, &MctsConfig::gumbel_c_scale}) {
    for (const double value :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
      MctsConfig config;
      config.*key = value;
      EXPECT_THAT(CheckMctsConfig(config).error(), testing::HasSubstr(", wanted "));
    }
  }
}

TEST(CheckMctsConfigTest, VisitsUnderWayMustFitIntoACount) {
  MctsConfig config;
  config.leaf_batch = 1'000'000;
  EXPECT_TRUE(CheckMctsConfig(config).ok());
  config.virtual_loss = 5000;
  EXPECT_EQ(CheckMctsConfig(config).error(),
            "leaf_batch * batches * virtual_loss 5e+09, wanted 1 to 1.07374e+09");
}

TEST(CheckMctsConfigTest, WhatDoesNothingUnderAGumbelRootIsRefused) {
  for (double MctsConfig::*key : {&MctsConfig::noise_shape, &MctsConfig::forced_playouts}) {
    MctsConfig config;
    config.*key = 0.5;
    EXPECT_THAT(CheckMctsConfig(config).error(),
                testing::HasSubstr(" 0.5 with root \"gumbel\", where it does nothing; wanted 0"));
    config.root = RootSelection::kPuct;
    EXPECT_TRUE(CheckMctsConfig(config).ok());
  }
  MctsConfig config;
  config.lcb.stdevs = 5.0;
  EXPECT_THAT(CheckMctsConfig(config).error(), testing::HasSubstr("lcb.stdevs 5 with root"));
  config = {};
  config.stdev.scale = 0.85;
  EXPECT_THAT(CheckMctsConfig(config).error(), testing::HasSubstr("stdev.scale 0.85 with root"));
}

}  // namespace
}  // namespace tengen

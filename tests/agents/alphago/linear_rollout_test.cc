#include "agents/alphago/linear_rollout.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "agents/alphago/linear_evaluator.h"
#include "agents/alphago/linear_training.h"
#include "tests/support/evaluation_request.h"
#include "tests/support/go_records.h"

namespace tengen {
namespace {

// Random weights for every code that a few random games show.
LinearPolicy RandomPolicy(const std::vector<GameRecord>& games, float spread) {
  LinearPolicy policy(std::make_shared<LinearFeatures>(CountWords(games, 1)));
  Rng rng(3, RngRole::kTest);
  for (float& weight : policy.weights) weight = spread * static_cast<float>(rng.Normal());
  return policy;
}

// The product of the factors of every move, from nothing.
std::vector<float> FactorsFromNothing(const LinearPolicy& policy, const GoState& state) {
  std::vector<MoveCodes> codes;
  MoveFeatures features;
  FindMoveCodes(state, LinearMoves::kLegal, codes);
  FindFeatures(*policy.features, codes, state.ToMove(), features);
  std::vector<float> factors(static_cast<std::size_t>(state.game().pass()), 0.0F);
  for (std::size_t i = 0; i < features.actions.size(); ++i) {
    float sum = 0.0F;
    for (const int feature : features.of(i))
      sum += policy.weights[static_cast<std::size_t>(feature)];
    factors[static_cast<std::size_t>(features.actions[i])] = std::exp(sum);
  }
  return factors;
}

class LinearRolloutOn : public testing::TestWithParam<const char*> {};

// What is kept from move to move is what a position gives from nothing, after captures, suicides,
// passes and kos too.
TEST_P(LinearRolloutOn, FollowsAGameExactly) {
  std::vector<GameRecord> games;
  for (std::uint64_t i = 0; i < 4; ++i) {
    Rng rng(1, RngRole::kTest, i);
    games.push_back(RandomGoRecord(GetParam(), rng));
  }
  const LinearPolicy policy = RandomPolicy(games, 0.3F);
  LinearRolloutPolicy rollout(std::make_shared<LinearFactors>(policy));
  int captures = 0;
  for (const GameRecord& record : games) {
    const auto game = MakeGame(record.game_id).value();
    const auto state = game->NewState();
    const auto& go = static_cast<const GoState&>(*state);
    rollout.Begin(*state);
    for (const RecordedPly& ply : record.plies) {
      const auto wanted = FactorsFromNothing(policy, go);
      const auto kept = rollout.Factors(go);
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (!state->IsLegal(static_cast<Action>(i))) continue;
        ASSERT_NEAR(kept[i], wanted[i], 1e-4F * wanted[i])
            << "action " << i << " at ply " << state->Ply() << "\n"
            << state->Text();
      }
      state->Apply(ply.action);
    }
    captures += go.board().removed(Player::kFirst) + go.board().removed(Player::kSecond);
  }
  EXPECT_GT(captures, 20);
}

INSTANTIATE_TEST_SUITE_P(Boards, LinearRolloutOn,
                         testing::Values("go:size=9,komi=7", "go:size=5x7,suicide=multi",
                                         "go:size=19,ko=simple"));

TEST(LinearRollout, DrawsByTheProducts) {
  std::vector<GameRecord> games;
  Rng rng(5, RngRole::kTest);
  games.push_back(RandomGoRecord("go:size=5", rng));
  const LinearPolicy policy = RandomPolicy(games, 0.5F);
  const auto factors = std::make_shared<LinearFactors>(policy);
  LinearRolloutPolicy rollout(factors);
  const auto game = MakeGame("go:size=5").value();
  const auto state = ReplayTo(*game, games[0], 8);
  const auto& go = static_cast<const GoState&>(*state);
  std::vector<float> wanted = FactorsFromNothing(policy, go);
  float sum = 0.0F;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] > 0.0F &&
        go.board().IsEyeLike(go.game().PointOf(static_cast<Action>(i)), go.ToMove())) {
      wanted[i] = 0.0F;
    }
    sum += wanted[i];
  }
  constexpr int kDraws = 20000;
  std::vector<int> drawn(wanted.size(), 0);
  rollout.Begin(*state);
  for (int i = 0; i < kDraws; ++i) ++drawn[static_cast<std::size_t>(rollout.Choose(*state, rng))];
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double p = wanted[i] / sum;
    EXPECT_NEAR(drawn[i], kDraws * p, 1.0 + 5.0 * std::sqrt(kDraws * p * (1.0 - p))) << i;
  }
  // The same as a prior; the pass has a share of one move.
  LinearEvaluator evaluator(factors);
  EvaluationRequest request(*state);
  request.Ask(evaluator);
  const float share = 1.0F / static_cast<float>(request.legal.size());
  EXPECT_FLOAT_EQ(request.prior.back(), share);
  for (std::size_t i = 0; i + 1 < request.legal.size(); ++i) {
    const auto action = static_cast<std::size_t>(request.legal[i]);
    EXPECT_NEAR(request.prior[i], wanted[action] / sum * (1.0F - share), 1e-5F);
  }
}

TEST(LinearRollout, PassesWhereOnlyEyesAreLeft) {
  GoSetup setup;
  setup.shape = {3, 3};
  setup.diagram = {".XX", "XXX", "XX."};
  const auto game = GoGame::Make(setup).value();
  const LinearPolicy policy(std::make_shared<LinearFeatures>(LinearWords{}));
  const auto factors = std::make_shared<LinearFactors>(policy);
  LinearRolloutPolicy rollout(factors);
  Rng rng(1, RngRole::kTest);
  const auto state = game->NewState();
  rollout.Begin(*state);
  EXPECT_EQ(rollout.Choose(*state, rng), game->pass());
  LinearEvaluator evaluator(factors);
  EvaluationRequest request(*state);
  request.Ask(evaluator);
  EXPECT_EQ(request.prior, (std::vector<float>{0.0F, 0.0F, 1.0F}));
  state->Apply(game->pass());
  // White may play neither point: the pass again.
  EXPECT_EQ(rollout.Choose(*state, rng), game->pass());
}

TEST(LinearRollout, PlaysGamesOfSeveralSizesToTheEnd) {
  const LinearPolicy policy(std::make_shared<LinearFeatures>(LinearWords{}));
  LinearRolloutPolicy rollout(std::make_shared<LinearFactors>(policy));
  Rng rng(1, RngRole::kTest);
  for (const char* id : {"go:size=9", "go:size=5", "go:size=13", "go:size=9"}) {
    const auto game = MakeGame(id).value();
    const auto state = game->NewState();
    rollout.Begin(*state);
    while (!state->IsTerminal()) {
      const Action action = rollout.Choose(*state, rng);
      ASSERT_TRUE(state->IsLegal(action));
      state->Apply(action);
    }
    EXPECT_LT(state->Ply(), game->spec().max_plies) << id;
  }
}

}  // namespace
}  // namespace tengen

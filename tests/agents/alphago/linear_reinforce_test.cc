#include "agents/alphago/linear_reinforce.h"

#include <cmath>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/support/corner_pattern.h"

namespace tengen {
namespace {

std::shared_ptr<const GoGame> MakeGo(const std::string& id) {
  return std::dynamic_pointer_cast<const GoGame>(MakeGame(id).value());
}

LinearPolicy Uniform() { return LinearPolicy(std::make_shared<LinearFeatures>(LinearWords{})); }

constexpr int kCorner = LinearFeature::kPlace;
constexpr int kSide = LinearFeature::kPlace + 1;
constexpr int kCentre = LinearFeature::kPlace + 2;

// On 3x3, all weights 0: Black takes the centre, White the side above it, both pass. Black's stone
// and White's count one each, komi decides: White wins.
ReinforceGame SmallGame(Player learner) {
  ReinforceGame played;
  played.moves = {4, 1, 9, 9};
  played.learner = learner;
  played.z = learner == Player::kFirst ? -1.0F : 1.0F;
  return played;
}

// Black chose 1 of 9 (1 centre, 4 sides, 4 corners) and lost: rate 0.9, z = -1:
//   centre: -0.9 (1 - 1/9) = -0.8, sides and corners: -0.9 (0 - 4/9) = +0.4.
TEST(Reinforce, MovesOfALostGameGetLessLikely) {
  const auto game = MakeGo("go:size=3,komi=7");
  LinearPolicy policy = Uniform();
  const std::vector<ReinforceGame> games = {SmallGame(Player::kFirst)};
  Reinforce(policy, *game, games, 0.9F, ReinforceBaseline::kNone);
  EXPECT_NEAR(policy.weights[kCentre], -0.8F, 1e-6F);
  EXPECT_NEAR(policy.weights[kSide], 0.4F, 1e-6F);
  EXPECT_NEAR(policy.weights[kCorner], 0.4F, 1e-6F);
  // White's answers have nothing to do with it.
  for (int i = 0; i < LinearFeature::kDistances; ++i)
    EXPECT_EQ(policy.weights[LinearFeature::kLast + i], 0.0F);
}

// White chose 1 of 8 (4 sides beside the last move, 4 corners a corner away) and won, rate 0.8:
//   sides: 0.8 (1 - 4/8) = 0.4, corners: 0.8 (0 - 4/8) = -0.4; the same for the distances 2 and 3.
TEST(Reinforce, MovesOfAWonGameGetMoreLikely) {
  const auto game = MakeGo("go:size=3,komi=7");
  LinearPolicy policy = Uniform();
  const std::vector<ReinforceGame> games = {SmallGame(Player::kSecond)};
  Reinforce(policy, *game, games, 0.8F, ReinforceBaseline::kNone);
  EXPECT_NEAR(policy.weights[kSide], 0.4F, 1e-6F);
  EXPECT_NEAR(policy.weights[kCorner], -0.4F, 1e-6F);
  EXPECT_EQ(policy.weights[kCentre], 0.0F);
  EXPECT_NEAR(policy.weights[LinearFeature::kLast + 0], 0.4F, 1e-6F);
  EXPECT_NEAR(policy.weights[LinearFeature::kLast + 1], -0.4F, 1e-6F);
}

// Two games, z = -1 and +1, so that the baselines are +1 and -1 and the advantages -2 and +2; each
// counts half. Black's part as above with -0.9: centre -0.8; White's part with +0.9: sides 0.45.
TEST(Reinforce, TheBaselineIsTheMeanOfTheOtherGames) {
  const auto game = MakeGo("go:size=3,komi=7");
  LinearPolicy policy = Uniform();
  const std::vector<ReinforceGame> games = {SmallGame(Player::kFirst), SmallGame(Player::kSecond)};
  Reinforce(policy, *game, games, 0.9F, ReinforceBaseline::kMeanOfRest);
  EXPECT_NEAR(policy.weights[kCentre], -0.8F, 1e-6F);
  EXPECT_NEAR(policy.weights[kSide], 0.4F + 0.45F, 1e-6F);
  EXPECT_NEAR(policy.weights[kCorner], 0.4F - 0.45F, 1e-6F);
  // Games that all end alike teach nothing.
  const std::vector<float> before = policy.weights;
  const std::vector<ReinforceGame> same = {SmallGame(Player::kFirst), SmallGame(Player::kFirst)};
  Reinforce(policy, *game, same, 0.9F, ReinforceBaseline::kMeanOfRest);
  EXPECT_EQ(policy.weights, before);
}

// Black took the centre; White, the learner, a corner. The pattern of a corner with an opponent's
// stone before it has the weight log 3: corners 3/16 each, sides 1/16. Four moves have the pattern,
// the one played too: 1 - 4 * 3/16.
TEST(AddGameGradient, PatternsAreSeenByTheLearner) {
  const auto game = MakeGo("go:size=3,komi=7");
  auto [policy, number] = PatternOfTheCorner();
  policy.weights[number] = std::log(3.0F);
  ReinforceGame played;
  played.moves = {4, 0, 9, 9};
  played.learner = Player::kSecond;
  std::vector<float> sum(policy.weights.size(), 0.0F);
  AddGameGradient(policy, *game, played, 1.0F, sum);
  EXPECT_NEAR(sum[number], 0.25F, 1e-6F);
}

TEST(Reinforce, ResultsAreSeenFromTheLearnersSide) {
  const auto game = MakeGo("go:size=5,komi=0.5");
  LinearRolloutPolicy policy(std::make_shared<LinearFactors>(Uniform()));
  LinearRolloutPolicy opponent(std::make_shared<LinearFactors>(Uniform()));
  for (const Player learner : {Player::kFirst, Player::kSecond}) {
    Rng rng(1, RngRole::kTest);
    const ReinforceGame played = PlayReinforceGame(*game, policy, opponent, learner, rng);
    const auto state = game->NewState();
    for (const Action move : played.moves) state->Apply(move);
    ASSERT_TRUE(state->IsTerminal());
    EXPECT_EQ(played.z, static_cast<float>(state->Return(learner)));
    EXPECT_EQ(played.learner, learner);
  }
}

TEST(LinearReinforcer, ThePoolGrowsAndARunGoesOnFromIt) {
  const auto game = MakeGo("go:size=5");
  LinearReinforceConfig config;
  config.games = 4;
  config.pool_every = 2;
  LinearReinforcer whole(game, Uniform(), config);
  for (int i = 0; i < 3; ++i) whole.Step();
  ASSERT_EQ(whole.pool().size(), 2U);
  EXPECT_NE(whole.pool()[1].weights, whole.pool()[0].weights);
  LinearReinforcer resumed(game, whole.policy(), config, whole.pool(), whole.batches());
  EXPECT_EQ(whole.Step(), resumed.Step(/*threads=*/3));
  EXPECT_EQ(whole.policy().weights, resumed.policy().weights);
  EXPECT_EQ(whole.pool().size(), 3U);
  EXPECT_EQ(resumed.pool().size(), 3U);
}

// From nothing it soon beats its start on a small board.
TEST(LinearReinforcer, GetsBetterThanItsStart) {
  const auto game = MakeGo("go:size=5,komi=0.5");
  LinearReinforcer learner(game, Uniform(), LinearReinforceConfig{});
  for (int i = 0; i < 15; ++i) learner.Step();
  EXPECT_GT(PlayLinearMatch(*game, learner.policy(), Uniform(), 400, 1), 240.0);
}

}  // namespace
}  // namespace tengen

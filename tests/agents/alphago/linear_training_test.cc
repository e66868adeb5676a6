#include "agents/alphago/linear_training.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/corner_pattern.h"
#include "tests/support/go_records.h"

namespace tengen {
namespace {

// Four moves with the features {0}, {1}, {0, 1}, {}; all weights 0, so that each has chance 1/4.
// The first was played, rate 0.1:
//   w0 += 0.1 * ((1 - 1/4) + (0 - 1/4)) = 0.05
//   w1 += 0.1 * ((0 - 1/4) + (0 - 1/4)) = -0.05
TEST(AddLogGradient, FollowsTheGradientOfTheLogarithm) {
  LinearPolicy policy(std::make_shared<LinearFeatures>(LinearWords{}));
  MoveFeatures moves;
  moves.actions = {0, 1, 2, 3};
  moves.features = {0, 1, 0, 1};
  moves.begin = {0, 1, 2, 4, 4};
  std::vector<float> scratch;
  EXPECT_FLOAT_EQ(AddLogGradient(policy, moves, 0, 0.1F, policy.weights, scratch), std::log(4.0F));
  EXPECT_FLOAT_EQ(policy.weights[0], 0.05F);
  EXPECT_FLOAT_EQ(policy.weights[1], -0.05F);
  EXPECT_EQ(policy.weights[2], 0.0F);
}

// On 3x3, Black takes the centre and White a corner, both pass.
GameRecord CornerGame() {
  return PlayedRecord("go:size=3,komi=7", [](const GoState& state) {
    return std::array<Action, 4>{4, 0, 9, 9}[static_cast<std::size_t>(state.Ply())];
  });
}

// A weight of log 3 makes each of White's 4 corners three times as likely as each of his 4 sides:
// 3/16. Black chose 1 of 9 points without weight. Mean loss (log 9 + log 16/3) / 2.
TEST(LinearTraining, PatternsAreSeenByThePlayerToMove) {
  auto [policy, number] = PatternOfTheCorner();
  policy.weights[number] = std::log(3.0F);
  const std::vector<GameRecord> games = {CornerGame()};
  const LinearScore score = ScoreLinearPolicy(policy, games);
  EXPECT_NEAR(score.loss, std::log(48.0) / 2.0, 1e-6);
  EXPECT_EQ(score.hits, std::vector<int>{1});  // White's; of Black's equal moves the first is best
  EXPECT_EQ(score.positions, std::vector<int>{2});
  LinearTrainingConfig config;
  config.rate = 1e-9F;
  EXPECT_NEAR(LinearTrainer(games, config).Run(policy, 0).loss, std::log(48.0) / 2.0, 1e-6);
}

// Black's update leaves White's 8 moves alike: 4 of them have the pattern, the one played too.
// Rate 0.1 in the first of two epochs: 0.1 (1 - 4/8); in the second half of it.
TEST(LinearTraining, TheRateFallsInALine) {
  const std::vector<GameRecord> games = {CornerGame()};
  LinearTrainingConfig config;
  config.epochs = 2;
  config.rate = 0.1F;
  for (int epoch = 0; epoch < config.epochs; ++epoch) {
    auto [policy, number] = PatternOfTheCorner();
    LinearTrainer(games, config).Run(policy, epoch);
    EXPECT_NEAR(policy.weights[number], epoch == 0 ? 0.05F : 0.025F, 1e-6F);
  }
}

// Games whose moves lie beside the last one whenever they can.
std::vector<GameRecord> ContactGames(int count, Rng& rng) {
  std::vector<GameRecord> games;
  for (int i = 0; i < count; ++i) {
    games.push_back(PlayedRecord("go:size=9", [&rng](const GoState& state) {
      std::vector<Action> legal;
      state.LegalActions(legal);
      const Action pass = legal.back();
      legal.pop_back();
      if (legal.empty() || state.Ply() > 60) return pass;
      const Action last = state.RecentMove(0);
      std::vector<Action> beside;
      for (const Action action : legal) {
        if (last == kNoAction || last == pass) break;
        const int distance =
            LinearFeature::DistanceFeature(action / 9 - last / 9, action % 9 - last % 9);
        if (action != last && distance == 0) beside.push_back(action);
      }
      const auto& from = beside.empty() ? legal : beside;
      return from[rng.Below(static_cast<std::uint32_t>(from.size()))];
    }));
  }
  return games;
}

TEST(LinearTraining, LearnsWhatGamesHaveInCommon) {
  Rng rng(1, RngRole::kTest);
  const auto games = ContactGames(30, rng);
  const auto others = ContactGames(5, rng);
  LinearTrainingConfig config;
  config.epochs = 3;
  LinearPolicy policy(std::make_shared<LinearFeatures>(CountWords(games, 20)));
  const LinearTrainer trainer(games, config);
  const double before = ScoreLinearPolicy(policy, others).loss;
  double first = 0.0;
  double last = 0.0;
  for (int epoch = 0; epoch < config.epochs; ++epoch) {
    last = trainer.Run(policy, epoch).loss;
    if (epoch == 0) first = last;
  }
  EXPECT_LT(last, first);
  const LinearScore score = ScoreLinearPolicy(policy, others);
  EXPECT_GT(before, 3.5);      // near log of about 55 empty points
  EXPECT_LT(score.loss, 1.9);  // three or four points to choose from, and moves elsewhere
  int hits = 0;
  int positions = 0;
  for (std::size_t i = 0; i < others.size(); ++i) {
    hits += score.hits[i];
    positions += score.positions[i];
  }
  EXPECT_GT(positions, 250);
  EXPECT_GT(hits, positions / 4);
  for (int distance = 1; distance < LinearFeature::kDistances; ++distance) {
    EXPECT_GT(policy.weights[LinearFeature::kLast],
              policy.weights[static_cast<std::size_t>(LinearFeature::kLast + distance)]);
  }
}

TEST(LinearTraining, GoesOnFromAnyPassWithTheSameWeights) {
  Rng rng(2, RngRole::kTest);
  const auto games = ContactGames(6, rng);
  LinearTrainingConfig config;
  config.epochs = 2;
  const auto features = std::make_shared<LinearFeatures>(CountWords(games, 5));
  LinearPolicy whole(features);
  LinearTrainer(games, config).Run(whole, 0);
  LinearPolicy resumed(features);
  resumed.weights = whole.weights;
  LinearTrainer(games, config).Run(whole, 1);
  LinearTrainer(games, config).Run(resumed, 1);
  EXPECT_EQ(whole.weights, resumed.weights);
}

TEST(CountWords, KeepsCodesThatAreFrequentEnough) {
  Rng rng(3, RngRole::kTest);
  const auto games = ContactGames(3, rng);
  const LinearWords all = CountWords(games, 1);
  const LinearWords frequent = CountWords(games, 30);
  EXPECT_GT(all.patterns.size(), 2 * frequent.patterns.size());
  EXPECT_GT(all.responses.size(), 2 * frequent.responses.size());
  EXPECT_GT(frequent.near.size(), 0U);
  for (const std::int32_t code : frequent.patterns) {
    EXPECT_EQ(Canonical(static_cast<PatternCode>(code)), static_cast<PatternCode>(code));
  }
}

}  // namespace
}  // namespace tengen

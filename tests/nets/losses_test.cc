#include "nets/losses.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

constexpr double kTolerance = 1e-6;

double Part(const Loss& loss, const std::string& name) {
  for (const auto& [part, value] : loss.parts) {
    if (part == name) return value.item<double>();
  }
  ADD_FAILURE() << "no part " << name;
  return 0.0;
}

TEST(ZeroLoss, PolicyIsCrossEntropyWithSoftTargets) {
  ModelOutput output;
  // Softmax of (log 1, log 2, log 5) is (1/8, 2/8, 5/8).
  output.policy_logits = at::log(at::tensor({1.0F, 2.0F, 5.0F})).unsqueeze(0);
  ZeroTargets targets;
  targets.policy = at::tensor({0.5F, 0.5F, 0.0F}).unsqueeze(0);
  const Loss loss = ZeroLoss(output, targets, {}, 1.0F);
  EXPECT_NEAR(loss.total.item<double>(), 0.5 * std::log(8.0) + 0.5 * std::log(4.0), kTolerance);
}

TEST(ZeroLoss, OutcomeIsCrossEntropyOfWinDrawLoss) {
  ModelOutput output;
  output.outcome_logits = at::log(at::tensor({3.0F, 1.0F, 4.0F})).unsqueeze(0);
  ZeroTargets targets;
  targets.outcome = at::tensor({0.0F, 1.0F, 0.0F}).unsqueeze(0);
  EXPECT_NEAR(ZeroLoss(output, targets, {}, 1.0F).total.item<double>(), std::log(8.0), kTolerance);
}

TEST(ZeroLoss, ScalarValueIsSquaredError) {
  ModelOutput output;
  output.value = at::tensor({1.0F, 4.0F});
  ZeroTargets targets;
  targets.value = at::tensor({3.0F, 3.0F});
  EXPECT_NEAR(ZeroLoss(output, targets, {}, 1.0F).total.item<double>(), 2.5, kTolerance);
}

TEST(ZeroLoss, ScoreIsHuberInUnitsOfTheScale) {
  ModelOutput output;
  output.score = at::tensor({5.0F, 30.0F});
  ZeroTargets targets;
  targets.score = at::tensor({0.0F, 0.0F});
  ZeroLossConfig config;
  config.score_weight = 1.0;
  // d = 0.5 and 3: (0.125 + 2.5) / 2.
  EXPECT_NEAR(ZeroLoss(output, targets, config, 10.0F).total.item<double>(), 1.3125, kTolerance);
}

TEST(ZeroLoss, OwnershipIsBinaryCrossEntropyOverPoints) {
  ModelOutput output;
  // Sigmoid 3/4, 1/2, 1/5.
  output.ownership_logits = at::log(at::tensor({3.0F, 1.0F, 0.25F})).unsqueeze(0);
  ZeroTargets targets;
  targets.ownership = at::tensor({1.0F, 0.0F, -1.0F}).unsqueeze(0);
  ZeroLossConfig config;
  config.ownership_weight = 2.0;
  const double expected = 2.0 / 3.0 * (std::log(4.0 / 3.0) + std::log(2.0) + std::log(5.0 / 4.0));
  EXPECT_NEAR(ZeroLoss(output, targets, config, 1.0F).total.item<double>(), expected, kTolerance);
}

TEST(ZeroLoss, OwnershipOfCertainPointsStaysFinite) {
  ModelOutput output;
  output.ownership_logits = at::tensor({200.0F, -200.0F}).unsqueeze(0);
  ZeroTargets targets;
  targets.ownership = at::tensor({-1.0F, -1.0F}).unsqueeze(0);
  ZeroLossConfig config;
  config.ownership_weight = 1.0;
  EXPECT_NEAR(ZeroLoss(output, targets, config, 1.0F).total.item<double>(), 100.0, 1e-3);
}

TEST(ZeroLoss, WeighsPositions) {
  ModelOutput output;
  output.value = at::tensor({1.0F, 2.0F});
  ZeroTargets targets;
  targets.value = at::tensor({0.0F, 0.0F});
  targets.weight = at::tensor({3.0F, 1.0F});
  // (3 * 1 + 1 * 4) / 4.
  EXPECT_NEAR(ZeroLoss(output, targets, {}, 1.0F).total.item<double>(), 1.75, kTolerance);
}

// Fourth roots: 2 and 1 of 16 and 1. A row without a target has none afterwards.
TEST(SoftPolicy, IsTheFourthRootNormalised) {
  const at::Tensor policy =
      at::tensor({16.0F / 17, 1.0F / 17, 0.0F, 0.0F, 0.0F, 0.0F}).view({2, 3});
  const at::Tensor wanted = at::tensor({2.0F / 3, 1.0F / 3, 0.0F, 0.0F, 0.0F, 0.0F}).view({2, 3});
  EXPECT_TRUE(at::allclose(SoftPolicy(policy), wanted, 1e-6, 1e-6)) << SoftPolicy(policy);
}

TEST(ZeroLoss, SoftPolicyIsCrossEntropyOfItsOwnHead) {
  ModelOutput output;
  output.soft_policy_logits = at::log(at::tensor({1.0F, 2.0F, 5.0F})).unsqueeze(0);
  ZeroTargets targets;
  targets.soft_policy = at::tensor({2.0F / 3, 1.0F / 3, 0.0F}).unsqueeze(0);
  ZeroLossConfig config;
  config.soft_policy_weight = 8.0;
  const double expected = 8.0 * (2.0 / 3 * std::log(8.0) + 1.0 / 3 * std::log(4.0));
  EXPECT_NEAR(Part(ZeroLoss(output, targets, config, 1.0F), "soft_policy"), expected, 1e-5);
}

TEST(ZeroLoss, ShortTermIsBinaryCrossEntropySummedOverHorizons) {
  ModelOutput output;
  // Sigmoid 3/4, 1/2, 1/5 for targets 1, 1/2, 0.
  output.short_term_logits = at::log(at::tensor({3.0F, 1.0F, 0.25F})).unsqueeze(0);
  ZeroTargets targets;
  targets.short_term = at::tensor({1.0F, 0.0F, -1.0F}).unsqueeze(0);
  ZeroLossConfig config;
  config.short_term_weight = 2.0;
  const double expected = 2.0 * (std::log(4.0 / 3.0) + std::log(2.0) + std::log(5.0 / 4.0));
  EXPECT_NEAR(Part(ZeroLoss(output, targets, config, 1.0F), "short_term"), expected, kTolerance);
}

// The second position has no reply: it adds nothing, and the mean is over both.
TEST(ZeroLoss, RepliesThatAreNotKnownWeighNothing) {
  ModelOutput output;
  output.reply_policy_logits = at::log(at::tensor({1.0F, 3.0F, 7.0F, 1.0F})).view({2, 2});
  ZeroTargets targets;
  targets.reply_policy = at::tensor({1.0F, 0.0F, 0.0F, 0.0F}).view({2, 2});
  ZeroLossConfig config;
  config.reply_policy_weight = 0.15;
  EXPECT_NEAR(Part(ZeroLoss(output, targets, config, 1.0F), "reply_policy"),
              0.15 * std::log(4.0) / 2.0, kTolerance);
}

TEST(ScoreProbabilities, SharesAScoreBetweenTheNeighbouringPoints) {
  const at::Tensor score = at::tensor({0.0F, 1.5F, -7.0F, 0.25F});
  const at::Tensor wanted =
      at::tensor({0.0F, 0.0F, 1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F,  0.5F,  0.5F,
                  1.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.0F, 0.75F, 0.25F, 0.0F})
          .view({4, 5});
  EXPECT_TRUE(at::equal(ScoreProbabilities(score, 5), wanted)) << ScoreProbabilities(score, 5);
}

// q = 1/4, 1/2, 1/4 for p = 0, 1/2, 1/2: the cross-entropy is (ln 2 + 2 ln 2) / 2, the distribution
// functions 1/4, 3/4, 1 and 0, 1/2, 1 differ by 1/4 twice.
TEST(ZeroLoss, ScoreDistributionIsOfDensityAndDistributionFunction) {
  ModelOutput output;
  output.score_distribution_logits = at::log(at::tensor({1.0F, 2.0F, 1.0F})).unsqueeze(0);
  ZeroTargets targets;
  targets.score_distribution = at::tensor({0.0F, 0.5F, 0.5F}).unsqueeze(0);
  ZeroLossConfig config;
  config.score_distribution_weight = 0.02;
  EXPECT_NEAR(Part(ZeroLoss(output, targets, config, 1.0F), "score_distribution"),
              0.02 * (1.5 * std::log(2.0) + 2.0 / 16.0), kTolerance);
}

// In units of 2 points the differences are 1/2, 2 and 0: 1/8 + 3/2.
TEST(ZeroLoss, ShortTermScoresAreHuberSummedOverHorizons) {
  ModelOutput output;
  output.short_term_score = at::tensor({2.0F, 4.0F, -6.0F}).unsqueeze(0);
  ZeroTargets targets;
  targets.short_term_score = at::tensor({1.0F, 0.0F, -6.0F}).unsqueeze(0);
  ZeroLossConfig config;
  config.short_term_score_weight = 0.1;
  EXPECT_NEAR(Part(ZeroLoss(output, targets, config, 2.0F), "short_term_score"), 0.1625,
              kTolerance);
}

TEST(AuxiliaryHeadsOf, AWeightOfZeroIsNoHead) {
  EXPECT_EQ(AuxiliaryHeadsOf({}), AuxiliaryHeads());
  ZeroLossConfig config;
  config.soft_policy_weight = 8.0;
  config.reply_policy_weight = 0.15;
  EXPECT_EQ(AuxiliaryHeadsOf(config), (AuxiliaryHeads{true, false, true, false, false}));
}

TEST(ZeroLoss, PartsAreWeightedAndSumToTheTotal) {
  ModelOutput output;
  output.policy_logits = at::zeros({1, 2});
  output.value = at::tensor({1.0F});
  ZeroTargets targets;
  targets.policy = at::tensor({1.0F, 0.0F}).unsqueeze(0);
  targets.value = at::tensor({0.0F});
  ZeroLossConfig config;
  config.policy_weight = 2.0;
  config.value_weight = 0.5;
  const Loss loss = ZeroLoss(output, targets, config, 1.0F);
  EXPECT_NEAR(Part(loss, "policy"), 2.0 * std::log(2.0), kTolerance);
  EXPECT_NEAR(Part(loss, "value"), 0.5, kTolerance);
  EXPECT_NEAR(loss.total.item<double>(), 2.0 * std::log(2.0) + 0.5, kTolerance);
}

}  // namespace
}  // namespace tengen

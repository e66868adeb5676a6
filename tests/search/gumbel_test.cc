#include "search/gumbel.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using testing::ElementsAre;

const QRange kTwoPlayers = QRange::Known(-1.0, 1.0);

// Three moves: P .5 .3 .2, N 2 1 0, Q .4 -.2 -, evaluator's value .1.
class GumbelFormulasTest : public testing::Test {
 protected:
  const std::vector<float> priors_ = {0.5F, 0.3F, 0.2F};
  const std::vector<std::int32_t> visits_ = {2, 1, 0};
  const std::vector<float> q_ = {0.4F, -0.2F, 99.0F};  // the last must not matter
  const MoveStatistics moves_ = {priors_, visits_, q_};
  // sigma(q) = (2 + 2) * 1 * q
  const GumbelParameters parameters_ = {2.0, 1.0};
};

TEST_F(GumbelFormulasTest, MixedValueIsEquation33) {
  // (.1 + 3 / .8 * (.5 * .4 + .3 * -.2)) / (1 + 3) = (.1 + 3.75 * .14) / 4
  EXPECT_NEAR(MixedValue(0.1, moves_), 0.15625, 1e-6);
}

TEST_F(GumbelFormulasTest, MixedValueWithoutVisitsIsTheEvaluators) {
  const std::vector<std::int32_t> none = {0, 0, 0};
  EXPECT_DOUBLE_EQ(MixedValue(0.1, {priors_, none, q_}), 0.1);
}

TEST_F(GumbelFormulasTest, MixedValueOfAMoveWithPriorZeroIsItsQ) {
  const std::vector<float> priors = {0.0F, 0.6F, 0.4F};
  const std::vector<std::int32_t> visits = {3, 0, 0};
  // (.1 + 3 * .4) / 4
  EXPECT_NEAR(MixedValue(0.1, {priors, visits, q_}), 0.325, 1e-6);
}

TEST_F(GumbelFormulasTest, ImprovedPolicyIsTheSoftmaxOfLogitsAndSigma) {
  // Normalised completed q: .7, .4, (.15625 + 1) / 2 = .578125.
  // Weights .5 e^2.8, .3 e^1.6, .2 e^2.3125.
  std::vector<float> policy(3);
  ImprovedPolicy(parameters_, kTwoPlayers, 0.1, moves_, policy);
  EXPECT_NEAR(policy[0], 0.7010752, 1e-6);
  EXPECT_NEAR(policy[1], 0.1266959, 1e-6);
  EXPECT_NEAR(policy[2], 0.1722289, 1e-6);
}

TEST_F(GumbelFormulasTest, ImprovedPolicyWithoutVisitsIsThePrior) {
  const std::vector<std::int32_t> none = {0, 0, 0};
  std::vector<float> policy(3);
  ImprovedPolicy(parameters_, kTwoPlayers, 0.1, {priors_, none, q_}, policy);
  EXPECT_NEAR(policy[0], 0.5, 1e-6);
  EXPECT_NEAR(policy[1], 0.3, 1e-6);
  EXPECT_NEAR(policy[2], 0.2, 1e-6);
}

TEST_F(GumbelFormulasTest, ImprovedPolicyStaysFiniteWithHugeSigma) {
  const std::vector<float> priors = {0.0F, 0.5F, 0.5F};
  const std::vector<std::int32_t> visits = {100000, 100000, 0};
  const std::vector<float> q = {1.0F, -1.0F, 0.0F};
  std::vector<float> policy(3);
  ImprovedPolicy({50.0, 1.0}, kTwoPlayers, 0.9, {priors, visits, q}, policy);
  EXPECT_EQ(policy[0], 0.0F);
  EXPECT_NEAR(policy[1] + policy[2], 1.0, 1e-6);
}

TEST_F(GumbelFormulasTest, PolicyValueIsTheMeanOfCompletedQ) {
  // .6 * .4 + .3 * -.2 + .1 * .15625, the last move's stand-in by equation 33.
  const std::vector<float> policy = {0.6F, 0.3F, 0.1F};
  EXPECT_NEAR(PolicyValue(0.1, moves_, policy), 0.195625, 1e-6);
}

TEST_F(GumbelFormulasTest, PolicyValueWithoutVisitsIsTheEvaluators) {
  const std::vector<std::int32_t> none = {0, 0, 0};
  EXPECT_NEAR(PolicyValue(0.1, {priors_, none, q_}, priors_), 0.1, 1e-6);
}

// The second move weighs e^-110: all of it is the first one's, whose prior is denormal.
TEST_F(GumbelFormulasTest, ImprovedPolicyStaysFiniteWithDenormalPriors) {
  const std::vector<float> priors = {1e-40F, 1.0F};
  const std::vector<std::int32_t> visits = {60, 60};
  const std::vector<float> q = {1.0F, -1.0F};
  std::vector<float> policy(2);
  ImprovedPolicy({50.0, 1.0}, kTwoPlayers, 0.0, {priors, visits, q}, policy);
  EXPECT_NEAR(policy[0], 1.0, 1e-6);
  EXPECT_NEAR(policy[1], 0.0, 1e-6);
}

TEST_F(GumbelFormulasTest, SelectionBelowTheRootSubtractsTheVisitShare) {
  // pi' - N / (1 + 3): .7011 - .5 = .2011, .1267 - .25 < 0, .1722 - 0.
  std::vector<float> scratch(3);
  EXPECT_EQ(SelectGumbel(parameters_, kTwoPlayers, 0.1, moves_, scratch), 0);
}

// Section 5 of the paper: the visits follow pi'. With equal Q everywhere pi' is the prior.
TEST_F(GumbelFormulasTest, SelectionBelowTheRootMakesVisitsFollowThePolicy) {
  std::vector<std::int32_t> visits(3, 0);
  const std::vector<float> q(3, 0.1F);
  std::vector<float> scratch(3);
  for (int i = 0; i < 200; ++i) {
    ++visits[static_cast<std::size_t>(
        SelectGumbel(parameters_, kTwoPlayers, 0.1, {priors_, visits, q}, scratch))];
  }
  EXPECT_NEAR(visits[0], 100, 2);
  EXPECT_NEAR(visits[1], 60, 2);
  EXPECT_NEAR(visits[2], 40, 2);
}

// The shorter way of SelectGumbel against the formula as it stands (eq. 14), over positions with
// few and many visits, priors of 0, one move, and ranges of one player that are still empty.
TEST_F(GumbelFormulasTest, SelectionIsTheArgmaxOfTheFormula) {
  Rng rng(1, RngRole::kTest);
  QRange one_player = QRange::Empty();
  int visited_chosen = 0;
  for (int position = 0; position < 5000; ++position) {
    const std::size_t moves = 1 + rng.Below(30);
    std::vector<float> priors(moves);
    std::vector<float> q(moves);
    std::vector<std::int32_t> visits(moves);
    float sum = 0.0F;
    int total = 0;
    for (std::size_t i = 0; i < moves; ++i) {
      priors[i] = rng.Below(5) == 0 ? 0.0F : static_cast<float>(rng.Uniform());
      q[i] = static_cast<float>(2.0 * rng.Uniform() - 1.0);
      visits[i] = rng.Below(3) == 0 ? static_cast<std::int32_t>(rng.Below(20)) : 0;
      sum += priors[i];
      total += visits[i];
    }
    if (sum == 0.0F) priors[0] = sum = 1.0F;
    for (float& p : priors) p /= sum;
    const double raw_value = 2.0 * rng.Uniform() - 1.0;
    if (position == 4000) one_player.Include(-3.0);  // still without a width
    if (position == 4500) one_player.Include(2.0);
    const QRange& range = position < 3000 ? kTwoPlayers : one_player;
    const MoveStatistics statistics = {priors, visits, q};

    std::vector<float> policy(moves);
    ImprovedPolicy(parameters_, range, raw_value, statistics, policy);
    const auto score = [&](std::size_t i) {
      return static_cast<double>(policy[i]) - visits[i] / (1.0 + total);
    };
    double best = score(0);
    for (std::size_t i = 1; i < moves; ++i) best = std::max(best, score(i));

    std::vector<float> scratch(moves);
    const auto chosen =
        static_cast<std::size_t>(SelectGumbel(parameters_, range, raw_value, statistics, scratch));
    EXPECT_NEAR(score(chosen), best, 1e-6) << position;
    visited_chosen += visits[chosen] > 0 ? 1 : 0;
  }
  EXPECT_GT(visited_chosen, 500);
}

std::vector<HalvingRound> Schedule(int considered, int simulations) {
  std::vector<HalvingRound> rounds;
  HalvingSchedule(considered, simulations, rounds);
  return rounds;
}

// A round with k of m moves left gives each max(1, floor(n / (ceil(log2 m) k))) visits.
TEST(HalvingScheduleTest, SixteenSimulationsVisitSixteenMovesOnce) {
  EXPECT_THAT(Schedule(16, 16), ElementsAre(HalvingRound{16, 1}));
}

TEST(HalvingScheduleTest, ThirtyTwoSimulationsForSixteenMoves) {
  // 16 + 8 + 4 * 2 = 32: floor(32 / (4 * 4)) = 2 in the third round.
  EXPECT_THAT(Schedule(16, 32),
              ElementsAre(HalvingRound{16, 1}, HalvingRound{8, 1}, HalvingRound{4, 2}));
}

TEST(HalvingScheduleTest, TwoHundredSimulationsForSixteenMoves) {
  // 48 + 48 + 48 + 50 = 194; the last two share what is left.
  EXPECT_THAT(Schedule(16, 200),
              ElementsAre(HalvingRound{16, 3}, HalvingRound{8, 6}, HalvingRound{4, 12},
                          HalvingRound{2, 25}, HalvingRound{2, 25}));
}

TEST(HalvingScheduleTest, EightSimulationsForFourMoves) {
  EXPECT_THAT(Schedule(4, 8), ElementsAre(HalvingRound{4, 1}, HalvingRound{2, 2}));
}

TEST(HalvingScheduleTest, OddNumbersHalveDownToTwo) {
  // ceil(log2 7) = 3: 21 / (3 * 7) = 1, 21 / (3 * 3) = 2, 21 / (3 * 2) = 3; 7 + 6 + 6 = 19.
  EXPECT_THAT(Schedule(7, 21), ElementsAre(HalvingRound{7, 1}, HalvingRound{3, 2},
                                           HalvingRound{2, 3}, HalvingRound{2, 3}));
}

TEST(HalvingScheduleTest, OneMoveGetsEverything) {
  EXPECT_THAT(Schedule(1, 9), ElementsAre(HalvingRound{1, 9}));
  EXPECT_THAT(Schedule(1, 0), ElementsAre());
}

// Plays a GumbelRoot against fixed Q and returns the visits.
std::vector<std::int32_t> PlayRoot(GumbelRoot& root, const std::vector<float>& priors,
                                   const std::vector<float>& noise, const std::vector<float>& q,
                                   int considered, int simulations) {
  std::vector<std::int32_t> visits(priors.size(), 0);
  root.Start(priors, noise, considered, simulations);
  for (int i = 0; i < simulations; ++i) {
    ++visits[static_cast<std::size_t>(
        root.Next({50.0, 1.0}, kTwoPlayers, 0.0, {priors, visits, q}))];
  }
  return visits;
}

TEST(GumbelRootTest, HalvesByQAfterTheFirstRound) {
  GumbelRoot root;
  const std::vector<float> priors = {0.25F, 0.25F, 0.25F, 0.25F};
  const std::vector<float> noise(4, 0.0F);
  const std::vector<float> q = {-0.5F, 0.5F, 0.0F, 0.6F};
  EXPECT_THAT(PlayRoot(root, priors, noise, q, 4, 8), ElementsAre(1, 3, 1, 3));
}

TEST(GumbelRootTest, ConsidersTheLargestSumsOfNoiseAndLogit) {
  GumbelRoot root;
  const std::vector<float> priors = {0.4F, 0.3F, 0.2F, 0.1F};
  // log P: -.92, -1.20, -1.61, -2.30; with noise the second and the last lead.
  const std::vector<float> noise = {0.0F, 0.5F, 0.0F, 3.0F};
  const std::vector<float> q(4, 0.0F);
  EXPECT_THAT(PlayRoot(root, priors, noise, q, 2, 4), ElementsAre(0, 2, 0, 2));
}

TEST(GumbelRootTest, BestIsTheLargestSumOfNoiseLogitAndSigma) {
  GumbelRoot root;
  const std::vector<float> priors = {0.5F, 0.5F};
  const std::vector<float> noise = {0.0F, 0.0F};
  const std::vector<float> q = {0.1F, 0.2F};
  const std::vector<std::int32_t> visits = PlayRoot(root, priors, noise, q, 2, 4);
  EXPECT_EQ(root.Best({50.0, 1.0}, kTwoPlayers, 0.0, {priors, visits, q}), 1);
  // sigma of the difference: (50 + 2) * .05 = 2.6; noise of 3 turns it over.
  const std::vector<float> loud = {3.0F, 0.0F};
  PlayRoot(root, priors, loud, q, 2, 4);
  EXPECT_EQ(root.Best({50.0, 1.0}, kTwoPlayers, 0.0, {priors, visits, q}), 0);
}

TEST(GumbelRootTest, NeverConsidersMoreMovesThanSimulations) {
  GumbelRoot root;
  const std::vector<float> priors = {0.1F, 0.2F, 0.3F, 0.4F};
  const std::vector<float> noise(4, 0.0F);
  const std::vector<float> q(4, 0.0F);
  EXPECT_THAT(PlayRoot(root, priors, noise, q, 16, 2), ElementsAre(0, 0, 1, 1));
}

TEST(GumbelRootTest, UngetRepeatsTheMove) {
  GumbelRoot root;
  const std::vector<float> priors = {0.6F, 0.4F};
  const std::vector<float> noise(2, 0.0F);
  const std::vector<std::int32_t> visits(2, 0);
  const std::vector<float> q(2, 0.0F);
  root.Start(priors, noise, 2, 2);
  const GumbelParameters parameters;
  const MoveStatistics moves = {priors, visits, q};
  EXPECT_EQ(root.Next(parameters, kTwoPlayers, 0.0, moves), 0);
  EXPECT_EQ(root.Next(parameters, kTwoPlayers, 0.0, moves), 1);
  root.Unget();
  EXPECT_FALSE(root.AtRoundEnd());
  EXPECT_EQ(root.Next(parameters, kTwoPlayers, 0.0, moves), 1);
  EXPECT_TRUE(root.AtRoundEnd());
}

// Gumbel-max trick: the largest g + logit is a draw from the prior (Section 2 of the paper).
TEST(GumbelRootTest, TheTopMoveIsADrawFromThePrior) {
  const std::vector<float> priors = {0.6F, 0.3F, 0.1F};
  const std::vector<float> q(3, 0.0F);
  std::vector<float> noise(3);
  std::vector<int> counts(3, 0);
  Rng rng(1, RngRole::kTest);
  GumbelRoot root;
  for (int i = 0; i < 20000; ++i) {
    DrawGumbel(rng, noise);
    const std::vector<std::int32_t> visits = PlayRoot(root, priors, noise, q, 1, 1);
    for (std::size_t a = 0; a < 3; ++a) counts[a] += visits[a];
  }
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(counts[a] / 20000.0, priors[a], 0.015);
}

}  // namespace
}  // namespace tengen

#include "search/puct.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(ExplorationFactorTest, MatchesHandComputedNumbers) {
  // c(9) = 1 + log((1 + 9 + 9) / 9) = 1.7472144, times sqrt(9).
  EXPECT_NEAR(ExplorationFactor({1.0, 1.0, 9.0}, 9), 5.2416432, 1e-6);
  // AlphaZero's constants: c(800) = 1.25 + log(20453 / 19652) = 1.2899505, times sqrt(800).
  EXPECT_NEAR(ExplorationFactor({1.25, 1.0, 19652.0}, 800), 36.4853086, 1e-5);
  // KataGo's: c(500) = 0.5 + 0.225 log(1001 / 500) = 0.6561832, times sqrt(500).
  EXPECT_NEAR(ExplorationFactor({0.5, 0.225, 500.0}, 500), 14.6726980, 1e-5);
}

TEST(QRangeTest, KnownBoundsMapMinusOneToZeroAndStay) {
  QRange range = QRange::Known(-1.0, 1.0);
  range.Include(5.0);
  EXPECT_FLOAT_EQ(range.Normalise(-1.0F), 0.0F);
  EXPECT_FLOAT_EQ(range.Normalise(0.2F), 0.6F);
  EXPECT_FLOAT_EQ(range.Normalise(1.0F), 1.0F);
  EXPECT_FLOAT_EQ(range.low(), -1.0F);
}

TEST(QRangeTest, WidensToWhatItMeets) {
  QRange range = QRange::Empty();
  range.Include(2.0);
  range.Include(6.0);
  range.Include(4.0);
  EXPECT_FLOAT_EQ(range.Normalise(2.0F), 0.0F);
  EXPECT_FLOAT_EQ(range.Normalise(3.0F), 0.25F);
  EXPECT_FLOAT_EQ(range.Normalise(6.0F), 1.0F);
  EXPECT_FLOAT_EQ(range.low(), 2.0F);
}

TEST(QRangeTest, MapsEverythingToZeroWhileThereIsNoRange) {
  QRange range = QRange::Empty();
  EXPECT_FLOAT_EQ(range.Normalise(3.0F), 0.0F);
  EXPECT_FLOAT_EQ(range.low(), 0.0F);
  range.Include(7.0);
  EXPECT_FLOAT_EQ(range.Normalise(7.0F), 0.0F);
  EXPECT_FLOAT_EQ(range.low(), 7.0F);
}

TEST(FirstPlayUrgencyTest, ReducesByTheRootOfTheVisitedPrior) {
  EXPECT_DOUBLE_EQ(FirstPlayUrgency(0.6, 0.2, 0.64), 0.6 - 0.2 * 0.8);
  EXPECT_DOUBLE_EQ(FirstPlayUrgency(0.6, 0.0, 0.64), 0.6);
}

// Three moves of a two-player position with N = 5:
//   factor = (1.25 + log(19658 / 19652)) sqrt(5) = 2.7957676
//   move 0: P .5, n 3, Q  .2: .6 + factor * .5 / 4 = 0.9494709
//   move 1: P .3, n 1, Q -.4: .3 + factor * .3 / 2 = 0.7193651
//   move 2: P .2, n 0:        fpu + factor * .2    = fpu + 0.5591535
class SelectPuctTest : public testing::Test {
 protected:
  int Select(double first_play) const {
    PuctParent parent;
    parent.exploration = static_cast<float>(ExplorationFactor({1.25, 1.0, 19652.0}, 5));
    parent.first_play = static_cast<float>(first_play);
    const std::vector<float> priors = {0.5F, 0.3F, 0.2F};
    const std::vector<std::int32_t> visits = {3, 1, 0};
    const std::vector<float> q = {0.2F, -0.4F, 0.0F};
    return SelectPuct(parent, priors, visits, q);
  }
};

TEST_F(SelectPuctTest, TakesTheUnvisitedMoveJustAboveTheBestScore) {
  EXPECT_EQ(Select(0.9494709 - 0.5591535 + 1e-4), 2);
}

TEST_F(SelectPuctTest, TakesTheBestVisitedMoveJustBelowIt) {
  EXPECT_EQ(Select(0.9494709 - 0.5591535 - 1e-4), 0);
}

TEST(SelectPuctLanesTest, FindsTheBestMoveAtEveryPlaceOfEveryLength) {
  for (std::size_t size = 1; size <= 40; ++size) {
    for (std::size_t best = 0; best < size; ++best) {
      std::vector<float> priors(size, 0.5F / static_cast<float>(size));
      priors[best] *= 1.5F;
      const std::vector<std::int32_t> visits(size, 0);
      const std::vector<float> q(size, 0.0F);
      PuctParent parent;
      parent.exploration = 1.0F;
      ASSERT_EQ(SelectPuct(parent, priors, visits, q), best) << "of " << size;
    }
  }
}

TEST(SelectPuctLanesTest, TakesTheFirstOfEqualMoves) {
  for (std::size_t first = 0; first < 30; ++first) {
    std::vector<float> priors(30, 0.0F);
    for (std::size_t i = first; i < priors.size(); ++i) priors[i] = 0.1F;
    const std::vector<std::int32_t> visits(30, 0);
    const std::vector<float> q(30, 0.0F);
    PuctParent parent;
    parent.exploration = 1.0F;
    ASSERT_EQ(SelectPuct(parent, priors, visits, q), first);
  }
}

TEST(DirichletNoiseTest, FractionZeroCopiesAndDrawsNothing) {
  Rng rng(1, RngRole::kTest);
  const Rng::State before = rng.state();
  const std::vector<float> priors = {0.7F, 0.2F, 0.1F};
  std::vector<float> noisy(3);
  MixDirichletNoise(priors, 10.83, 0.0, rng, noisy);
  EXPECT_EQ(noisy, priors);
  EXPECT_EQ(rng.state(), before);
}

TEST(DirichletNoiseTest, KeepsTheSumAndTheEvaluatorsShare) {
  Rng rng(2, RngRole::kTest);
  const std::vector<float> priors = {0.7F, 0.2F, 0.1F};
  std::vector<float> noisy(3);
  for (int i = 0; i < 100; ++i) {
    MixDirichletNoise(priors, 10.83, 0.25, rng, noisy);
    EXPECT_NEAR(std::accumulate(noisy.begin(), noisy.end(), 0.0), 1.0, 1e-5);
    for (std::size_t a = 0; a < 3; ++a) EXPECT_GE(noisy[a], 0.75F * priors[a] - 1e-6F);
  }
}

// A component of Dirichlet(alpha) over k moves has the variance (k - 1) / (k^2 (k alpha + 1)), and
// k alpha = total here whatever k is.
TEST(DirichletNoiseTest, ScalesAlphaWithTheNumberOfMoves) {
  for (const int k : {4, 40}) {
    Rng rng(3, RngRole::kTest);
    const std::vector<float> priors(static_cast<std::size_t>(k), 1.0F / static_cast<float>(k));
    std::vector<float> noise(priors.size());
    double sum_square = 0.0;
    int count = 0;
    for (int i = 0; i < 40000 / k; ++i) {
      MixDirichletNoise(priors, 10.83, 1.0, rng, noise);
      for (const float p : noise) {
        sum_square += (p - 1.0 / k) * (p - 1.0 / k);
        ++count;
      }
    }
    const double expected = (k - 1.0) / (k * k * (10.83 + 1.0));
    EXPECT_NEAR(sum_square / count / expected, 1.0, 0.1) << k << " moves";
  }
}

TEST(ChooseByVisitsTest, TemperatureZeroTakesTheFirstOfTheMostVisited) {
  Rng rng(4, RngRole::kTest);
  const std::vector<int> visits = {3, 9, 1, 9};
  EXPECT_EQ(ChooseByVisits(visits, 0.0, rng), 1);
}

// p ~ visits^(1 / T): visits 1 and 3 give 1/4 : 3/4 at T = 1 and 1/10 : 9/10 at T = 1/2.
TEST(ChooseByVisitsTest, FollowsThePowerOfTheVisits) {
  const std::vector<int> visits = {0, 1, 3};
  const std::vector<std::pair<double, double>> cases = {{1.0, 0.75}, {0.5, 0.9}};
  for (const auto& [temperature, expected] : cases) {
    Rng rng(5, RngRole::kTest);
    std::vector<int> counts(3, 0);
    for (int i = 0; i < 20000; ++i) {
      ++counts[static_cast<std::size_t>(ChooseByVisits(visits, temperature, rng))];
    }
    EXPECT_EQ(counts[0], 0);
    EXPECT_NEAR(counts[2] / 20000.0, expected, 0.015) << "temperature " << temperature;
  }
}

TEST(ChooseByVisitsTest, SmallTemperaturesDoNotOverflow) {
  Rng rng(6, RngRole::kTest);
  const std::vector<int> visits = {100000, 99000, 3};
  EXPECT_EQ(ChooseByVisits(visits, 1e-3, rng), 0);
}

TEST(ChooseByVisitsTest, RejectsMovesWithoutVisits) {
  Rng rng(7, RngRole::kTest);
  const std::vector<int> visits = {0, 0};
  EXPECT_THROW(ChooseByVisits(visits, 1.0, rng), BugError);
}

// Four moves, l = -4.60517 (P .01, and .5 cut to it) and -9.21034 (P .0001), twice each: the mean
// lies 2.302585 below the first two, which share half of the total of 8 beside the uniform half.
TEST(ShapeDirichletTest, MatchesHandComputedNumbers) {
  const std::vector<float> priors = {0.5F, 0.01F, 0.0001F, 0.0001F};
  std::vector<float> alphas(4);
  ShapeDirichlet(priors, 8.0, 0.5, alphas);
  EXPECT_THAT(alphas, testing::Pointwise(testing::FloatNear(1e-4F), {3.0F, 3.0F, 1.0F, 1.0F}));
  ShapeDirichlet(std::vector<float>(4, 0.25F), 8.0, 0.5, alphas);
  EXPECT_THAT(alphas, testing::Pointwise(testing::FloatNear(1e-4F), {2.0F, 2.0F, 2.0F, 2.0F}));
}

// The mean of Dirichlet(alpha) is alpha / sum of alpha: .375, .375, .125, .125 for those above.
TEST(ShapedNoiseTest, FallsOnMovesByTheirAlphas) {
  const std::vector<float> priors = {0.5F, 0.01F, 0.0001F, 0.0001F};
  Rng rng(1, RngRole::kTest);
  std::vector<double> means(4);
  std::vector<float> noisy(4);
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) {
    MixShapedNoise(priors, 8.0, 0.5, 1.0, rng, noisy);
    ASSERT_NEAR(std::accumulate(noisy.begin(), noisy.end(), 0.0), 1.0, 1e-5);
    for (std::size_t a = 0; a < 4; ++a) means[a] += static_cast<double>(noisy[a]) / kDraws;
  }
  // The standard error is below sqrt(.375 * .625 / 9 / 4000) = .0026.
  EXPECT_NEAR(means[0], 0.375, 0.012);
  EXPECT_NEAR(means[1], 0.375, 0.012);
  EXPECT_NEAR(means[2], 0.125, 0.012);
}

TEST(ShapedNoiseTest, ShapeZeroIsTheUniformNoise) {
  const std::vector<float> priors = {0.5F, 0.3F, 0.2F};
  Rng one(1, RngRole::kTest);
  Rng two = one;
  std::vector<float> shaped(3);
  std::vector<float> uniform(3);
  MixShapedNoise(priors, 10.83, 0.0, 0.25, one, shaped);
  MixDirichletNoise(priors, 10.83, 0.25, two, uniform);
  EXPECT_EQ(shaped, uniform);
}

}  // namespace
}  // namespace tengen

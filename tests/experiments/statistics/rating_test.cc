#include "experiments/statistics/rating.h"

#include <cmath>

#include <gtest/gtest.h>

namespace tengen {
namespace {

constexpr double kZ95 = 1.959964;
const double kLogToElo = 400.0 / std::log(10.0);

// 48 pairs as two independent games of a player who wins three of four make them: 96 games, 72
// points, and a variance that leaves the design effect at 1.
const Pentanomial kThreeOfFour{{3, 0, 18, 0, 27}};
// The same of equals: 12 pairs, 24 games, 12 points.
const Pentanomial kEven{{3, 0, 6, 0, 3}};

TEST(FitRatings, TwoPlayersGetOneGameMoreDrawn) {
  const RatingFit fit = FitRatings({0.0, std::nullopt}, {{1, 0, kThreeOfFour}});
  const Rating& one = *fit.ratings()[1];
  const double p = 72.5 / 97.0;
  EXPECT_NEAR(one.elo, 400.0 * std::log10(72.5 / 24.5), 1e-6);
  // Fisher information n p (1 - p) in logistic units.
  EXPECT_NEAR(one.half_width, kZ95 / std::sqrt(96.0 * p * (1.0 - p)) * kLogToElo, 1e-4);
  EXPECT_NEAR(fit.covariance(1, 1), std::pow(one.half_width / kZ95, 2), 1e-6);
  EXPECT_EQ(fit.ratings()[0]->elo, 0.0);
  EXPECT_EQ(fit.ratings()[0]->half_width, 0.0);
  EXPECT_EQ(fit.covariance(0, 1), 0.0);
}

TEST(FitRatings, FixedRatingsShiftTheOthersAndTheViewDoesNotMatter) {
  const Pentanomial mirrored{{27, 0, 18, 0, 3}};
  const RatingFit fit = FitRatings({1500.0, std::nullopt}, {{0, 1, mirrored}});
  EXPECT_NEAR(fit.ratings()[1]->elo, 1500.0 + 400.0 * std::log10(72.5 / 24.5), 1e-6);
}

TEST(FitRatings, PairsThatTellMoreThanTheirGamesNarrowTheInterval) {
  // 50 pairs split one to one: d = (0 + 2/8) / (50/8 + 2/8) = 1/26, so they are worth 2,600 games.
  const Pentanomial split{{0, 0, 50, 0, 0}};
  EXPECT_NEAR(EffectiveGames(split), 2600.0, 1e-9);
  const Rating rating = *FitRatings({0.0, std::nullopt}, {{1, 0, split}}).ratings()[1];
  EXPECT_NEAR(rating.elo, 0.0, 1e-9);
  EXPECT_NEAR(rating.half_width, kZ95 / std::sqrt(2600.0 / 4.0) * kLogToElo, 1e-6);
  // Pairs won or lost as a whole tell less: d = (50/4 + 2/8) / (50/8 + 2/8) = 51/26.
  EXPECT_NEAR(EffectiveGames({{25, 0, 0, 0, 25}}), 2600.0 / 51.0, 1e-9);
}

// Two links of a chain, each with one drawn game more: errors add up.
TEST(FitRatings, InAChainThePlayerBehindCarriesTheErrorOfTheOneBefore) {
  const RatingFit fit =
      FitRatings({0.0, std::nullopt, std::nullopt}, {{1, 0, kThreeOfFour}, {2, 1, kThreeOfFour}});
  const double link = 400.0 * std::log10(72.5 / 24.5);
  const double p = 72.5 / 97.0;
  const double variance = kLogToElo * kLogToElo / (96.0 * p * (1.0 - p));
  EXPECT_NEAR(fit.ratings()[1]->elo, link, 1e-6);
  EXPECT_NEAR(fit.ratings()[2]->elo, 2.0 * link, 1e-6);
  EXPECT_NEAR(fit.covariance(1, 1), variance, 1e-3);
  EXPECT_NEAR(fit.covariance(1, 2), variance, 1e-3);
  EXPECT_NEAR(fit.covariance(2, 2), 2.0 * variance, 1e-3);
  EXPECT_NEAR(fit.ratings()[2]->half_width, kZ95 * std::sqrt(2.0 * variance), 1e-4);
  // The difference of neighbours hangs on their own games alone.
  const Rating difference = *fit.Difference(2, 1);
  EXPECT_NEAR(difference.elo, link, 1e-6);
  EXPECT_NEAR(difference.half_width, kZ95 * std::sqrt(variance), 1e-4);
}

// Three equals who all met: I = 24/4 [[2, -1], [-1, 2]], its inverse [[2, 1], [1, 2]] / 18.
TEST(FitRatings, ATriangleByHand) {
  const RatingFit fit =
      FitRatings({0.0, std::nullopt, std::nullopt}, {{0, 1, kEven}, {0, 2, kEven}, {1, 2, kEven}});
  const double unit = kLogToElo * kLogToElo / 18.0;
  for (const std::size_t player : {1U, 2U}) {
    EXPECT_NEAR(fit.ratings()[player]->elo, 0.0, 1e-6);
    EXPECT_NEAR(fit.ratings()[player]->half_width, kZ95 * kLogToElo / 3.0, 1e-4);
    EXPECT_NEAR(fit.covariance(player, player), 2.0 * unit, 1e-3);
  }
  EXPECT_NEAR(fit.covariance(1, 2), unit, 1e-3);
  EXPECT_NEAR(fit.covariance(2, 1), unit, 1e-3);
}

TEST(FitRatings, MoreGamesAgainstAFarPlayerDoNotPull) {
  // The player behind is 600 Elo ahead by many games; one clean sweep of an opponent 1,200 below
  // fits that. A drawn game more in that match would cost 14 Elo.
  Pentanomial by_600;
  by_600.counts = {0, 0, 1, 2, 60};
  const std::vector<PairScore> near = {{1, 0, by_600}, {2, 1, by_600}};
  std::vector<PairScore> far = near;
  far.push_back({2, 0, {{0, 0, 0, 0, 50}}});
  const double before = FitRatings({0.0, {}, {}}, near).ratings()[2]->elo;
  const double after = FitRatings({0.0, {}, {}}, far).ratings()[2]->elo;
  EXPECT_GE(after, before);
  EXPECT_LT(after, before + 40.0);
}

TEST(FitRatings, CleanSweepStaysFinite) {
  // 20 games and one drawn: 20.5 to 0.5.
  const Pentanomial sweep{{0, 0, 0, 0, 10}};
  const Rating rating = *FitRatings({0.0, std::nullopt}, {{1, 0, sweep}}).ratings()[1];
  EXPECT_NEAR(rating.elo, 400.0 * std::log10(20.5 / 0.5), 1e-6);
  EXPECT_GT(rating.half_width, 400.0);
}

TEST(FitRatings, PlayersWithoutALinkToAFixedOneHaveNoRating) {
  const RatingFit fit = FitRatings({0.0, std::nullopt, std::nullopt, std::nullopt, std::nullopt},
                                   {{1, 0, kEven}, {3, 4, kEven}, {2, 0, Pentanomial()}});
  EXPECT_TRUE(fit.ratings()[1]);
  EXPECT_FALSE(fit.ratings()[2]) << "no pair was played";
  EXPECT_FALSE(fit.ratings()[3]) << "linked to each other alone";
  EXPECT_FALSE(fit.ratings()[4]);
  EXPECT_FALSE(fit.Difference(1, 3));
  EXPECT_EQ(fit.covariance(3, 3), 0.0);
  // The link may run over players that come later in the list.
  const RatingFit chain = FitRatings({std::nullopt, std::nullopt, std::nullopt, 0.0},
                                     {{0, 1, kEven}, {1, 2, kEven}, {2, 3, kEven}});
  EXPECT_TRUE(chain.ratings()[0]);
}

TEST(FitRatings, NobodyFreeIsNoWork) {
  const RatingFit fit = FitRatings({0.0, 100.0}, {{0, 1, kEven}});
  EXPECT_EQ(fit.ratings()[1]->elo, 100.0);
  EXPECT_EQ(fit.Difference(1, 0)->half_width, 0.0);
}

}  // namespace
}  // namespace tengen

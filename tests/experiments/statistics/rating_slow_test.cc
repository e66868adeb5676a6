// How often the 95 % intervals of ratings hold the truth, in simulated lists: a chain of players as
// the anchors of ladders are, each of whom meets the two behind, with pairs as in
// tests/support/pair_model.h. Prints tables.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "experiments/statistics/rating.h"
#include "tests/support/pair_model.h"

namespace tengen {
namespace {

constexpr std::array<double, 8> kTruth = {0, 316, 866, 1457, 1878, 2295, 2625, 3040};
constexpr int kLists = 4000;

// Error and coverage of one rating over many lists.
struct Tally {
  void Add(const Rating& rating, double truth) {
    const double error = rating.elo - truth;
    sum += error;
    squares += error * error;
    half_widths += rating.half_width;
    inside += std::fabs(error) <= rating.half_width ? 1 : 0;
    ++lists;
  }
  double bias() const { return sum / lists; }
  double coverage() const { return static_cast<double>(inside) / lists; }
  void Print(const char* name) const {
    const double spread = std::sqrt(std::max(0.0, squares / lists - bias() * bias()));
    std::printf("  %-12s off by %+4.0f, error %4.0f, half width %4.0f, covers %.1f %%\n", name,
                bias(), 1.96 * spread, half_widths / lists, 100.0 * coverage());
    std::fflush(stdout);
  }

  double sum = 0.0, squares = 0.0, half_widths = 0.0;
  int inside = 0, lists = 0;
};

Pentanomial Play(const PairModel& model, int games, Rng& rng) {
  Pentanomial pairs;
  for (int pair = 0; pair < games / 2; ++pair) pairs.Add(model.Draw(rng));
  return pairs;
}

struct Meeting {
  int a, b;
  PairModel model;
};

std::vector<Meeting> Meetings(double draw, double bias) {
  std::vector<Meeting> meetings;
  const int n = static_cast<int>(kTruth.size());
  for (int i = 0; i < n; ++i) {
    for (int j = i + 1; j < std::min(i + 3, n); ++j) {
      const double difference =
          kTruth[static_cast<std::size_t>(j)] - kTruth[static_cast<std::size_t>(i)];
      meetings.push_back({j, i, PairModel(difference, draw, bias)});
    }
  }
  return meetings;
}

void CheckChain(int games, double draw, double bias, double largest_bias) {
  const std::vector<Meeting> meetings = Meetings(draw, bias);
  std::vector<std::optional<double>> fixed(kTruth.size());
  fixed[0] = 0.0;
  std::array<Tally, kTruth.size()> ratings;
  Tally top_two;
  for (int list = 0; list < kLists; ++list) {
    Rng rng(11, RngRole::kTest, static_cast<std::uint64_t>(list));
    std::vector<PairScore> scores;
    for (const Meeting& m : meetings) scores.push_back({m.a, m.b, Play(m.model, games, rng)});
    const RatingFit fit = FitRatings(fixed, scores);
    for (std::size_t i = 1; i < kTruth.size(); ++i) ratings[i].Add(*fit.ratings()[i], kTruth[i]);
    top_two.Add(*fit.Difference(7, 6), kTruth[7] - kTruth[6]);
  }
  std::printf("%d games a match, draw %g, bias %g\n", games, draw, bias);
  for (std::size_t i = 1; i < kTruth.size(); ++i) {
    ratings[i].Print(std::to_string(static_cast<int>(kTruth[i])).c_str());
    EXPECT_NEAR(ratings[i].coverage(), 0.95, 0.02) << kTruth[i];
    EXPECT_NEAR(ratings[i].bias(), 0.0, largest_bias) << kTruth[i];
  }
  top_two.Print("3040 - 2625");
  EXPECT_NEAR(top_two.coverage(), 0.95, 0.02);
}

// A match in which 99.3 % are expected tells nothing in three of four lists.
TEST(RatingCoverage, AChainOfFewGames) { CheckChain(40, 0, 0, 30.0); }
TEST(RatingCoverage, AChainOfManyGames) { CheckChain(400, 0, 0, 5.0); }

// Openings worth 250 Elo to one colour, and draws: games of a pair are not independent.
TEST(RatingCoverage, AChainOfUnevenOpenings) {
  CheckChain(40, 0, 250, 30.0);
  CheckChain(400, 0, 250, 5.0);
}
TEST(RatingCoverage, AChainWithDraws) { CheckChain(400, 150, 100, 5.0); }

// An agent of 2,100 placed on anchors that were measured by 40 games a match themselves.
TEST(RatingCoverage, AnAgentOnMeasuredAnchorsCarriesTheirErrors) {
  const std::vector<Meeting> meetings = Meetings(0, 0);
  std::vector<std::optional<double>> fixed(kTruth.size() + 1);
  fixed[0] = 0.0;
  const PairModel below(2100 - kTruth[4], 0, 0);
  const PairModel above(2100 - kTruth[5], 0, 0);
  Tally agent, on_anchor;
  for (int list = 0; list < kLists; ++list) {
    Rng rng(12, RngRole::kTest, static_cast<std::uint64_t>(list));
    std::vector<PairScore> scores;
    for (const Meeting& m : meetings) scores.push_back({m.a, m.b, Play(m.model, 40, rng)});
    scores.push_back({8, 4, Play(below, 100, rng)});
    scores.push_back({8, 5, Play(above, 100, rng)});
    const RatingFit fit = FitRatings(fixed, scores);
    agent.Add(*fit.ratings()[8], 2100);
    on_anchor.Add(*fit.Difference(8, 4), 2100 - kTruth[4]);
  }
  agent.Print("2100");
  on_anchor.Print("2100 - 1878");
  EXPECT_NEAR(agent.coverage(), 0.95, 0.02);
  EXPECT_NEAR(on_anchor.coverage(), 0.95, 0.02);
  EXPECT_LT(on_anchor.half_widths, 0.3 * agent.half_widths);
}

// As progress of training is measured: 20 games against one fixed anchor.
TEST(RatingCoverage, AFewGamesAgainstOneFixedPlayer) {
  for (const double truth : {0.0, 150.0, 300.0}) {
    const PairModel model(truth, 0, 0);
    Tally tally;
    for (int list = 0; list < kLists; ++list) {
      Rng rng(13, RngRole::kTest, static_cast<std::uint64_t>(list));
      const RatingFit fit = FitRatings({0.0, std::nullopt}, {{1, 0, Play(model, 20, rng)}});
      tally.Add(*fit.ratings()[1], truth);
    }
    tally.Print(std::to_string(static_cast<int>(truth)).c_str());
    EXPECT_NEAR(tally.coverage(), 0.95, 0.03) << truth;
  }
}

}  // namespace
}  // namespace tengen

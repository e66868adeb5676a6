// Error rates of the sequential test: 6,000 simulated matches at each hypothesis, alpha = beta =
// 0.05, pairs as in tests/support/pair_model.h. Prints a table.

#include <cstdio>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "experiments/statistics/sprt.h"
#include "tests/support/pair_model.h"

namespace tengen {
namespace {

constexpr int kMatches = 6000;

struct Rates {
  double error = 0.0;
  double pairs = 0.0;  // on average
};

Rates Measure(const SprtConfig& config, double truth, double draw, double bias) {
  const PairModel model(truth, draw, bias);
  Rates rates;
  for (int match = 0; match < kMatches; ++match) {
    Rng rng(7, RngRole::kTest, static_cast<std::uint64_t>(match));
    Sprt sprt(config);
    while (sprt.verdict() == SprtVerdict::kUndecided) sprt.Add(model.Draw(rng));
    const bool wrong = (sprt.verdict() == SprtVerdict::kH1) != (truth == config.elo1);
    rates.error += (wrong ? 1.0 : 0.0) / kMatches;
    rates.pairs += static_cast<double>(sprt.pairs().pairs()) / kMatches;
  }
  return rates;
}

// How far an error rate may lie from what was asked.
enum class Wanted {
  kWithinAPoint,
  kNoMore,  // no more than a point above; fewer errors are fine
};

void Check(double elo0, double elo1, double draw, double bias, Wanted wanted) {
  const SprtConfig config{elo0, elo1, 0.05, 0.05};
  for (const double truth : {elo0, elo1}) {
    const Rates rates = Measure(config, truth, draw, bias);
    std::printf("H0 %g, H1 %g, draw %g, bias %g, truth %g: %.2f %% wrong after %.0f pairs\n", elo0,
                elo1, draw, bias, truth, 100 * rates.error, rates.pairs);
    std::fflush(stdout);
    EXPECT_LE(rates.error, 0.06);
    if (wanted == Wanted::kWithinAPoint) {
      EXPECT_GE(rates.error, 0.04);
    }
  }
}

// Go with half-point komi: no draws.
TEST(SprtErrors, GamesWithoutDraws) {
  Check(0, 10, 0, 0, Wanted::kWithinAPoint);
  Check(0, 50, 0, 0, Wanted::kWithinAPoint);
}

// Openings that are worth 250 Elo to one colour.
TEST(SprtErrors, UnbalancedOpenings) {
  Check(0, 10, 0, 250, Wanted::kWithinAPoint);
  Check(0, 50, 0, 250, Wanted::kWithinAPoint);
  Check(-10, 20, 0, 250, Wanted::kWithinAPoint);
}

// Half of the games between equals are drawn.
TEST(SprtErrors, GamesWithDraws) {
  Check(0, 10, 200, 100, Wanted::kWithinAPoint);
  Check(0, 50, 200, 100, Wanted::kNoMore);
}

// Four of five games between equals are drawn, and a few pairs decide: errors are rarer than asked.
TEST(SprtErrors, NearlyAllGamesDrawn) {
  Check(0, 10, 400, 150, Wanted::kNoMore);
  Check(0, 50, 400, 150, Wanted::kNoMore);
}

// Of a thousand games between equals one is not drawn.
TEST(SprtErrors, AlmostEveryGameDrawn) {
  Check(0, 10, 1200, 0, Wanted::kNoMore);
  Check(-10, 10, 1200, 0, Wanted::kNoMore);
  Check(-10, 20, 1200, 100, Wanted::kNoMore);
}

// Equality is the truth then: the hypothesis farther from it is never accepted, and neither is
// where both are as far.
TEST(SprtErrors, EveryGameDrawn) {
  const struct {
    double elo0, elo1;
    SprtVerdict verdict;
  } cases[] = {{0, 10, SprtVerdict::kH0},           {0, 1, SprtVerdict::kH0},
               {-5, 20, SprtVerdict::kH0},          {-10, 0, SprtVerdict::kH1},
               {-20, 5, SprtVerdict::kH1},          {-300, 100, SprtVerdict::kH1},
               {-1, 1, SprtVerdict::kUndecided},    {-10, 10, SprtVerdict::kUndecided},
               {-500, 500, SprtVerdict::kUndecided}};
  for (const auto& test : cases) {
    Sprt sprt({test.elo0, test.elo1, 0.05, 0.05});
    for (int pair = 0; pair < 100000 && sprt.verdict() == SprtVerdict::kUndecided; ++pair) {
      sprt.Add(2);
    }
    EXPECT_EQ(sprt.verdict(), test.verdict) << test.elo0 << " to " << test.elo1;
    std::printf("H0 %g, H1 %g, all drawn: %s after %lld pairs\n", test.elo0, test.elo1,
                std::string(SprtVerdictText(sprt.verdict())).c_str(),
                static_cast<long long>(sprt.pairs().pairs()));
  }
}

}  // namespace
}  // namespace tengen

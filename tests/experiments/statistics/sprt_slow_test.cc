// Error rates of the sequential test: 2,000 simulated matches at each hypothesis, alpha = beta =
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

}  // namespace
}  // namespace tengen

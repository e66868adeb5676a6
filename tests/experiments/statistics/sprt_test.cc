#include "experiments/statistics/sprt.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "tests/support/pair_model.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// Results that Stockfish's test site (fishtest) printed with its ratio, from pull requests of
// official-stockfish/Stockfish; hypotheses in braces there are on the logistic scale. The three
// neutral pairs move the ratio in the third digit.
TEST(PentanomialLlr, AgreesWithFishtest) {
  const struct {
    int pull_request;
    Pentanomial pairs;
    double elo0, elo1, llr;
  } cases[] = {{2493, {{424, 2948, 5832, 3045, 460}}, -1.0, 3.0, 2.94},
               {2493, {{1284, 17437, 55536, 18085, 1292}}, 0.0, 2.0, 2.94},
               {3098, {{491, 7345, 29693, 7670, 465}}, -0.25, 1.25, 2.96},
               {3098, {{53, 2220, 21459, 2445, 47}}, 0.25, 1.25, 2.97},
               {3209, {{253, 4282, 17604, 4431, 286}}, -0.25, 1.25, 2.94},
               {3209, {{58, 3302, 33130, 3518, 84}}, 0.25, 1.25, 2.97},
               {3331, {{115, 2196, 11328, 2317, 136}}, -0.25, 1.25, 2.94},
               {3331, {{14, 1030, 14318, 1163, 19}}, 0.25, 1.25, 2.93}};
  for (const auto& test : cases) {
    EXPECT_NEAR(PentanomialLlr(test.pairs, test.elo0, test.elo1), test.llr, 0.01)
        << test.pull_request;
  }
}

TEST(PentanomialLlr, ChangesSignWithTheView) {
  const Pentanomial pairs{{10, 30, 80, 50, 25}};
  const Pentanomial mirrored{{25, 50, 80, 30, 10}};
  EXPECT_NEAR(PentanomialLlr(pairs, -5.0, 20.0), -PentanomialLlr(mirrored, -20.0, 5.0), 1e-9);
  EXPECT_NEAR(PentanomialLlr({{10, 20, 40, 20, 10}}, -10.0, 10.0), 0.0, 1e-9);
  EXPECT_NEAR(PentanomialLlr({}, 0.0, 10.0), 0.0, 1e-6) << "nothing seen, nothing known";
}

TEST(Sprt, ClearResultsEndItEitherWay) {
  Sprt better({0.0, 100.0, 0.05, 0.05});
  Sprt worse({0.0, 100.0, 0.05, 0.05});
  EXPECT_EQ(better.verdict(), SprtVerdict::kUndecided);
  for (int i = 0; i < 50; ++i) {
    better.Add(i % 2 == 0 ? 4 : 3);
    worse.Add(i % 2 == 0 ? 1 : 2);
  }
  EXPECT_EQ(better.verdict(), SprtVerdict::kH1);
  EXPECT_EQ(worse.verdict(), SprtVerdict::kH0);
  EXPECT_LT(better.pairs().pairs(), 50) << "a verdict ends the counting";
  EXPECT_GE(better.llr(), better.upper());
  EXPECT_LE(worse.llr(), worse.lower());
}

TEST(Sprt, OnePairDecidesNothing) {
  for (int half_points = 0; half_points <= 4; ++half_points) {
    Sprt sprt({0.0, 10.0, 0.05, 0.05});
    sprt.Add(half_points);
    EXPECT_EQ(sprt.verdict(), SprtVerdict::kUndecided) << half_points;
  }
}

// Pairs that all split one to one have no variance, and tell nothing where the hypotheses lie
// equally far from equality.
TEST(Sprt, NothingButSplitPairsStaysUndecided) {
  Sprt sprt({-10.0, 10.0, 0.05, 0.05});
  for (int pair = 0; pair < 10000; ++pair) {
    sprt.Add(2);
    ASSERT_EQ(sprt.verdict(), SprtVerdict::kUndecided) << pair;
  }
  EXPECT_NEAR(sprt.llr(), 0.0, 1e-6);
  // Wald's own bounds: log(0.95 / 0.05).
  EXPECT_NEAR(sprt.lower(), -2.944439, 1e-4);
  EXPECT_NEAR(sprt.upper(), 2.944439, 1e-4);
}

TEST(Sprt, OneHalfPointAfterManySplitPairsDecidesNothing) {
  for (const double elo : {10.0, 100.0}) {
    for (const int half_points : {1, 3}) {
      Sprt sprt({-elo, elo, 0.05, 0.05});
      for (int pair = 0; pair < 100; ++pair) sprt.Add(2);
      sprt.Add(half_points);
      EXPECT_EQ(sprt.verdict(), SprtVerdict::kUndecided) << elo << " " << half_points;
      EXPECT_GT(std::fabs(sprt.llr()), 0.5) << elo << " " << half_points;
      EXPECT_NEAR(sprt.lower(), -2.944439, 1e-4) << "one step moves no bound";
      EXPECT_NEAR(sprt.upper(), 2.944439, 1e-4);
    }
  }
}

TEST(Sprt, TheBoundMovesByTheExcessOfTheStepsSoFar) {
  Sprt sprt({-10.0, 10.0, 0.05, 0.05});
  double record = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  for (const int half_points : {3, 1, 4, 2, 4, 3}) {
    sprt.Add(half_points);
    if (sprt.llr() <= record) continue;
    sum += sprt.llr() - record;
    squares += (sprt.llr() - record) * (sprt.llr() - record);
    record = sprt.llr();
  }
  const double factor = 1.0 - squares / (sum * sum);
  EXPECT_NEAR(sprt.upper(), 2.944439 - factor * squares / (2.0 * sum), 1e-4);
  EXPECT_LT(sprt.upper(), 2.944);
  EXPECT_NEAR(sprt.lower(), -2.944439, 1e-4) << "the ratio never went there";
}

TEST(Sprt, SplitPairsSpeakForTheHypothesisOfEquality) {
  Sprt none_or_better({0.0, 10.0, 0.05, 0.05});
  Sprt worse_or_none({-10.0, 0.0, 0.05, 0.05});
  for (int pair = 0; pair < 1000; ++pair) {
    none_or_better.Add(2);
    worse_or_none.Add(2);
  }
  EXPECT_EQ(none_or_better.verdict(), SprtVerdict::kH0);
  EXPECT_LE(none_or_better.llr(), none_or_better.lower());
  EXPECT_EQ(worse_or_none.verdict(), SprtVerdict::kH1);
  EXPECT_GE(worse_or_none.llr(), worse_or_none.upper());
  EXPECT_GT(none_or_better.pairs().pairs(), 50) << "a pair says little";
}

// A pair is worth more than the whole test here; the bounds stay nearly Wald's.
TEST(Sprt, LongStepsMoveTheBoundLittle) {
  Sprt sprt({-900.0, 900.0, 0.05, 0.05});
  while (sprt.verdict() == SprtVerdict::kUndecided) sprt.Add(4);
  EXPECT_EQ(sprt.verdict(), SprtVerdict::kH1);
  EXPECT_GT(sprt.upper(), 2.944 - sprt.llr() / 8.0);
  EXPECT_GE(sprt.llr(), sprt.upper());
}

// A quick look at the error rates; sprt_slow_test.cc measures them.
TEST(Sprt, ErrsAboutAsOftenAsAsked) {
  constexpr int kMatches = 1000;
  for (const double truth : {0.0, 50.0}) {
    const PairModel model(truth, 0.0, 250.0);
    int errors = 0;
    for (int match = 0; match < kMatches; ++match) {
      Rng rng(5, RngRole::kTest, static_cast<std::uint64_t>(match));
      Sprt sprt({0.0, 50.0, 0.05, 0.05});
      while (sprt.verdict() == SprtVerdict::kUndecided) sprt.Add(model.Draw(rng));
      errors += (sprt.verdict() == SprtVerdict::kH1) != (truth > 0.0) ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(errors) / kMatches, 0.05, 0.02) << truth;
  }
}

TEST(SprtConfig, ReadsItsText) {
  const auto config = SprtConfig::Parse("elo0=-5,elo1=5,alpha=0.01");
  ASSERT_TRUE(config.ok()) << config.error();
  EXPECT_EQ(config->elo0, -5.0);
  EXPECT_EQ(config->elo1, 5.0);
  EXPECT_EQ(config->alpha, 0.01);
  EXPECT_EQ(config->beta, 0.05);
}

TEST(SprtConfig, BadTextSaysWhatIsWanted) {
  EXPECT_THAT(SprtConfig::Parse("elo0=0").error(), HasSubstr("without elo1"));
  EXPECT_THAT(SprtConfig::Parse("elo0=0,elo1=x").error(), HasSubstr("elo1: 'x', wanted a number"));
  EXPECT_THAT(SprtConfig::Parse("elo0=0,elo1=nan").error(), HasSubstr("wanted a number"));
  EXPECT_THAT(SprtConfig::Parse("elo0=10,elo1=0").error(), HasSubstr("wanted elo0 < elo1"));
  EXPECT_THAT(SprtConfig::Parse("elo0=0,elo1=10,alpha=0.6").error(), HasSubstr("below 0.5"));
  EXPECT_THAT(SprtConfig::Parse("elo0=0,elo1=10,gamma=1").error(), HasSubstr("wanted elo0="));
  EXPECT_THAT(SprtConfig::Parse("elo0=0,elo1=1e9").error(), HasSubstr("-1000 to 1000"));
  EXPECT_THAT(SprtConfig::Parse("fast").error(), HasSubstr("wanted elo0="));
}

}  // namespace
}  // namespace tengen

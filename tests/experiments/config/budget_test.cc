#include "experiments/config/budget.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(Budget, ReadsEachUnit) {
  EXPECT_EQ(Budget::Parse("90s")->amount, 90.0);
  EXPECT_EQ(Budget::Parse("10m")->amount, 600.0);
  EXPECT_EQ(Budget::Parse("1.5h")->amount, 5400.0);
  EXPECT_EQ(Budget::Parse("500steps")->unit, Budget::Unit::kSteps);
  EXPECT_EQ(Budget::Parse("200games")->unit, Budget::Unit::kGames);
  EXPECT_EQ(Budget::Parse("50000evals")->unit, Budget::Unit::kEvaluations);
  EXPECT_EQ(Budget::Parse("50000evals")->Text(), "50000 evaluations");
}

TEST(Budget, RefusesWhatHasNoUnitOrNoSense) {
  for (const char* text :
       {"", "10", "m", "-5m", "0s", "1.5steps", "10 m", "10mm", "inf s", "nans"}) {
    EXPECT_FALSE(Budget::Parse(text).ok()) << text;
  }
}

TEST(Budget, UsedCountsItsOwnUnitOnly) {
  EXPECT_DOUBLE_EQ(Budget::Parse("100s")->Used(25.0, 1000, 1000), 0.25);
  EXPECT_DOUBLE_EQ(Budget::Parse("100steps")->Used(1e9, 50, 1000), 0.5);
  EXPECT_DOUBLE_EQ(Budget::Parse("100games")->Used(1e9, 1000, 200), 2.0);
  EXPECT_DOUBLE_EQ(Budget::Parse("100evals")->Used(1e9, 1000, 200, 50), 0.5);
}

TEST(DurationText, ReadsWell) {
  EXPECT_EQ(DurationText(45.4), "45 s");
  EXPECT_EQ(DurationText(600), "10 min");
  EXPECT_EQ(DurationText(3 * 3600 + 5 * 60), "3 h 05 min");
}

}  // namespace
}  // namespace tengen

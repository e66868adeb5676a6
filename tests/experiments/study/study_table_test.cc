#include "experiments/study/study_table.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/study/study_page.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Pairs of 20 that score 0, .25, .5 and .75.
const Pentanomial kLost = {{20, 0, 0, 0, 0}};
const Pentanomial kQuarter = {{10, 0, 10, 0, 0}};
const Pentanomial kEven = {{0, 0, 20, 0, 0}};
const Pentanomial kThree = {{0, 0, 10, 0, 10}};

Study TwoVariants() {
  Study study;
  study.name = "example";
  study.base = "go5";
  study.variants = {{"base", {}, ""}, {"new", {}, ""}};
  study.seeds = 3;
  study.budget = 1000;
  study.points = 2;
  study.anchor = "mcts:200";
  return study;
}

// base reaches half of the points at 1000 (seed 1) and 750 (seed 2), new at 500 both times.
StudyResults Results() {
  StudyResults results;
  results.runs = {
      {"base", 1, "", {{0, 0.0, kLost}, {50, 500.0, kQuarter}, {100, 1000.0, kEven}}},
      {"base", 2, "", {{0, 0.0, kLost}, {50, 500.0, kQuarter}, {100, 1000.0, kThree}}},
      {"base", 3, "train: exit code 3", {}},
      {"new", 1, "", {{0, 0.0, kLost}, {50, 500.0, kEven}, {100, 1000.0, kEven}}},
      {"new", 2, "", {{0, 0.0, kLost}, {50, 500.0, kEven}, {100, 1000.0, kEven}}},
  };
  return results;
}

TEST(ComputeToReach, LiesOnTheLineBetweenTwoPoints) {
  const StudyResults results = Results();
  EXPECT_DOUBLE_EQ(*ComputeToReach(results.runs[0].points, 0.5), 1000.0);
  EXPECT_DOUBLE_EQ(*ComputeToReach(results.runs[1].points, 0.5), 750.0);
  EXPECT_DOUBLE_EQ(*ComputeToReach(results.runs[0].points, 0.125), 250.0);
  EXPECT_FALSE(ComputeToReach(results.runs[0].points, 0.6).has_value());
  EXPECT_FALSE(ComputeToReach({}, 0.5).has_value());
  // Already there at first.
  EXPECT_DOUBLE_EQ(*ComputeToReach({{0, 0.0, kEven}}, 0.5), 0.0);
}

TEST(StudyRows, MatchHandComputedNumbers) {
  const std::vector<StudyRow> rows = StudyRows(TwoVariants(), Results());
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].runs, 2);
  EXPECT_EQ(rows[0].failed, 1);
  EXPECT_EQ(rows[0].reached, 2);
  // 875 +- t(1) 176.7767 / sqrt 2 = 12.7062 * 125.
  EXPECT_NEAR(rows[0].to_reach->value, 875.0, 1e-6);
  EXPECT_NEAR(rows[0].to_reach->high, 875.0 + 1588.275, 0.01);
  EXPECT_FALSE(rows[0].ratio.has_value());
  EXPECT_FALSE(rows[0].gain.has_value());
  EXPECT_NEAR(rows[1].to_reach->value, 500.0, 1e-6);
  // log .5 = -.693147 and log 2/3 = -.405465: mean -.549306, half width 12.7062 * .143841.
  EXPECT_NEAR(rows[1].ratio->value, std::sqrt(1.0 / 3.0), 1e-6);
  EXPECT_NEAR(rows[1].ratio->low, std::exp(-0.549306 - 1.827672), 1e-4);
  EXPECT_NEAR(rows[1].ratio->high, std::exp(-0.549306 + 1.827672), 1e-3);
  // Half of the points against the anchor is its strength.
  EXPECT_NEAR(rows[1].elo->value, 0.0, 1e-6);
  EXPECT_GT(rows[0].elo->value, 50.0);
  EXPECT_NEAR(rows[1].gain->value, -rows[0].elo->value, 1e-6);
}

TEST(StudyRows, DuelsMoveTheRatingsOfBoth) {
  StudyResults results = Results();
  results.duels = {{"new", 1, "", kThree}, {"new", 2, "", kThree}};
  const std::vector<StudyRow> before = StudyRows(TwoVariants(), Results());
  const std::vector<StudyRow> after = StudyRows(TwoVariants(), results);
  EXPECT_GT(after[1].gain->value, before[1].gain->value + 50.0);
  EXPECT_GT(after[1].elo->value, before[1].elo->value);
  EXPECT_LT(after[0].elo->value, before[0].elo->value);
}

TEST(StudyRows, ComputeOfRunsThatDidNotReachItIsNotLeftOut) {
  StudyResults results = Results();
  results.runs[1].points.back().pairs = kQuarter;
  const std::vector<StudyRow> rows = StudyRows(TwoVariants(), results);
  EXPECT_EQ(rows[0].reached, 1);
  EXPECT_FALSE(rows[0].to_reach.has_value());
  EXPECT_NEAR(rows[1].ratio->value, 0.5, 1e-9) << "of seed 1 alone";
}

TEST(StudyTable, SaysWhatFailedAndWhatIsMissing) {
  StudyResults results = Results();
  results.elsewhere = 1;
  results.left = 2;
  const std::string table = StudyTable(TwoVariants(), "go:size=5", results);
  EXPECT_THAT(table, HasSubstr("| base | 2 | 1 | "));
  EXPECT_THAT(table, HasSubstr("| 2 of 2 | 500 (500 to 500) | 0.58 (0.09 to 3.59) |"));
  EXPECT_THAT(table, HasSubstr("Failed: base-3, train: exit code 3."));
  EXPECT_THAT(table, HasSubstr("Another runner is making 1 more."));
  EXPECT_THAT(table, HasSubstr("Not made yet: 2."));
}

// A ratio to no compute at all is none.
TEST(StudyTable, SaysWhichPairsReachedItUntrained) {
  StudyResults results = Results();
  EXPECT_THAT(StudyTable(TwoVariants(), "go:size=5", results), Not(HasSubstr("ntrained")));
  results.runs[3].points.front().pairs = kEven;
  const std::string table = StudyTable(TwoVariants(), "go:size=5", results);
  EXPECT_THAT(table, HasSubstr("Untrained already at 50 %, so its pair is not in a ratio: new-1."));
  const std::vector<StudyRow> rows = StudyRows(TwoVariants(), results);
  EXPECT_NEAR(rows[1].ratio->value, 500.0 / 750.0, 1e-9) << "of seed 2 alone";
  results.runs[1].points.front().pairs = kThree;
  EXPECT_THAT(
      StudyTable(TwoVariants(), "go:size=5", results),
      HasSubstr("Untrained already at 50 %, so their pairs are not in a ratio: base-2, new-1."));
  EXPECT_THAT(StudyTableJson(TwoVariants(), "go:size=5", results)["untrained"],
              testing::ElementsAre("base-2", "new-1"));
}

TEST(StudyTable, OneSeedHasNoInterval) {
  StudyResults results = Results();
  results.runs = {results.runs[0], results.runs[3]};
  const std::string table = StudyTable(TwoVariants(), "go:size=5", results);
  EXPECT_THAT(table, HasSubstr("500 (no interval)"));
  const auto json = StudyTableJson(TwoVariants(), "go:size=5", results);
  EXPECT_FALSE(json["rows"][1]["to_reach"].contains("low"));
}

TEST(StudyTable, NothingMadeYetIsATableToo) {
  const std::string table = StudyTable(TwoVariants(), "go:size=5", {});
  EXPECT_THAT(table, HasSubstr("| new | 0 | 0 | - | - | 0 of 0 | - | - |"));
}

// Run 1 stored three networks, run 2 two: at 500 it is on the line between its own.
TEST(StudyChart, JoinsRunsWhereTheyUsedAsMuchCompute) {
  StudyResults results;
  results.runs = {
      {"base", 1, "", {{0, 0.0, kLost}, {50, 500.0, kQuarter}, {100, 1000.0, kEven}}},
      {"base", 2, "", {{0, 0.0, kLost}, {100, 1000.0, kThree}}},
      {"new", 1, "", {{0, 0.0, kLost}, {40, 400.0, kEven}, {95, 950.0, kEven}}},
      {"new", 2, "", {{0, 0.0, kLost}, {60, 600.0, kThree}, {105, 1050.0, kThree}}},
  };
  const Chart chart = StudyChart(TwoVariants(), results);
  ASSERT_EQ(chart.lines.size(), 2U);
  EXPECT_THAT(chart.lines[0].x, testing::ElementsAre(0.0, 500.0, 1000.0));
  EXPECT_THAT(chart.lines[0].y, testing::ElementsAre(0.0, (0.25 + 0.375) / 2, 0.625));
  // Nothing is known of seed 1 of "new" beyond 950.
  EXPECT_THAT(chart.lines[1].x, testing::ElementsAre(0.0, 500.0, 950.0));
  EXPECT_THAT(chart.lines[1].y, testing::ElementsAre(0.0, (0.5 + 0.625) / 2, 0.625));
}

TEST(StudyPage, ShowsTableAndCurvesAndEscapesText) {
  Study study = TwoVariants();
  study.about = "<script>alert(1)</script>";
  const std::string page = StudyPage(study, "go:size=5", Results());
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("0.58 (0.09 to 3.59)"));
  EXPECT_THAT(page, HasSubstr("<figure"));
  EXPECT_THAT(StudyPage(study, "go:size=5", {}), HasSubstr("No run was measured yet."));
  const Chart chart = StudyChart(study, Results());
  ASSERT_EQ(chart.lines.size(), 2U);
  EXPECT_THAT(chart.lines[0].x, testing::ElementsAre(0.0, 500.0, 1000.0));
  EXPECT_THAT(chart.lines[0].y, testing::ElementsAre(0.0, 0.25, 0.625));
}

}  // namespace
}  // namespace tengen

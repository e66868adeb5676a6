#include "experiments/runs/metric_table.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNan;

MetricTable TableOf(const std::vector<nlohmann::json>& lines) {
  MetricTable table;
  for (const nlohmann::json& line : lines) table.Add(line);
  return table;
}

TEST(MetricTable, HasAColumnForEachNumberAlsoInsideObjects) {
  const MetricTable table = TableOf({{{"seconds", 5.0},
                                      {"games", 3},
                                      {"loss", {{"policy", 1.5}, {"text", "x"}}},
                                      {"idle", ""},
                                      {"list", {1, 2}}}});
  EXPECT_THAT(table.Names(""), ElementsAre("games", "loss.policy"));
  EXPECT_THAT(table.Names("loss."), ElementsAre("loss.policy"));
  EXPECT_THAT(table.Column("loss.policy"), ElementsAre(1.5));
  EXPECT_THAT(table.Column("seconds"), ElementsAre(5.0));
  EXPECT_THAT(table.Column("none"), IsEmpty());
}

TEST(MetricTable, GapsAreNanAndTheLastNumberSkipsThem) {
  const MetricTable table = TableOf({{{"seconds", 1.0}, {"a", 10}},
                                     {{"seconds", 2.0}, {"b", 20}},
                                     {{"seconds", 3.0}, {"b", 30}}});
  EXPECT_THAT(table.Column("a"), ElementsAre(10.0, IsNan(), IsNan()));
  EXPECT_THAT(table.Column("b"), ElementsAre(IsNan(), 20.0, 30.0));
  EXPECT_EQ(table.Last("a"), 10.0);
  EXPECT_EQ(table.Last("none", -1.0), -1.0);
}

TEST(MetricTable, LinesWithoutATimeAreLeftOut) {
  EXPECT_EQ(TableOf({{{"games", 3}}, {{"seconds", "soon"}, {"games", 4}}}).rows(), 0U);
}

// A killed run goes on from an earlier moment: rows from there on were lost, in every column.
TEST(MetricTable, AnEarlierMomentTakesTheRowsBehindItAway) {
  const MetricTable table = TableOf({{{"seconds", 1.0}, {"a", 1}},
                                     {{"seconds", 2.0}, {"a", 2}, {"b", 2}},
                                     {{"seconds", 3.0}, {"a", 3}},
                                     {{"seconds", 2.0}, {"a", 4}}});
  EXPECT_THAT(table.seconds(), ElementsAre(1.0, 2.0));
  EXPECT_THAT(table.Column("a"), ElementsAre(1.0, 4.0));
  EXPECT_THAT(table.Column("b"), ElementsAre(IsNan(), IsNan()));
}

TEST(MetricTable, RatesAreGrowthOverTheStretch) {
  MetricTable table = TableOf({{{"seconds", 0.0}, {"games", 0}},
                               {{"seconds", 5.0}, {"games", 10}},
                               {{"seconds", 10.0}, {"games", 40}},
                               {{"seconds", 15.0}, {"games", 50}}});
  table.AddRate("games_per_s", "games", 10.0);
  // 10 / 5, then 40 / 10, then (50 - 10) / 10.
  EXPECT_THAT(table.Column("games_per_s"), ElementsAre(IsNan(), 2.0, 4.0, 4.0));
}

TEST(MetricTable, ARateIsMissingWhereTheCountFell) {
  MetricTable table =
      TableOf({{{"seconds", 0.0}, {"games", 10}}, {{"seconds", 5.0}, {"games", 4}}});
  table.AddRate("games_per_s", "games", 20.0);
  EXPECT_THAT(table.Column("games_per_s"), ElementsAre(IsNan(), IsNan()));
  table.AddRate("none_per_s", "none", 20.0);
  EXPECT_THAT(table.Column("none_per_s"), IsEmpty());
}

}  // namespace
}  // namespace tengen

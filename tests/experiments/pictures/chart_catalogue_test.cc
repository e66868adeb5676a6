#include "experiments/pictures/chart_catalogue.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

std::vector<std::string> Titles(int num_players) {
  std::vector<std::string> titles;
  for (const KnownChart* chart : WindowCharts(num_players)) titles.emplace_back(chart->title);
  return titles;
}

TEST(ChartCatalogue, TheWindowBeginsWithStrengthAndLosses) {
  EXPECT_THAT(Titles(2).at(0), "Elo against fixed opponents");
  EXPECT_THAT(Titles(1).at(0), "Return");
  EXPECT_THAT(Titles(2).at(1), "Loss");
  EXPECT_THAT(Titles(1).at(1), "Loss");
}

TEST(ChartCatalogue, GamesOfOnePlayerHaveReturnsInPlaceOfResults) {
  EXPECT_THAT(Titles(2), testing::Contains("Results of self-play"));
  EXPECT_THAT(Titles(2), testing::Not(testing::Contains("Return of self-play")));
  EXPECT_THAT(Titles(1), testing::Contains("Return of self-play"));
  EXPECT_THAT(Titles(1), testing::Not(testing::Contains("Results of self-play")));
}

TEST(ChartCatalogue, NoTwoChartsOfAGameShareAPlaceInTheWindow) {
  for (const int players : {1, 2}) {
    std::set<int> places;
    for (const KnownChart* chart : WindowCharts(players)) {
      EXPECT_TRUE(places.insert(chart->window_place).second) << chart->title;
    }
    EXPECT_GE(places.size(), 10U);
  }
}

TEST(ChartCatalogue, NoNumberIsShownTwice) {
  for (const auto* groups : {&StatusCharts(), &EvaluationCharts()}) {
    std::set<std::string> columns;
    for (const KnownChartGroup& group : *groups) {
      for (const KnownChart& chart : group.charts) {
        for (const KnownLine& line : chart.lines) {
          EXPECT_TRUE(columns.insert(line.column).second) << line.column;
        }
      }
    }
  }
}

}  // namespace
}  // namespace tengen

#include "experiments/pictures/chart_catalogue.h"

#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/train/metrics_lines.h"

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

using ::testing::HasSubstr;

// Numbers that differ in every mean from those of Other().
SelfPlayStats Some() {
  SelfPlayStats stats;
  stats.games = 10;
  stats.game_plies = 100;
  stats.first_wins = 5;
  stats.draws = 1;
  stats.returns = 2.0;
  stats.positions = 50;
  stats.policy_entropy = 60.0;
  stats.batch_slots = 100;
  stats.evaluations = 90;
  stats.simulator_calls = 1000;
  stats.resigned = 3;
  stats.played_on = 4;
  stats.would_have_resigned = 2;
  stats.false_resignations = 1;
  return stats;
}

SelfPlayStats Other() {
  SelfPlayStats stats = Some();
  stats.games = 20;
  stats.returns = 3.0;
  stats.draws = 5;
  stats.first_wins = 6;
  stats.policy_entropy = 30.0;
  stats.evaluations = 80;
  stats.simulator_calls = 5000;
  stats.resigned = 7;
  stats.played_on = 8;
  stats.would_have_resigned = 8;
  return stats;
}

RunStatus StatusOf(const SelfPlayStats& session) {
  RunStatus status;
  status.selfplay = session;
  return status;
}

// Columns of the status line that differ between the two.
std::set<std::string> Differing(const nlohmann::json& a, const nlohmann::json& b) {
  std::set<std::string> names;
  for (const auto& [name, value] : a.items()) {
    if (b.at(name) != value) names.insert(name);
  }
  return names;
}

std::map<std::string, ChartSpan> SpansOfColumns() {
  std::map<std::string, ChartSpan> spans;
  for (const KnownChartGroup& group : StatusCharts()) {
    for (const KnownChart& chart : group.charts) {
      for (const KnownLine& line : chart.lines) spans[line.column] = chart.span;
    }
  }
  return spans;
}

// What a note says of a number is what StatusMetrics does: of self-play, numbers that follow the
// stretch since the last line, and numbers that follow the session.
TEST(StatusCharts, NotesTellTheStretchThatANumberReallyCovers) {
  const nlohmann::json line = StatusMetrics(StatusOf(Some()), Some(), 0, {});
  const auto since_line = Differing(line, StatusMetrics(StatusOf(Some()), Other(), 0, {}));
  const auto session = Differing(line, StatusMetrics(StatusOf(Other()), Some(), 0, {}));
  ASSERT_EQ(since_line.size(), 6U);
  ASSERT_EQ(session.size(), 4U);
  for (const auto& [column, span] : SpansOfColumns()) {
    EXPECT_EQ(since_line.count(column) > 0 || column == "grad_norm", span == ChartSpan::kSinceLine)
        << column;
    EXPECT_EQ(session.count(column) > 0, span == ChartSpan::kSession) << column;
  }
}

TEST(StatusCharts, KnowEachNumberOfSelfPlay) {
  const auto spans = SpansOfColumns();
  const nlohmann::json line = StatusMetrics(StatusOf(Some()), Some(), 0, {});
  for (const char* column : {"policy_entropy", "mean_plies", "mean_return", "draw_share",
                             "batch_fill", "resigned_games", "simulator_calls"}) {
    EXPECT_TRUE(line.contains(column)) << column;
    EXPECT_EQ(spans.count(column), 1U) << column;
  }
}

TEST(SpanNote, SaysItInWords) {
  EXPECT_STREQ(SpanNote(ChartSpan::kUntold), "");
  EXPECT_THAT(SpanNote(ChartSpan::kSinceLine), HasSubstr("since the point before"));
  EXPECT_THAT(SpanNote(ChartSpan::kTenSeconds), HasSubstr("ten seconds"));
  EXPECT_THAT(SpanNote(ChartSpan::kTwentySeconds), HasSubstr("twenty seconds"));
  EXPECT_THAT(SpanNote(ChartSpan::kSession), HasSubstr("newest start"));
}

}  // namespace
}  // namespace tengen

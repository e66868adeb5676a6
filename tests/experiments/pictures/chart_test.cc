#include "experiments/pictures/chart.h"

#include <cmath>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/pictures/return_chart.h"
#include "tests/support/markup_check.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

int Count(const std::string& text, const std::string& word) {
  int n = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++n;
  return n;
}

Chart SmallChart() {
  Chart chart;
  chart.title = "Loss";
  chart.x_title = "training time";
  chart.y_title = "nats";
  chart.lines = {{"policy", {0.0, 50.0, 100.0}, {1.0, 3.0, 2.0}, {}, {}, LineLook::kLine, 0}};
  return chart;
}

TEST(ChartTest, PutsPointsWhereTheAxesSay) {
  Chart chart = SmallChart();
  chart.from_zero = true;
  const std::string svg = ChartFigure(chart);
  // x: 0 to 100 between 46 and 408. y: 0 to 3 plus 6 % of the width 2, 3.12, between 212 and 28.
  EXPECT_THAT(svg, HasSubstr("data-x=\"0 100\" data-y=\"0 3.12\" data-box=\"46 28 408 212\""));
  EXPECT_THAT(svg, HasSubstr("points=\"46,153.03 227,35.08 408,94.05\""));
  EXPECT_THAT(svg, HasSubstr("data-label=\"policy\""));
  EXPECT_THAT(svg, HasSubstr(">1 min</text>"));
}

TEST(ChartTest, SaysWhatItShowsInWords) {
  const std::string svg = ChartFigure(SmallChart());
  EXPECT_THAT(svg, HasSubstr("<title>Loss</title>"));
  EXPECT_THAT(svg, HasSubstr("nats over training time. policy: 3 values from 1 (at 0 s) to 2 "
                             "(at 1:40), between 1 and 3."));
  EXPECT_THAT(svg, HasSubstr("policy <b>2</b>"));
  EXPECT_EQ(MarkupProblem(svg), "");
}

TEST(ChartTest, EachOfEightCurvesHasAColourOfItsOwn) {
  Chart chart = SmallChart();
  chart.lines.resize(kChartColours + 1, chart.lines.front());
  for (int i = 0; i <= kChartColours; ++i) chart.lines[static_cast<std::size_t>(i)].colour = i;
  const std::string figure = ChartFigure(chart);
  for (int i = 0; i < kChartColours; ++i) {
    const std::string n = std::to_string(i);
    EXPECT_EQ(Count(figure, "\"line s" + n + "\""), i == 0 ? 2 : 1) << "the ninth begins again";
    EXPECT_THAT(ChartStyle(), HasSubstr(".chart .s" + n + " { stroke: var(--c" + n + "); }"));
    EXPECT_EQ(Count(ChartStyle(), "--c" + n + ": #"), 2) << "for light and dark";
  }
}

TEST(ChartTest, LeavesOutWhatIsNoNumber) {
  Chart chart = SmallChart();
  chart.lines[0].y = {kNone, std::numeric_limits<double>::infinity(), 2.0};
  ASSERT_TRUE(HasPoints(chart));
  const std::string svg = ChartFigure(chart);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  chart.lines[0].y = {kNone, kNone, kNone};
  EXPECT_FALSE(HasPoints(chart));
}

TEST(ChartTest, DrawsIntervalsWithTheirValues) {
  Chart chart = SmallChart();
  chart.lines[0].low = {0.0, 2.0, 1.0};
  chart.lines[0].high = {2.0, 4.0, 3.0};
  const std::string svg = ChartFigure(chart, FigureSize::kWide);
  EXPECT_EQ(Count(svg, "<polygon class=\"band"), 2) << "one in each size";
  EXPECT_EQ(Count(svg, "data-low="), 2);
  EXPECT_EQ(Count(svg, "<circle"), 2 * 3);
  EXPECT_EQ(MarkupProblem(svg), "");
}

TEST(ChartTest, ThinsLongCurvesAndKeepsTheirPeaks) {
  Chart chart = SmallChart();
  ChartLine& line = chart.lines[0];
  line.x.clear();
  line.y.clear();
  for (int i = 0; i < 100000; ++i) {
    line.x.push_back(i);
    line.y.push_back(i == 77777 ? 50.0 : std::sin(i));
  }
  const std::string svg = ChartFigure(chart);
  EXPECT_LT(svg.size(), 10000U);
  // The axis goes from -1 to 50 with 6 % of air: 50 lies 6/112 of 184 pixels below 28.
  EXPECT_THAT(svg, HasSubstr(",37.86"));
}

TEST(ChartTest, EscapesNames) {
  Chart chart = SmallChart();
  chart.title = "</title><script>alert(1)</script>";
  chart.y_title = "a < b & c";
  chart.lines[0].label = "\" onload=\"alert(1)";
  chart.note = "\xff\x01<i>";
  for (const std::string& text : {ChartFigure(chart), ChartFile(chart)}) {
    EXPECT_EQ(MarkupProblem(text), "");
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_THAT(text, Not(HasSubstr("<i>")));
    EXPECT_THAT(text, Not(HasSubstr("\" onload")));
  }
}

TEST(ReturnChartTest, DrawsEverySeedAndTheirMean) {
  const Chart chart = ReturnChart(
      {{1, {{100.0, 1.0}, {200.0, 2.0}}}, {2, {{100.0, 3.0}, {200.0, 5.0}, {300.0, 9.0}}}}, 20);
  ASSERT_EQ(chart.lines.size(), 3U);
  EXPECT_EQ(chart.lines[0].look, LineLook::kThin);
  EXPECT_EQ(chart.lines[2].x, (std::vector<double>{100.0, 200.0})) << "what both seeds have";
  EXPECT_EQ(chart.lines[2].y, (std::vector<double>{2.0, 3.5}));
  const std::string svg = ChartFile(chart);
  EXPECT_EQ(Count(svg, "<polyline"), 3);
  EXPECT_EQ(MarkupProblem(svg), "");
  EXPECT_THAT(svg, HasSubstr("mean return of 20 episodes"));
  EXPECT_EQ(ReturnChart({{1, {{1.0, 1.0}}}}, 20).lines.size(), 1U);
}

}  // namespace
}  // namespace tengen

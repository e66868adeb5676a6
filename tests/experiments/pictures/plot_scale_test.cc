#include "experiments/pictures/plot_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pointwise;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(NiceTicks, AreRoundAndFit) {
  EXPECT_THAT(NiceTicks(0.0, 1.0, 6), Pointwise(DoubleEq(), {0.0, 0.2, 0.4, 0.6, 0.8, 1.0}));
  EXPECT_THAT(NiceTicks(0.0, 1.0, 5), ElementsAre(0.0, 0.5, 1.0));
  EXPECT_THAT(NiceTicks(-130.0, 2210.0, 5), ElementsAre(0.0, 500.0, 1000.0, 1500.0, 2000.0));
  EXPECT_THAT(NiceTicks(3.0, 3.0, 5), ElementsAre(3.0));
}

TEST(NiceTicks, NeverMoreThanAskedFor) {
  for (int most = 1; most < 12; ++most) {
    for (const double high : {0.0013, 0.9, 7.7, 123456.0}) {
      const std::vector<double> ticks = NiceTicks(-0.3 * high, high, most);
      EXPECT_LE(ticks.size(), static_cast<std::size_t>(most));
      EXPECT_GE(ticks.size(), static_cast<std::size_t>(most) / 4) << most << " up to " << high;
    }
  }
}

TEST(TimeTicks, AreThoseOfClocks) {
  EXPECT_THAT(TimeTicks(0.0, 95.0, 5), ElementsAre(0.0, 30.0, 60.0, 90.0));
  EXPECT_THAT(TimeTicks(0.0, 3600.0, 5), ElementsAre(0.0, 900.0, 1800.0, 2700.0, 3600.0));
  EXPECT_THAT(TimeTicks(0.0, 200.0 * 86400.0, 4).size(), ::testing::Le(4U));
}

TEST(LogTicks, ArePowersOfTen) {
  EXPECT_THAT(LogTicks(0.5, 2000.0, 6), Pointwise(DoubleEq(), {1.0, 10.0, 100.0, 1000.0}));
  EXPECT_THAT(LogTicks(0.3, 9.0, 6), Pointwise(DoubleEq(), {0.5, 1.0, 2.0, 5.0}));
  EXPECT_LE(LogTicks(1e-9, 1e9, 5).size(), 5U);
}

TEST(TickText, HasTheDigitsThatTellTicksApart) {
  EXPECT_EQ(TickText(0.25, 0.05), "0.25");
  EXPECT_EQ(TickText(1.0, 0.5), "1.0");
  EXPECT_EQ(TickText(-500.0, 500.0), "-500");
  EXPECT_EQ(TickText(12500.0, 2500.0), "12.5k");
  EXPECT_EQ(TickText(5000.0, 5000.0), "5k");
  EXPECT_EQ(TickText(2000000.0, 500000.0), "2.0M");
  EXPECT_EQ(TickText(0.0, 0.1), "0");
}

TEST(TimeTickText, ReadsAsAClock) {
  EXPECT_EQ(TimeTickText(45.0), "45 s");
  EXPECT_EQ(TimeTickText(90.0), "1:30");
  EXPECT_EQ(TimeTickText(600.0), "10 min");
  EXPECT_EQ(TimeTickText(5400.0), "1 h 30");
  EXPECT_EQ(TimeTickText(172800.0), "2 d");
}

TEST(ValueRange, TakesFiniteValuesOnly) {
  ValueRange range;
  EXPECT_TRUE(range.empty());
  range.Add(std::vector<double>{kNone, -5.0, 2.0, std::numeric_limits<double>::infinity()});
  EXPECT_EQ(range.low, -5.0);
  EXPECT_EQ(range.high, 2.0);
  ValueRange single;
  single.Add(3.0);
  EXPECT_LT(Padded(single).low, 3.0);
  EXPECT_GT(Padded(single).high, 3.0);
}

TEST(ThinCurve, KeepsShortCurvesWholeButForHoles) {
  const std::vector<double> x = {0.0, 1.0, 2.0, 3.0};
  const std::vector<double> y = {5.0, kNone, 6.0, 7.0};
  EXPECT_THAT(ThinCurve(x, y, 0.0, 3.0, 100),
              ElementsAre(PlotPoint{0.0, 5.0}, PlotPoint{2.0, 6.0}, PlotPoint{3.0, 7.0}));
}

TEST(ThinCurve, LosesNoPeakOfALongCurve) {
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 100000; ++i) {
    x.push_back(i);
    y.push_back(i == 54321 ? 9.0 : i == 777 ? -9.0 : 0.0);
  }
  const std::vector<PlotPoint> points = ThinCurve(x, y, 0.0, 99999.0, 200);
  EXPECT_LE(points.size(), 4U * 202U);
  EXPECT_THAT(points, ::testing::Contains(PlotPoint{54321.0, 9.0}));
  EXPECT_THAT(points, ::testing::Contains(PlotPoint{777.0, -9.0}));
  EXPECT_TRUE(std::is_sorted(points.begin(), points.end(),
                             [](const PlotPoint& a, const PlotPoint& b) { return a.x < b.x; }));
}

TEST(ThinCurve, ReachesOneNeighbourBeyondTheWindow) {
  const std::vector<double> x = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0};
  const std::vector<PlotPoint> points = ThinCurve(x, x, 2.0, 3.0, 10);
  EXPECT_THAT(points, ElementsAre(PlotPoint{1.0, 1.0}, PlotPoint{2.0, 2.0}, PlotPoint{3.0, 3.0},
                                  PlotPoint{4.0, 4.0}));
  EXPECT_THAT(ThinCurve({}, {}, 0.0, 1.0, 10), IsEmpty());
}

PlotStretch Point(double x, double y) { return {x, y, y, y}; }

TEST(CurveStretches, KeepsShortCurvesWholeButForHoles) {
  const std::vector<double> x = {0.0, 1.0, 2.0, 3.0};
  const std::vector<double> y = {5.0, kNone, 6.0, 7.0};
  EXPECT_THAT(CurveStretches(x, y, 0.0, 3.0, 100),
              ElementsAre(Point(0.0, 5.0), Point(2.0, 6.0), Point(3.0, 7.0)));
}

TEST(CurveStretches, TellsMeanAndExtremesOfDensePoints) {
  const std::vector<double> x = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0};
  const std::vector<double> y = {1.0, 2.0, kNone, 3.0, 6.0, 9.0, 9.0, 9.0, 9.0, 14.0};
  EXPECT_THAT(CurveStretches(x, y, 0.0, 10.0, 2),
              ElementsAre(PlotStretch{2.0, 3.0, 1.0, 6.0}, PlotStretch{7.0, 10.0, 9.0, 14.0}));
}

TEST(CurveStretches, LosesNoPeakOfALongCurve) {
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 100000; ++i) {
    x.push_back(i);
    y.push_back(i == 54321 ? 9.0 : i == 777 ? -9.0 : 0.0);
  }
  const std::vector<PlotStretch> stretches = CurveStretches(x, y, 0.0, 100000.0, 200);
  ASSERT_EQ(stretches.size(), 200U);
  EXPECT_EQ(stretches[54321 / 500].high, 9.0);
  EXPECT_EQ(stretches[777 / 500].low, -9.0);
}

TEST(CurveStretches, ReachesOneNeighbourBeyondTheWindow) {
  const std::vector<double> x = {0.0, 1.0, 2.0, 3.0, 4.0, 5.0};
  EXPECT_THAT(CurveStretches(x, x, 2.0, 3.0, 10),
              ElementsAre(Point(1.0, 1.0), Point(2.0, 2.0), Point(3.0, 3.0), Point(4.0, 4.0)));
  EXPECT_THAT(CurveStretches({}, {}, 0.0, 1.0, 10), IsEmpty());
}

TEST(NearestIndex, PassesOverHoles) {
  const std::vector<double> x = {0.0, 10.0, 20.0, 30.0};
  const std::vector<double> y = {1.0, kNone, kNone, 4.0};
  EXPECT_EQ(NearestIndex(x, y, 12.0), 0U);
  EXPECT_EQ(NearestIndex(x, y, 16.0), 3U);
  EXPECT_EQ(NearestIndex(x, y, 99.0), 3U);
  EXPECT_EQ(NearestIndex(x, std::vector<double>(4, kNone), 5.0), 4U);
}

}  // namespace
}  // namespace tengen

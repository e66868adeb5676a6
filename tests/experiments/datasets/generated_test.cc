#include "experiments/datasets/generated.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(Generated, TheLineIsWithinItsNoise) {
  const Samples line = NoisyLine(1000, 1);
  ASSERT_TRUE(CheckSamples(line).ok());
  double sum = 0.0;
  for (int i = 0; i < line.size(); ++i) {
    const float x = line.row(i)[0];
    const float noise = line.targets[static_cast<std::size_t>(i)] - (3.0F * x + 2.0F);
    EXPECT_GE(noise, -1e-6F);
    EXPECT_LE(noise, 1.0F + 1e-6F);
    EXPECT_LE(std::abs(x), 1.0F);
    sum += static_cast<double>(noise);
  }
  EXPECT_NEAR(sum / line.size(), 0.5, 0.03);  // three deviations of the mean: 3 / sqrt(12000)
}

TEST(Generated, TheSpiralsAreHalfATurnApart) {
  const Samples spirals = TwoSpirals(500, 0.0, 1);
  ASSERT_TRUE(CheckSamples(spirals).ok());
  for (int i = 0; i < spirals.size(); ++i) {
    // Without noise a point's radius tells its angle.
    const double x = static_cast<double>(spirals.row(i)[0]);
    const double y = static_cast<double>(spirals.row(i)[1]);
    const double t = std::hypot(x, y) * 3.0 * std::numbers::pi;
    const int label = spirals.labels[static_cast<std::size_t>(i)];
    EXPECT_NEAR(
        std::remainder(std::atan2(y, x) - t - std::numbers::pi * label, 2.0 * std::numbers::pi),
        0.0, 1e-4);
  }
}

// The class whose mean training picture (or sound) is nearest: a set is of use if that alone tells
// most of its classes apart, and too easy if it tells all of them.
double NearestMeanAccuracy(const Samples& train, const Samples& test) {
  const auto width = static_cast<std::size_t>(train.width());
  std::vector<std::vector<double>> means(train.class_names.size(), std::vector<double>(width));
  std::vector<double> count(means.size());
  for (int i = 0; i < train.size(); ++i) {
    const auto label = static_cast<std::size_t>(train.labels[static_cast<std::size_t>(i)]);
    count[label] += 1.0;
    for (std::size_t k = 0; k < width; ++k) {
      means[label][k] += static_cast<double>(train.row(i)[k]);
    }
  }
  int hits = 0;
  for (int i = 0; i < test.size(); ++i) {
    std::size_t best = 0;
    double least = 1e300;
    for (std::size_t c = 0; c < means.size(); ++c) {
      double distance = 0.0;
      for (std::size_t k = 0; k < width; ++k) {
        const double d = means[c][k] / count[c] - static_cast<double>(test.row(i)[k]);
        distance += d * d;
      }
      if (distance < least) {
        least = distance;
        best = c;
      }
    }
    hits += static_cast<int>(best) == test.labels[static_cast<std::size_t>(i)] ? 1 : 0;
  }
  return static_cast<double>(hits) / test.size();
}

TEST(Generated, DrawnDigitsCanBeToldApartThoughNotTrivially) {
  const Samples train = DrawnDigits(1000, 1);
  ASSERT_TRUE(CheckSamples(train).ok());
  EXPECT_EQ(train.shape, (std::vector<int>{1, 28, 28}));
  for (const float pixel : train.features) {
    ASSERT_GE(pixel, 0.0F);
    ASSERT_LE(pixel, 1.0F);
  }
  const double accuracy = NearestMeanAccuracy(train, DrawnDigits(500, 2));
  EXPECT_GT(accuracy, 0.6);
  EXPECT_LT(accuracy, 0.99);
}

TEST(Generated, SpokenDigitsCanBeToldApartThoughNotTrivially) {
  const DataSet set = SplitByTake(SpokenDigits(3, 12, 1), {});
  EXPECT_EQ(set.train.size(), 10 * 3 * 7);
  EXPECT_EQ(set.test.size(), 10 * 3 * 5);
  ASSERT_TRUE(CheckSamples(set.train).ok());
  const double accuracy = NearestMeanAccuracy(set.train, set.test);
  EXPECT_GT(accuracy, 0.5);
  EXPECT_LE(accuracy, 0.995);
  const std::vector<Recording> again = SpokenDigits(3, 12, 1);
  EXPECT_EQ(again[17].sound.samples, SpokenDigits(3, 12, 1)[17].sound.samples);
  EXPECT_NE(again[17].sound.samples, SpokenDigits(3, 12, 2)[17].sound.samples);
  for (const Recording& recording : again) {
    const double seconds = static_cast<double>(recording.sound.samples.size()) / 8000.0;
    EXPECT_GT(seconds, 0.15);
    EXPECT_LT(seconds, 1.0);
  }
}

TEST(Generated, GrammarClosesItsBracketsAndItsVerbsAgree) {
  const std::string text = GrammarText(20000, 1);
  EXPECT_GE(text.size(), 20000U);
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(text, GrammarText(20000, 1));
  EXPECT_NE(text, GrammarText(20000, 2));
  std::istringstream lines(text);
  int deepest = 0;
  for (std::string line; std::getline(lines, line);) {
    ASSERT_EQ(line.back(), '.');
    line.pop_back();
    // Brackets open and close; behind each of them stands a verb that fits the noun before.
    std::vector<bool> many;  // of the noun before each open bracket
    bool last_many = false;
    std::istringstream words(line);
    const std::set<std::string> nouns = {"kings",    "children", "cats",    "sailors",
                                         "teachers", "birds",    "king",    "child",
                                         "cat",      "sailor",   "teacher", "bird"};
    const std::set<std::string> verbs = {"sleep", "sing",   "wait", "laugh", "see",
                                         "love",  "follow", "help", "hear"};
    for (std::string word; words >> word;) {
      if (word.front() == '(') {
        many.push_back(last_many);
        deepest = std::max(deepest, static_cast<int>(many.size()));
        continue;
      }
      const auto closed = std::count(word.begin(), word.end(), ')');
      word.resize(word.size() - static_cast<std::size_t>(closed));
      if (nouns.count(word) > 0) last_many = word.back() == 's' || word == "children";
      const bool singular = word.back() == 's' && verbs.count(word.substr(0, word.size() - 1)) > 0;
      if (singular || verbs.count(word) > 0) {
        EXPECT_EQ(last_many, !singular) << line;
      }
      for (std::ptrdiff_t i = 0; i < closed; ++i) {
        ASSERT_FALSE(many.empty()) << line;
        last_many = many.back();
        many.pop_back();
      }
    }
    EXPECT_TRUE(many.empty()) << line;
  }
  EXPECT_GE(deepest, 2);
}

TEST(Generated, EqualSeedsGiveEqualSets) {
  EXPECT_EQ(DrawnDigits(20, 1).features, DrawnDigits(20, 1).features);
  EXPECT_NE(DrawnDigits(20, 1).features, DrawnDigits(20, 2).features);
  EXPECT_EQ(NoisyLine(10, 1).features, NoisyLine(10, 1).features);
  EXPECT_NE(NoisyLine(10, 1).features, NoisyLine(10, 2).features);
  EXPECT_EQ(TwoSpirals(10, 0.1, 1).features, TwoSpirals(10, 0.1, 1).features);
  EXPECT_NE(TwoSpirals(10, 0.1, 1).features, TwoSpirals(10, 0.1, 2).features);
}

}  // namespace
}  // namespace tengen

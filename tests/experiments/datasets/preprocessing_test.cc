#include "experiments/datasets/preprocessing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/datasets/csv_file.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;

Samples Table(const std::string& text) { return ParseCsv(text, "t").value(); }

Samples Numbers(std::vector<int> shape, std::vector<float> features) {
  Samples samples;
  samples.shape = std::move(shape);
  samples.features = std::move(features);
  samples.labels.resize(samples.features.size() / static_cast<std::size_t>(samples.width()));
  samples.class_names = {"a"};
  return samples;
}

// x: mean 2, deviation sqrt((1 + 0 + 1) / 3); y: always 5.
TEST(Preprocessing, BringsColumnsToMeanZeroAndDeviationOne) {
  Samples train = Table("x,y,label\n1,5,a\n2,5,b\n3,5,a\n");
  const Preprocessing steps = Preprocessing::Fit(train, Standardize::kByFirst);
  EXPECT_THAT(steps.mean(), ElementsAre(2, 5));
  EXPECT_THAT(steps.deviation(), ElementsAre(FloatNear(0.8164966F, 1e-6F), 0));
  ASSERT_TRUE(steps.Apply(train).ok());
  EXPECT_THAT(train.features,
              Pointwise(FloatNear(1e-6F), std::vector<float>{-1.2247449F, 0, 0, 0, 1.2247449F, 0}));
}

// The test part is far off: it must change nothing.
TEST(Preprocessing, TakesItsStatisticsFromTheTrainingPartAlone) {
  const Samples all = Table("x,label\n1,a\n3,b\n1000,a\n-500,b\n");
  const std::vector<int> train_part = {0, 1};
  const std::vector<int> test_part = {2, 3};
  const Preprocessing steps = Preprocessing::Fit(Select(all, train_part), Standardize::kByFirst);
  EXPECT_THAT(steps.mean(), ElementsAre(2));
  EXPECT_THAT(steps.deviation(), ElementsAre(1));
  Samples test = Select(all, test_part);
  ASSERT_TRUE(steps.Apply(test).ok());
  EXPECT_THAT(test.features, ElementsAre(998, -502));
}

TEST(Preprocessing, MakesColumnsOfWordsOneHotByTheWordsOfTraining) {
  Samples train = Table("c,x,label\nred,1,a\nblue,3,b\n");
  const Preprocessing steps = Preprocessing::Fit(train, Standardize::kByFirst);
  ASSERT_TRUE(steps.Apply(train).ok());
  EXPECT_THAT(train.shape, ElementsAre(3));
  EXPECT_THAT(train.feature_names, ElementsAre("c=blue", "c=red", "x"));
  EXPECT_THAT(train.features, ElementsAre(0, 1, -1, 1, 0, 1));
  EXPECT_TRUE(CheckSamples(train).ok());
  // Another file numbers its words differently, and knows one more.
  Samples later = Table("c,x,label\ngreen,2,a\nred,2,b\n");
  ASSERT_TRUE(steps.Apply(later).ok());
  EXPECT_THAT(later.features, ElementsAre(0, 0, 0, 0, 1, 0));
}

// Channel 0 is 1, 2, 3, 4 (mean 2.5), channel 1 is 0, 0, 10, 10.
TEST(Preprocessing, KnowsChannelsOfPicturesAndBandsOfSounds) {
  const Samples pictures = Numbers({2, 1, 2}, {1, 2, 0, 0, 3, 4, 10, 10});
  EXPECT_THAT(Preprocessing::Fit(pictures, Standardize::kByFirst).mean(), ElementsAre(2.5, 5));
  EXPECT_THAT(Preprocessing::Fit(pictures, Standardize::kAll).mean(), ElementsAre(3.75));

  Samples sounds = Numbers({2, 2}, {1, 10, 3, 20, 5, 30, 0, 0});
  sounds.lengths = {2, 1};  // the last frame is padding
  const Preprocessing steps = Preprocessing::Fit(sounds, Standardize::kByLast);
  EXPECT_THAT(steps.mean(), ElementsAre(3, 20));
  ASSERT_TRUE(steps.Apply(sounds).ok());
  EXPECT_EQ(sounds.features[6], 0.0F);
  EXPECT_EQ(sounds.features[7], 0.0F);
  Samples longer = Numbers({3, 2}, {3, 20, 3, 20, 3, 20});
  longer.lengths = {3};
  EXPECT_TRUE(steps.Apply(longer).ok());
}

TEST(Preprocessing, ComesBackFromJson) {
  const Samples train = Table("c,x,label\nred,1,a\nblue,3,b\n");
  for (const Standardize kind :
       {Standardize::kNone, Standardize::kAll, Standardize::kByFirst, Standardize::kByLast}) {
    const Preprocessing steps = Preprocessing::Fit(train, kind);
    const auto back = Preprocessing::FromJson(nlohmann::json::parse(steps.ToJson().dump()));
    ASSERT_TRUE(back.ok()) << back.error();
    EXPECT_EQ(*back, steps);
  }
}

TEST(Preprocessing, RefusesDamagedJson) {
  const nlohmann::json good =
      Preprocessing::Fit(Table("x,label\n1,a\n3,b\n"), Standardize::kByFirst).ToJson();
  const auto error = [&good](const char* key, const nlohmann::json& value) {
    nlohmann::json bad = good;
    bad[key] = value;
    const auto read = Preprocessing::FromJson(bad);
    return read ? "no error" : read.error();
  };
  EXPECT_THAT(error("mean", {1, 2}), HasSubstr("2 means and 1 deviations, wanted 1"));
  EXPECT_THAT(error("standardize", "twice"), HasSubstr("standardize is 'twice'"));
  EXPECT_THAT(error("input_shape", {0}), HasSubstr("input_shape is 0"));
  EXPECT_THAT(error("columns", {"x", "y"}), HasSubstr("not of one length"));
  EXPECT_THAT(error("format", 2), HasSubstr("format"));
  EXPECT_THAT(error("mean", "x"), HasSubstr("preprocessing: "));
}

TEST(Preprocessing, RefusesWhatDoesNotFitTheTraining) {
  const Preprocessing steps =
      Preprocessing::Fit(Table("c,x,label\nred,1,a\nblue,3,b\n"), Standardize::kByFirst);
  Samples other = Table("x,label\n1,a\n");
  EXPECT_THAT(steps.Apply(other).error(), HasSubstr("examples of 1, wanted 2"));
  other = Table("c,y,label\nred,1,a\n");
  EXPECT_THAT(steps.Apply(other).error(), HasSubstr("the columns c, y, wanted c, x"));
  other = Table("c,x,label\n1,1,a\n");
  EXPECT_THAT(steps.Apply(other).error(), HasSubstr("'c' holds numbers, wanted words"));
}

}  // namespace
}  // namespace tengen

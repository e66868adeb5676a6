#include "experiments/supervised/learn_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(LearnConfig, EveryPresetIsValidAndReadsBackFromItsJson) {
  for (const std::string& task : LearnTasks()) {
    ASSERT_FALSE(LearnPresets(task).empty()) << task;
    for (const std::string& preset : LearnPresets(task)) {
      const auto config = LearnPreset(task, preset);
      ASSERT_TRUE(config.ok()) << config.error();
      const Status valid = CheckLearnConfig(*config);
      EXPECT_TRUE(valid.ok()) << task << " " << preset << ": " << valid.error();
      LearnConfig again;
      const nlohmann::json json = LearnConfigToJson(*config);
      const Status read = LearnConfigFromJson(json, again);
      ASSERT_TRUE(read.ok()) << read.error();
      EXPECT_EQ(nlohmann::json(LearnConfigToJson(again)), json);
      // Not by the JSON, which would not miss a key that is left out of it.
      EXPECT_EQ(again.data.augment, config->data.augment) << task << " " << preset;
      EXPECT_EQ(again.data.spectrum, config->data.spectrum) << task << " " << preset;
    }
  }
}

TEST(LearnConfig, UnknownNamesGiveTheNearest) {
  EXPECT_THAT(LearnPreset("atention", "grammar").error(),
              HasSubstr("unknown task 'atention'; did you mean 'attention'?"));
  EXPECT_THAT(LearnPreset("cnn", "mnst").error(),
              HasSubstr("unknown preset 'mnst'; did you mean 'mnist'?"));
  LearnConfig config = LearnPreset("mlp", "spirals").value();
  EXPECT_THAT(
      LearnConfigFromJson({{"trainer", {{"optimizer", {{"kind", "adagrd"}}}}}}, config).error(),
      HasSubstr("did you mean \"adagrad\"?"));
  EXPECT_THAT(LearnConfigFromJson({{"net", {{"activation", "rellu"}}}}, config).error(),
              HasSubstr("did you mean \"relu\"?"));
}

TEST(LearnConfig, ErrorsNameTheFieldAndTheRange) {
  LearnConfig config = LearnPreset("rnn", "spoken").value();
  config.data.validation_share = 1.5;
  EXPECT_EQ(CheckLearnConfig(config).error(),
            "config data.validation_share is 1.5, wanted 0.001 to 0.9");
  config = LearnPreset("attention", "grammar").value();
  config.attention.heads = 5;
  EXPECT_THAT(CheckLearnConfig(config).error(), HasSubstr("wanted a multiple of heads, 5"));
  config = LearnPreset("mlp", "spirals").value();
  config.budget = "10games";
  EXPECT_THAT(CheckLearnConfig(config).error(), HasSubstr("no games are played"));
}

}  // namespace
}  // namespace tengen

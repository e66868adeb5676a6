#include "experiments/study/study.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

nlohmann::json Example() {
  return nlohmann::json::parse(R"({
    "about": "Does it pay?", "base": "go5", "set": ["threads=1"],
    "variants": [{"name": "base"},
                 {"name": "new", "set": ["learner.surprise_share=0.5"], "agent": "lcb=on"}],
    "seeds": 3, "unit": "steps", "budget": 500, "anchor": "mcts:200",
    "match": {"games": 20, "visits": 30}})");
}

std::string ErrorOf(const nlohmann::json& json) {
  const auto study = StudyFromJson("x", json);
  return study ? "" : study.error();
}

TEST(Study, ReadsWhatItWrites) {
  const auto study = StudyFromJson("x", Example());
  ASSERT_TRUE(study.ok()) << study.error();
  EXPECT_EQ(study->variants[1].set, std::vector<std::string>{"learner.surprise_share=0.5"});
  EXPECT_EQ(study->match.visits, 30);
  EXPECT_EQ(study->points, 4);
  EXPECT_EQ(BudgetText(*study), "500steps");
  const auto again = StudyFromJson("x", StudyToJson(*study));
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(StudyToJson(*again), StudyToJson(*study));
}

TEST(Study, NamesTheNearestKey) {
  nlohmann::json json = Example();
  json["varians"] = json["variants"];
  json.erase("variants");
  EXPECT_THAT(ErrorOf(json), HasSubstr("did you mean 'variants'?"));
  json = Example();
  json["seads"] = 3;
  EXPECT_THAT(ErrorOf(json), HasSubstr("'seeds'"));
  json = Example();
  json["variants"][1]["sett"] = json["variants"][1]["set"];
  EXPECT_THAT(ErrorOf(json), HasSubstr("variants[1].sett"));
  json = Example();
  json["unit"] = "games";
  EXPECT_THAT(ErrorOf(json), HasSubstr("evaluations"));
}

TEST(Study, RefusesVariantsThatCannotBeCompared) {
  for (const char* key : {"anchor", "game", "budget", "seeds"}) {
    nlohmann::json json = Example();
    json["variants"][1][key] = 1;
    EXPECT_THAT(ErrorOf(json), HasSubstr("cannot be compared")) << key;
  }
  for (const char* set : {"budget=\"3s\"", "seed=3", "selfplay.games=[\"go:size=7\"]"}) {
    nlohmann::json json = Example();
    json["variants"][1]["set"] = {set};
    EXPECT_THAT(ErrorOf(json), HasSubstr("cannot be compared")) << set;
  }
}

TEST(Study, RefusesVariantsThatSearchLonger) {
  for (const char* agent : {"visits=5", "lcb=on,visits=1", "visits=2", "seconds=1"}) {
    nlohmann::json json = Example();
    json["variants"][1]["agent"] = agent;
    EXPECT_THAT(ErrorOf(json), HasSubstr("wanted visits in the study's match")) << agent;
  }
}

TEST(Study, RefusesWhatMakesNoSense) {
  nlohmann::json json = Example();
  json["variants"][1]["name"] = "base";
  EXPECT_THAT(ErrorOf(json), HasSubstr("two variants are named 'base'"));
  json["variants"][1]["name"] = "../up";
  EXPECT_THAT(ErrorOf(json), HasSubstr("wanted letters, digits"));
  json = Example();
  json["variants"].erase(1);
  EXPECT_THAT(ErrorOf(json), HasSubstr("1 variants, wanted at least 2"));
  json = Example();
  json["variants"][1]["agent"] = "lbc=on";
  EXPECT_THAT(ErrorOf(json), HasSubstr("unknown option 'lbc"));
  json = Example();
  json["anchor"] = "mtcs:200";
  EXPECT_THAT(ErrorOf(json), HasSubstr("wanted random, mcts:ROLLOUTS"));
  json = Example();
  json["reach"] = 1.5;
  EXPECT_THAT(ErrorOf(json), HasSubstr("reach is 1.5, wanted 0.01 to 0.99"));
  json.erase("budget");
  EXPECT_THAT(ErrorOf(json), HasSubstr("budget is 0"));
}

TEST(Study, FilesSayWhichTheyAre) {
  TempFolder temp;
  EXPECT_THAT(ReadStudy(temp / "none.json").error(), HasSubstr("none.json"));
  std::ofstream(temp / "half.json") << "{";
  EXPECT_THAT(ReadStudy(temp / "half.json").error(), HasSubstr("is not JSON"));
  std::ofstream(temp / "mine.json") << Example();
  EXPECT_EQ(ReadStudy(temp / "mine.json")->name, "mine");
}

// The studies that come with the program.
TEST(Study, ThoseShippedAreRight) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(TENGEN_STUDIES)) {
    if (file.path().extension() != ".json") continue;
    const auto study = ReadStudy(file.path());
    EXPECT_TRUE(study.ok()) << (study ? "" : study.error());
    ++count;
  }
  EXPECT_GE(count, 5);
}

}  // namespace
}  // namespace tengen

#include "experiments/config/json_fields.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/rl_config.h"
#include "experiments/config/train_config.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(TrainConfigJson, RoundTripKeepsEveryField) {
  TrainConfig config = *LoadTrainConfig("go5");
  config.selfplay.mcts.c_init = 2.5;
  config.learner.trainer.optimizer.schedule = Schedule::kCosine;
  TrainConfig copy;
  ASSERT_TRUE(TrainConfigFromJson(TrainConfigToJson(config), copy).ok());
  EXPECT_EQ(TrainConfigToJson(copy).dump(), TrainConfigToJson(config).dump());
  EXPECT_EQ(copy.selfplay.mcts.c_init, 2.5);
  EXPECT_EQ(copy.learner.trainer.optimizer.schedule, Schedule::kCosine);
}

TEST(TrainConfigJson, ReadingChangesOnlyWhatIsNamed) {
  TrainConfig config;
  const auto before = config.selfplay.full_visits;
  ASSERT_TRUE(
      TrainConfigFromJson(nlohmann::json::parse(R"({"selfplay": {"fast_visits": 3}})"), config)
          .ok());
  EXPECT_EQ(config.selfplay.fast_visits, 3);
  EXPECT_EQ(config.selfplay.full_visits, before);
}

std::string ErrorOf(const char* json) {
  TrainConfig config;
  const Status status = TrainConfigFromJson(nlohmann::json::parse(json), config);
  return status.ok() ? "" : status.error();
}

TEST(TrainConfigJson, TypoIsAnErrorWithPathAndNearestName) {
  EXPECT_EQ(ErrorOf(R"({"selfplay": {"ful_visits": 3}})"),
            "unknown config key 'selfplay.ful_visits'; did you mean 'selfplay.full_visits'?");
  EXPECT_EQ(ErrorOf(R"({"learner": {"loss": {"soft_polcy_weight": 8}}})"),
            "unknown config key 'learner.loss.soft_polcy_weight'; did you mean "
            "'learner.loss.soft_policy_weight'?");
}

TEST(TrainConfigJson, WrongTypeIsAnErrorWithPathMetAndWanted) {
  EXPECT_EQ(ErrorOf(R"({"learner": {"batch_size": "big"}})"),
            "config learner.batch_size is \"big\" (a string), wanted a whole number");
  EXPECT_THAT(ErrorOf(R"({"learner": {"batch_size": 1.5}})"), HasSubstr("a whole number"));
  EXPECT_THAT(ErrorOf(R"({"deterministic": 1})"), HasSubstr("true or false"));
  EXPECT_THAT(ErrorOf(R"({"selfplay": 3})"),
              HasSubstr("selfplay is 3 (a number), wanted an object"));
  EXPECT_THAT(ErrorOf(R"({"selfplay": {"games": "go:size=5"}})"), HasSubstr("wanted a list"));
  EXPECT_EQ(ErrorOf(R"({"selfplay": {"games": ["go:size=5", 1]}})"),
            "config selfplay.games[1] is 1 (a number), wanted a string");
}

TEST(TrainConfigJson, NumbersThatAFieldCannotHoldAreErrorsWithItsRange) {
  EXPECT_EQ(ErrorOf(R"({"learner": {"batch_size": 4294967297}})"),
            "config learner.batch_size is 4294967297 (a number), wanted a whole number from "
            "-2147483648 to 2147483647");
  EXPECT_THAT(ErrorOf(R"({"learner": {"batch_size": -2147483649}})"),
              HasSubstr("from -2147483648 to 2147483647"));
  EXPECT_THAT(ErrorOf(R"({"seed": -1})"), HasSubstr("from 0 to 18446744073709551615"));
  EXPECT_THAT(ErrorOf(R"({"seed": 18446744073709551616})"),
              HasSubstr("from 0 to 18446744073709551615"));
  EXPECT_THAT(ErrorOf(R"({"learner": {"first_positions": 9223372036854775808}})"),
              HasSubstr("to 9223372036854775807"));
  TrainConfig config;
  ASSERT_TRUE(
      TrainConfigFromJson(nlohmann::json::parse(R"({"seed": 18446744073709551615})"), config).ok());
  EXPECT_EQ(config.seed, 18446744073709551615ULL);
}

TEST(RlConfigJson, ElementsOfListsAreCheckedLikeFields) {
  RlConfig config = RlPreset("ppo", "cartpole").value();
  const auto error = [&config](const char* json) {
    return RlConfigFromJson(nlohmann::json::parse(json), config).error();
  };
  EXPECT_EQ(error(R"({"ppo": {"hidden": [64, 4294967360]}})"),
            "config ppo.hidden[1] is 4294967360 (a number), wanted a whole number from "
            "-2147483648 to 2147483647");
  EXPECT_EQ(error(R"({"ppo": {"hidden": [1.5]}})"),
            "config ppo.hidden[0] is 1.5 (a number), wanted a whole number");
}

TEST(ReadScalar, FractionsBeyondTheirTypeAreErrors) {
  float field = 1.0F;
  EXPECT_EQ(internal::ReadScalar(nlohmann::json(1e39), field),
            "a number from -3.40282e+38 to 3.40282e+38");
  EXPECT_EQ(field, 1.0F);
  EXPECT_EQ(internal::ReadScalar(nlohmann::json(-2.5), field), "");
  EXPECT_EQ(field, -2.5F);
}

TEST(TrainConfigJson, UnknownEnumNameListsTheKnownOnes) {
  EXPECT_EQ(ErrorOf(R"({"selfplay": {"mcts": {"root": "uct"}}})"),
            "config selfplay.mcts.root is \"uct\" (a string), wanted \"puct\" or \"gumbel\"; "
            "did you mean \"puct\"?");
}

TEST(ParseAssignment, NestsThePathAndReadsTheValueAsJson) {
  EXPECT_EQ(ParseAssignment("a.b=3")->dump(), R"({"a":{"b":3}})");
  EXPECT_EQ(ParseAssignment("a=[1,2]")->dump(), R"({"a":[1,2]})");
  EXPECT_EQ(ParseAssignment("a=plain text")->dump(), R"({"a":"plain text"})");
  EXPECT_FALSE(ParseAssignment("novalue").ok());
  EXPECT_FALSE(ParseAssignment("a..b=1").ok());
  for (const char* bytes : {"a=caf\xe9", "caf\xe9=1", "a=\"\xff\""}) {
    EXPECT_NE(ParseAssignment(bytes).error().find("not UTF-8"), std::string::npos);
  }
}

TEST(ParseAssignment, BytesThatAreNotUtf8AreASentence) {
  EXPECT_THAT(ParseAssignment("threads=caf\xe9").error(), HasSubstr("is not UTF-8, wanted"));
  EXPECT_THAT(ParseAssignment("thr\xe9"
                              "ads=1")
                  .error(),
              HasSubstr("is not UTF-8, wanted"));
  EXPECT_TRUE(ParseAssignment("name=caf\xc3\xa9").ok());
}

TEST(LoadTrainConfig, AFileNameThatIsNotUtf8IsASentence) {
  TempFolder temp;
  const auto file = temp / "caf\xe9.json";
  std::ofstream(file) << "{}";
  EXPECT_THAT(LoadTrainConfig(file.string()).error(), HasSubstr("its name is not UTF-8"));
}

TEST(LoadTrainConfig, APresetMayHaveASmallerNetworkForFloat32) {
  TempFolder temp;
  const std::string file = (temp / "both.json").string();
  std::ofstream(file) << R"({"net": {"channels": 64, "blocks": 6, "head_hidden": 48},
                             "float32_net": {"channels": 16, "blocks": 2}})";
  EXPECT_EQ(LoadTrainConfig(file)->net.channels, 64);
  const auto small = LoadTrainConfig(file, PresetNet::kFloat32);
  EXPECT_EQ(small->net.channels, 16);
  EXPECT_EQ(small->net.blocks, 2);
  EXPECT_EQ(small->net.head_hidden, 48);  // what it does not name is the usual network's
  std::ofstream(file) << R"({"float32_net": {"chanels": 16}})";
  EXPECT_THAT(LoadTrainConfig(file).error(), HasSubstr("channels"));
  std::ofstream(file) << R"({"net": {"blocks": 3}})";
  EXPECT_EQ(LoadTrainConfig(file, PresetNet::kFloat32)->net.blocks, 3);
}

TEST(FirstDifference, NamesThePathAndBothValues) {
  const auto a = nlohmann::json::parse(R"({"x": {"y": 1, "z": 2}})");
  const auto b = nlohmann::json::parse(R"({"x": {"y": 1, "z": 3}})");
  EXPECT_EQ(FirstDifference(a, b), "x.z is 2, wanted 3");
  EXPECT_EQ(FirstDifference(a, a), "");
}

TEST(Presets, EachLoadsAndIsValid) {
  ASSERT_FALSE(PresetNames().empty());
  for (const std::string& name : PresetNames()) {
    const auto config = LoadTrainConfig(name);
    ASSERT_TRUE(config.ok()) << config.error();
    EXPECT_EQ(GameOrUsageError(name)->spec().id,
              (*MakeGame(config->selfplay.games.front()))->spec().id);
    for (const PresetNet net : {PresetNet::kUsual, PresetNet::kFloat32}) {
      const Status status = CheckTrainConfig(*LoadTrainConfig(name, net));
      EXPECT_TRUE(status.ok()) << name << ": " << status.error();
    }
  }
}

// It gives the network's score scale.
TEST(Presets, TheFirstOfSeveralBoardsIsTheLargest) {
  for (const std::string& name : PresetNames()) {
    const TrainConfig config = *LoadTrainConfig(name);
    const auto points = [](const std::string& id) {
      return (*MakeGame(id))->spec().shape.points();
    };
    for (const std::string& id : config.selfplay.games) {
      EXPECT_LE(points(id), points(config.selfplay.games.front())) << name << ": " << id;
    }
  }
  EXPECT_EQ(TrainModelConfig(*LoadTrainConfig("go-komi"))->score_scale, 24.5F);
}

TEST(Presets, UnknownNameSuggestsTheNearest) {
  EXPECT_THAT(LoadTrainConfig("go55").error(), HasSubstr("did you mean 'go5'?"));
}

TEST(TrainModelConfig, AWeightOfTheLossMakesItsAuxiliaryHead) {
  TrainConfig config = *LoadTrainConfig("go5");
  EXPECT_EQ(TrainModelConfig(config)->auxiliary, AuxiliaryHeads());
  config.learner.loss.soft_policy_weight = 8.0;
  config.learner.loss.short_term_weight = 0.72;
  EXPECT_EQ(TrainModelConfig(config)->auxiliary, (AuxiliaryHeads{true, true, false, false, false}));
  EXPECT_TRUE(CheckTrainConfig(config).ok());
  config.learner.loss.short_term_weight = -1.0;
  EXPECT_THAT(CheckTrainConfig(config).error(), HasSubstr("loss.short_term_weight -1, wanted 0"));
}

TEST(CheckTrainConfig, OnePlayerHasNeitherRepliesNorShortTermValues) {
  TrainConfig config = *LoadTrainConfig("cartpole");
  config.learner.loss.soft_policy_weight = 8.0;
  EXPECT_TRUE(CheckTrainConfig(config).ok());
  config.learner.loss.reply_policy_weight = 0.15;
  EXPECT_EQ(
      CheckTrainConfig(config).error(),
      "config learner.loss.reply_policy_weight is 0.15, wanted 0, since cartpole is a game of "
      "one player");
}

TEST(CheckTrainConfig, AGameWithoutScoresHasNoTargetsOfThem) {
  TrainConfig config = *LoadTrainConfig("connect4");
  config.learner.loss.score_distribution_weight = 0.02;
  EXPECT_THAT(CheckTrainConfig(config).error(),
              HasSubstr("learner.loss.score_distribution_weight is 0.02, wanted 0, since "
                        "connect4 has no score"));
}

TEST(CheckTrainConfig, BoardSizesOutOfRangeAreErrors) {
  for (const char* id : {"go:size=0", "go:size=26"}) {
    TrainConfig config = *LoadTrainConfig("go5");
    config.selfplay.games = {id};
    const Status status = CheckTrainConfig(config);
    ASSERT_FALSE(status.ok()) << id;
    EXPECT_THAT(status.error(), HasSubstr("2 to 19"));
  }
}

}  // namespace
}  // namespace tengen

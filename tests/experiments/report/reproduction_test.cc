#include "experiments/report/reproduction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/rl_config.h"
#include "experiments/config/train_config.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TrainAgain(const RunContents& run) {
  for (const ReproductionStep& step : Reproduction(run)) {
    if (step.what == "Train it again") return step.command;
  }
  return "";
}

RunContents Go5Run(const char* precision_used) {
  RunContents run;
  run.folder = "runs/go5";
  run.config = TrainConfigToJson(LoadTrainConfig("go5").value());
  run.config["net"]["channels"] = 32;
  run.zero = std::make_shared<RunSnapshot>();
  nlohmann::json session = {{"kind", "session"}, {"budget", "10m"}, {"threads", 2}};
  if (precision_used != nullptr) {
    session["precision"] = "auto";
    session["precision_used"] = precision_used;
  }
  run.sessions.push_back(session);
  return run;
}

TEST(Reproduction, TrainsAgainWithThePrecisionThatWasUsed) {
  EXPECT_EQ(TrainAgain(Go5Run("bf16")),
            "./tengen train go5 --seed 1 --set net.channels=32 --budget 10m "
            "--set precision=bf16 --threads 2 --run-dir runs/go5-again");
}

TEST(Reproduction, SaysNothingOfAPrecisionThatOlderRunsDidNotWriteDown) {
  EXPECT_THAT(TrainAgain(Go5Run(nullptr)),
              AllOf(HasSubstr("train go5"), Not(HasSubstr("precision"))));
}

TEST(Reproduction, NamesTheWholeNetworkWhereThePrecisionIsNotKnown) {
  EXPECT_THAT(TrainAgain(Go5Run(nullptr)),
              AllOf(HasSubstr("\"channels\":32"), HasSubstr("\"head_hidden\":64")));
}

TEST(Reproduction, InFloat32ComparesWithThePresetsNetworkForIt) {
  RunContents run = Go5Run("fp32");
  run.config["net"] =
      TrainConfigToJson(LoadTrainConfig("go5", PresetNet::kFloat32).value()).at("net");
  EXPECT_THAT(TrainAgain(run), Not(HasSubstr("net")));
}

TEST(Reproduction, ReinforceNamesTheValueNetworkThatItMeasuredFrom) {
  RunContents run;
  run.folder = "runs/rl";
  run.zero = std::make_shared<RunSnapshot>();
  run.config = {{"task", "go-reinforce"}, {"from", "runs/sl"},     {"game", "go:size=9,komi=7"},
                {"baseline", "value"},    {"value", "runs/first"}, {"games", 32}};
  EXPECT_EQ(TrainAgain(run),
            "./tengen learn go-reinforce --from runs/sl --game go:size=9,komi=7 --baseline value "
            "--value runs/first --games 32 --run-dir runs/go-reinforce-again");
  run.config["baseline"] = "mean";
  run.config.erase("value");
  EXPECT_THAT(TrainAgain(run), AllOf(HasSubstr("--baseline mean"), Not(HasSubstr("--value"))));
}

TEST(Reproduction, LearnersOfControlTasksComeWithStepsAndSeeds) {
  RlConfig config = RlPreset("ppo", "cartpole").value();
  config.seeds = 5;
  RunContents run;
  run.folder = "runs/ppo-cartpole";
  run.config = RlConfigToJson(config);
  EXPECT_THAT(TrainAgain(run), AllOf(HasSubstr("tengen rl ppo cartpole"),
                                     HasSubstr("--steps 200000"), HasSubstr("--seeds 5")));
}

}  // namespace
}  // namespace tengen

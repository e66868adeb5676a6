// The control tasks against recorded steps of Gymnasium. tests/golden/control_transitions.json
// holds a part of them; TENGEN_CONTROL_DATA names the folder of the whole file.

#include "experiments/rl/transition_replay.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/golden.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// float64 states to 1e-12, observations to 1e-6, flags equal. A float32 state must be the same
// float.
void ExpectAgreement(const std::filesystem::path& path, std::size_t environments,
                     std::int64_t least_steps) {
  const auto replays = ReplayTransitionFile(path);
  EXPECT_EQ(replays.size(), environments);
  std::int64_t steps = 0;
  for (const EnvReplay& replay : replays) {
    SCOPED_TRACE(replay.environment);
    EXPECT_LE(replay.state.value, 1e-12) << replay.state.sequence << " step " << replay.state.step;
    EXPECT_LE(replay.observation.value, 1e-6);
    EXPECT_LE(replay.reward.value, 1e-12) << replay.reward.sequence << replay.reward.step;
    EXPECT_EQ(replay.flags_differ, 0);
    steps += replay.steps;
  }
  EXPECT_GE(steps, least_steps);
}

const std::string kGolden = Golden("control_transitions.json");

TEST(TransitionReplay, EnvironmentsAgreeWithGymnasium) { ExpectAgreement(kGolden, 5, 600); }

TEST(TransitionReplay, EnvironmentsAgreeWithAllRecordedSteps) {
  const char* folder = std::getenv("TENGEN_CONTROL_DATA");
  if (folder == nullptr) {
    std::puts("NOT RUN: TENGEN_CONTROL_DATA names no folder with reference_transitions.json");
    return;
  }
  ExpectAgreement(std::filesystem::path(folder) / "reference_transitions.json", 5, 6452);
}

nlohmann::json GoldenFile() {
  std::ifstream in(kGolden);
  return nlohmann::json::parse(in);
}

TEST(TransitionReplay, FindsWhatDiffersAndWhere) {
  nlohmann::json file = GoldenFile();
  auto& steps = file["environments"]["CartPole-v1"]["sequences"][0]["steps"];
  steps[4]["state"][1] = steps[4]["state"][1].get<double>() + 0.25;
  steps[6]["obs"][0] = steps[6]["obs"][0].get<double>() - 0.5;
  steps[7]["reward"] = 3.0;
  steps[8]["truncated"] = true;
  const auto replays = ReplayTransitions(file);
  ASSERT_TRUE(replays.ok()) << replays.error();
  for (const EnvReplay& replay : *replays) {
    if (replay.environment != "CartPole-v1") continue;
    // Step 5 ends elsewhere; step 6 starts from the changed state and ends elsewhere too.
    EXPECT_GE(replay.state.value, 0.25 - 1e-12);
    EXPECT_EQ(replay.state.sequence, "random0");
    EXPECT_NEAR(replay.observation.value, 0.5, 1e-6);
    EXPECT_EQ(replay.observation.step, 7);
    EXPECT_EQ(replay.reward.value, 2.0);
    EXPECT_EQ(replay.flags_differ, 1);
  }
}

TEST(TransitionReplay, ABadFileIsOneClearSentence) {
  const auto expect_error = [](const nlohmann::json& file, const std::string& part) {
    const auto replays = ReplayTransitions(file);
    ASSERT_FALSE(replays.ok());
    EXPECT_THAT(replays.error(), HasSubstr(part));
  };
  const auto changed = [](const char* pointer, const nlohmann::json& value) {
    nlohmann::json file = GoldenFile();
    file[nlohmann::json::json_pointer(pointer)] = value;
    return file;
  };
  const std::string cartpole = "/environments/CartPole-v1/sequences/0/";
  const std::string car = "/environments/MountainCarContinuous-v0/sequences/0/";
  expect_error(nlohmann::json::array(), "no object");
  expect_error({{"environments", {{"Chess-v0", {{"sequences", {}}}}}}}, "unknown environment");
  expect_error(changed((cartpole + "actions/2").c_str(), 7),
               "action is 7, wanted an index from 0 to 1");
  expect_error(changed((cartpole + "actions/2").c_str(), std::int64_t{1} << 32),
               "action is 4294967296, wanted an index from 0 to 1");
  expect_error(changed((cartpole + "actions/2").c_str(), "left"), "CartPole-v1 random0 step 3");
  expect_error(changed((car + "actions/1").c_str(), nullptr), "wanted a number");
  expect_error(changed((car + "actions/1").c_str(), {1.0, 2.0}), "action has 2 numbers");
  expect_error(changed((cartpole + "steps/0/state").c_str(), {1.0}),
               "'state' has 1 numbers, wanted 4");
  expect_error(changed((cartpole + "steps/0/terminated").c_str(), 1), "wanted true or false");
  EXPECT_THROW(ReplayTransitionFile("/nonexistent.json"), WorldError);
}

}  // namespace
}  // namespace tengen

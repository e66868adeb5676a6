// A run of `tengen rl` that is killed at random moments ends as one that was not.

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/rng.h"
#include "nets/atomic_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int kFewestKills = 3;  // else the run ended too soon to say anything
constexpr int kMostKills = 8;
constexpr int kEvaluations = 50;  // of each learner: many between two saved states

struct Task {
  std::string algorithm;
  std::string env;
  int steps = 0;
  int seeds = 0;
};

std::vector<std::string> Arguments(const Task& task, const fs::path& run) {
  return {"rl",
          task.algorithm,
          task.env,
          "--steps",
          std::to_string(task.steps),
          "--seeds",
          std::to_string(task.seeds),
          "--set",
          "checkpoint_s=1",
          "--set",
          "evaluations=" + std::to_string(kEvaluations),
          "--set",
          "evaluation_episodes=2",
          "--run-dir",
          run.string()};
}

// Lines of that kind, in their order, a torn last line left out; without what depends on the clock.
std::vector<Json> Metrics(const fs::path& run, const std::string& kind) {
  std::vector<Json> lines;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (line.is_discarded() || line.at("kind") != kind) continue;
    line.erase("seconds");
    lines.push_back(std::move(line));
  }
  return lines;
}

// Whether `longer` begins with `shorter`.
bool Continues(const std::vector<Json>& longer, const std::vector<Json>& shorter) {
  return longer.size() >= shorter.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin());
}

// Starts the run again and again and kills it after 0.9 to 3.4 seconds, kMostKills times, then lets
// it go on to its end. Returns the number of kills; fewer if it ended before.
int KillUntilDone(const Task& task, const fs::path& run, Rng& rng) {
  std::vector<Json> before;
  for (int kills = 0;; ++kills) {
    const pid_t child = StartTengen(Arguments(task, run));
    // Loading the program takes most of a second.
    const auto wait = std::chrono::milliseconds(900 + rng.Below(2500));
    if (kills < kMostKills) std::this_thread::sleep_for(wait);
    int status = 0;
    if (::waitpid(child, &status, kills < kMostKills ? WNOHANG : 0) == child) {
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
      return kills;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    const std::vector<Json> now = Metrics(run, "evaluation");
    EXPECT_TRUE(Continues(now, before)) << "an evaluation is lost, kill " << kills + 1;
    std::printf("kill %d after %.1f s: %zu evaluations\n", kills + 1,
                static_cast<double>(wait.count()) / 1000.0, now.size());
    before = now;
  }
}

class RlKillResume : public testing::TestWithParam<Task> {};

TEST_P(RlKillResume, EndsWithTheMetricsAndNetworksOfARunThatWasNotKilled) {
  const Task& task = GetParam();
  TempFolder temp;
  int status = 0;
  ::waitpid(StartTengen(Arguments(task, temp / "whole")), &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;

  Rng rng(21, RngRole::kTest);
  EXPECT_GE(KillUntilDone(task, temp / "killed", rng), kFewestKills) << "the run is too short";

  const std::vector<Json> evaluations = Metrics(temp / "killed", "evaluation");
  std::set<std::pair<int, int>> steps;
  for (const Json& line : evaluations) steps.emplace(line.at("seed"), line.at("env_steps"));
  EXPECT_EQ(steps.size(), evaluations.size()) << "an evaluation is there twice";
  EXPECT_EQ(static_cast<int>(steps.size()), task.seeds * kEvaluations);
  EXPECT_EQ(evaluations, Metrics(temp / "whole", "evaluation"));
  EXPECT_EQ(Metrics(temp / "killed", "final").size(), static_cast<std::size_t>(task.seeds));
  EXPECT_EQ(Metrics(temp / "killed", "final"), Metrics(temp / "whole", "final"));

  for (int seed = 1; seed <= task.seeds; ++seed) {
    const std::string policy = "policies/seed" + std::to_string(seed) + ".safetensors";
    EXPECT_TRUE(ReadWholeFile(temp / "killed" / policy).value() ==
                ReadWholeFile(temp / "whole" / policy).value())
        << policy;
  }
  EXPECT_EQ(ReadWholeFile(temp / "killed/curve.svg").value(),
            ReadWholeFile(temp / "whole/curve.svg").value());
  EXPECT_FALSE(fs::exists(temp / "killed/resume.safetensors"));
}

INSTANTIATE_TEST_SUITE_P(, RlKillResume,
                         testing::Values(Task{"ppo", "cartpole", 100000, 2},
                                         Task{"dqn", "cartpole", 60000, 2},
                                         Task{"sac", "pendulum", 6000, 2}),
                         [](const auto& task) { return task.param.algorithm; });

}  // namespace
}  // namespace tengen

// Runs of `tengen learn` that are killed at random moments end with the weights of ones that were
// not.

#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "nets/atomic_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 3;

struct Task {
  std::string task;
  std::string preset;
  int steps = 0;  // some seconds of training
};

std::vector<std::string> Arguments(const Task& task, const fs::path& run) {
  return {"learn",
          task.task,
          task.preset,
          "--steps",
          std::to_string(task.steps),
          "--deterministic",
          "--set",
          "checkpoint_s=0.2",
          "--set",
          "evaluate_steps=" + std::to_string(task.steps / 10),
          "--run-dir",
          run.string()};
}

class LearnKillResume : public testing::TestWithParam<Task> {};

TEST_P(LearnKillResume, EndsWithTheSameBytesAsARunThatWasNotKilled) {
  const Task& task = GetParam();
  TempFolder temp;
  int status = 0;
  ::waitpid(StartTengen(Arguments(task, temp / "whole")), &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;

  Rng rng(5, RngRole::kTest);
  int kills = 0;
  for (; kills < kKills; ++kills) {
    const pid_t child = StartTengen(Arguments(task, temp / "killed"));
    // Not before something was saved in this session, so that each begins further on.
    const fs::path state = temp / "killed/resume.safetensors";
    const bool was_there = fs::exists(state);
    const auto before = was_there ? fs::last_write_time(state) : fs::file_time_type();
    int done = 0;
    while (!fs::exists(state) || fs::last_write_time(state) == before) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      done = ::waitpid(child, &status, WNOHANG);
      if (done == child) break;
    }
    ASSERT_NE(done, child) << "the run is too short: it ended before kill " << kills + 1;
    std::this_thread::sleep_for(std::chrono::milliseconds(rng.Below(300)));
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
  }
  ::waitpid(StartTengen(Arguments(task, temp / "killed")), &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const std::string file = "model/model.safetensors";
  EXPECT_TRUE(ReadWholeFile(temp / "killed" / file).value() ==
              ReadWholeFile(temp / "whole" / file).value());
}

INSTANTIATE_TEST_SUITE_P(, LearnKillResume,
                         testing::Values(Task{"linear", "line", 100000},
                                         Task{"mlp", "spirals", 10000}, Task{"cnn", "glyphs", 400},
                                         Task{"rnn", "spoken", 300}, Task{"rnn", "grammar", 400},
                                         Task{"attention", "grammar", 400}),
                         [](const auto& task) {
                           return task.param.task + "_" + task.param.preset;
                         });

}  // namespace
}  // namespace tengen

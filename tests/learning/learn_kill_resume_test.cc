// Runs of `tengen learn` that are killed at random moments end with the weights of ones that were
// not.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 3;

struct Task {
  std::string name;
  std::vector<std::string> command;  // some seconds of training; without what all tasks have
  fs::path state;                    // file of the run folder that each save replaces
  fs::path weights;                  // the final ones
};

Task Supervised(const std::string& task, const std::string& preset, int steps) {
  return {task + "_" + preset,
          {"learn", task, preset, "--steps", std::to_string(steps), "--set", "checkpoint_s=0.2",
           "--set", "evaluate_steps=" + std::to_string(steps / 10)},
          "resume.safetensors",
          "model/model.safetensors"};
}

// --sgf is added when there are games.
Task GoPolicy(int steps) {
  return {"go_policy",
          {"learn", "go-policy", "3x32", "--budget", std::to_string(steps) + "steps", "--set",
           "checkpoint_steps=5", "--set", "net.channels=16"},
          "resume/run.json",
          RunFolder::Checkpoint("", steps) / "model.safetensors"};
}

std::vector<std::string> Arguments(const Task& task, const TempFolder& temp,
                                   const std::string& run) {
  std::vector<std::string> arguments = task.command;
  arguments.insert(arguments.end(), {"--deterministic", "--run-dir", (temp / run).string()});
  if (task.name == "go_policy") {
    arguments.insert(arguments.end(), {"--sgf", (temp / "games").string()});
  }
  return arguments;
}

class LearnKillResume : public testing::TestWithParam<Task> {};

TEST_P(LearnKillResume, EndsWithTheSameBytesAsARunThatWasNotKilled) {
  const Task& task = GetParam();
  TempFolder temp;
  if (task.name == "go_policy") {
    RunTengen(
        "match random random --game go:size=5 --games 60 --sgf '" + (temp / "games").string() + "'",
        /*errors=*/false);
  }
  int status = 0;
  ::waitpid(StartTengen(Arguments(task, temp, "whole")), &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;

  Rng rng(5, RngRole::kTest);
  int kills = 0;
  for (; kills < kKills; ++kills) {
    const pid_t child = StartTengen(Arguments(task, temp, "killed"));
    // Not before something was saved in this session, so that each begins further on.
    const fs::path state = temp / "killed" / task.state;
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
  ::waitpid(StartTengen(Arguments(task, temp, "killed")), &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_TRUE(ReadWholeFile(temp / "killed" / task.weights).value() ==
              ReadWholeFile(temp / "whole" / task.weights).value());
}

INSTANTIATE_TEST_SUITE_P(, LearnKillResume,
                         testing::Values(Supervised("linear", "line", 100000),
                                         Supervised("mlp", "spirals", 10000),
                                         Supervised("cnn", "glyphs", 400),
                                         Supervised("rnn", "spoken", 300),
                                         Supervised("rnn", "grammar", 400),
                                         Supervised("attention", "grammar", 400), GoPolicy(300)),
                         [](const auto& task) { return task.param.name; });

}  // namespace
}  // namespace tengen

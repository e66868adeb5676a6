// `tengen train` and `tengen rl` as programs: signals, and first seconds that fail.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kTiny = {"--no-forecast",
                                        "--set",
                                        "net.channels=8",
                                        "--set",
                                        "net.blocks=1",
                                        "--set",
                                        "selfplay.parallel_games=16",
                                        "--set",
                                        "learner.first_positions=200"};

pid_t StartTraining(const fs::path& run) {
  std::vector<std::string> arguments = {"train",     "tictactoe",  "--budget",  "1h",
                                        "--run-dir", run.string(), "--threads", "1"};
  arguments.insert(arguments.end(), kTiny.begin(), kTiny.end());
  return StartTengen(arguments);
}

bool HasSession(const fs::path& run) {
  std::ifstream in(run / "metrics.jsonl");
  std::string line;
  return static_cast<bool>(std::getline(in, line));
}

void WaitForSession(const fs::path& run) {
  for (int i = 0; i < 6000 && !HasSession(run); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_TRUE(HasSession(run)) << "training did not begin within a minute";
}

// Whether the process ends with that exit code before a minute has passed.
bool EndsWithCode(pid_t child, int code) {
  int status = 0;
  for (int i = 0; i < 6000; ++i) {
    if (::waitpid(child, &status, WNOHANG) == child) {
      return WIFEXITED(status) && WEXITSTATUS(status) == code;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return false;
}

std::string LastMetrics(const fs::path& run) {
  std::ifstream in(run / "metrics.jsonl");
  std::string last;
  for (std::string line; std::getline(in, line);) last = line;
  return last;
}

// The kernel tells it and the shell tells it again: the second must not cut the saving short.
TEST(Signals, ATerminalThatGoesAwaySavesLikeCtrlC) {
  TempFolder temp;
  const pid_t child = StartTraining(temp / "run");
  WaitForSession(temp / "run");
  ::kill(child, SIGHUP);
  ::kill(child, SIGHUP);
  EXPECT_TRUE(EndsWithCode(child, 0));
  EXPECT_TRUE(fs::exists(temp / "run/resume/run.json"));
  EXPECT_THAT(LastMetrics(temp / "run"), HasSubstr("\"saving\""));
}

TEST(Signals, UnderNohupAHangUpIsIgnored) {
  TempFolder temp;
  const auto before = std::signal(SIGHUP, SIG_IGN);  // as nohup does; children inherit it
  const pid_t child = StartTraining(temp / "run");
  std::signal(SIGHUP, before);
  WaitForSession(temp / "run");
  ::kill(child, SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, WNOHANG), 0) << "it ended";
  ::kill(child, SIGTERM);
  EXPECT_TRUE(EndsWithCode(child, 0));
}

std::string TinyOptions(const fs::path& run) {
  std::string text = " --run-dir '" + run.string() + "'";
  for (const std::string& option : kTiny) text += " " + option;
  return text;
}

TEST(FirstSecond, ANameThatIsNotUtf8IsASentenceAndLocksNobodyOut) {
  TempFolder temp;
  for (const char* command :
       {"train tictactoe --set 'threads=caf\xe9'", "train tictactoe --set 'caf\xe9=1'",
        "rl ppo cartpole --set 'env=caf\xe9'"}) {
    const std::string plain = std::string(command) + " --run-dir " + (temp / "run").string();
    const ProgramOutput output = RunTengen(plain, /*errors=*/true);
    EXPECT_EQ(output.code, 2) << command;
    EXPECT_THAT(output.text, AllOf(HasSubstr("not UTF-8"), Not(HasSubstr("internal error"))));
  }
  const fs::path config = temp / "caf\xe9.json";
  std::ofstream(config) << R"({"selfplay": {"games": ["tictactoe"]}})";
  const ProgramOutput output =
      RunTengen("train '" + config.string() + "'" + TinyOptions(temp / "run"), /*errors=*/true);
  EXPECT_EQ(output.code, 2);
  EXPECT_THAT(output.text, AllOf(HasSubstr("not UTF-8"), Not(HasSubstr("internal error"))));
  EXPECT_EQ(
      RunTengen("train tictactoe --budget 1games" + TinyOptions(temp / "run"), /*errors=*/true)
          .code,
      0);
}

// ulimit -f 0: files can be made and hold no byte.
TEST(FirstSecond, AFullDiskIsExitCode1AndTheSameCommandGoesOn) {
  TempFolder temp;
  for (const std::string& command :
       {"train tictactoe --budget 1games" + TinyOptions(temp / "train"),
        "rl ppo cartpole --steps 512 --run-dir " + (temp / "rl").string()}) {
    const std::string full = std::string("(ulimit -f 0; trap '' XFSZ; '") + TENGEN_BINARY + "' " +
                             command + ") >/dev/null 2>&1";
    const int status = std::system(full.c_str());
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 1) << command << ": " << status;
    EXPECT_EQ(RunTengen(command, /*errors=*/true).code, 0) << command;
  }
}

// Else the first files that a run opens become its standard output and standard error.
TEST(FirstSecond, ClosedStreamsAreNotTakenByFiles) {
  TempFolder temp;
  const std::string run = (temp / "run").string();
  const std::string command =
      StrCat("'", TENGEN_BINARY, "' rl ppo cartpole --steps 600 --seeds 1 --run-dir '", run,
             "' 0<&- 1>&- 2>&-");
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream metrics(run + "/metrics.jsonl");
  int lines = 0;
  for (std::string line; std::getline(metrics, line); ++lines) {
    EXPECT_FALSE(nlohmann::json::parse(line, nullptr, false).is_discarded()) << line;
  }
  EXPECT_GT(lines, 0);
}

TEST(TrainCommand, SaysWhatToExpectOfThisMachineOnceAndNotWhenItGoesOn) {
  TempFolder temp;
  const std::string command =
      "train tictactoe --set net.channels=8 --threads 1 --run-dir " + (temp / "run").string();
  const ProgramOutput first = RunTengen(command + " --budget 5steps", /*errors=*/true);
  EXPECT_EQ(first.code, 0);
  EXPECT_THAT(first.text,
              AllOf(HasSubstr("evaluations/s in self-play"), HasSubstr("expect   5 steps in about"),
                    Not(HasSubstr("\033")), HasSubstr("known    after 35,000 games")));
  const ProgramOutput second = RunTengen(command + " --budget 8steps", /*errors=*/true);
  EXPECT_EQ(second.code, 0);
  EXPECT_THAT(second.text, AllOf(HasSubstr("Resuming"), Not(HasSubstr("evaluations/s in self"))));
}

}  // namespace
}  // namespace tengen

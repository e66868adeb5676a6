// How `tengen` starts, and how it becomes `tengen-nets` when it needs networks.

#include <array>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/blas_kernels.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string ReadText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct Ended {
  int code = -1;   // exit code
  int signal = 0;  // or the signal that ended it
  double cpu_s = 0.0;
  std::string text;  // both streams
};

class StartTest : public ::testing::Test {
 protected:
  // A process of `program` with `input` as its standard input; does not wait.
  pid_t Start(const std::string& program, std::vector<std::string> arguments,
              const std::string& input) {
    std::ofstream(temp_ / "input") << input;
    arguments.insert(arguments.begin(), program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const pid_t child = ::fork();
    if (child != 0) return child;
    ::dup2(::open((temp_ / "input").c_str(), O_RDONLY), STDIN_FILENO);
    ::dup2(::open((temp_ / "output").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
    ::dup2(STDOUT_FILENO, STDERR_FILENO);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
  }

  Ended Wait(pid_t child) {
    int status = 0;
    rusage usage = {};
    EXPECT_EQ(::wait4(child, &status, 0, &usage), child);
    Ended ended;
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ended.signal = WTERMSIG(status);
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    ended.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    ended.text = ReadText(temp_ / "output");
    return ended;
  }

  Ended Run(const std::vector<std::string>& arguments, const std::string& input = "",
            const std::string& program = TENGEN_BINARY) {
    return Wait(Start(program, arguments, input));
  }

  // A copy of tengen with a program of our own where it looks for tengen-nets.
  std::string BesideScript(const std::string& script) {
    std::filesystem::copy_file(TENGEN_BINARY, temp_ / "tengen");
    if (!script.empty()) {
      std::ofstream(temp_ / "tengen-nets") << "#!/bin/sh\n" << script << "\n";
      std::filesystem::permissions(temp_ / "tengen-nets", std::filesystem::perms::owner_all);
    }
    return (temp_ / "tengen").string();
  }

  TempFolder temp_;
};

// LibTorch alone takes 1.2 s of processor time to start; this program a hundredth of it. The bound
// leaves room for sanitizers and slow machines.
TEST_F(StartTest, CommandsWithoutNetworksStartAtOnce) {
  std::ofstream(temp_ / "game.sgf") << "(;SZ[5];B[cc];W[bb])";
  const std::string game = (temp_ / "game.sgf").string();
  const std::vector<std::vector<std::string>> commands = {{"--version"},
                                                          {"--help"},
                                                          {"games"},
                                                          {"sgf", "show", game},
                                                          {"perft", "tictactoe", "--depth", "3"},
                                                          {"env", "list"},
                                                          {"data", "list"},
                                                          {"gtp", "mcts:100", "--size", "5"}};
  for (const auto& command : commands) {
    const Ended ended = Run(command, "1 name\n2 quit\n");
    EXPECT_EQ(ended.code, 0) << command[0] << ": " << ended.text;
    EXPECT_NE(ended.text, "") << command[0];
    EXPECT_LT(ended.cpu_s, 0.5) << command[0];
  }
}

TEST_F(StartTest, LoadsNoLibTorch) {
  // Any library that it is linked with is mapped before main.
  std::string maps;
  std::array<int, 2> input = {-1, -1};  // stays open, so that it goes on
  ASSERT_EQ(::pipe(input.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(input[0], STDIN_FILENO);
    ::execl(TENGEN_BINARY, TENGEN_BINARY, "gtp", "mcts:100", nullptr);
    ::_exit(127);
  }
  const std::string proc = "/proc/" + std::to_string(child);
  const std::string self = std::filesystem::canonical(TENGEN_BINARY).string();
  for (int i = 0; i < 1000 && maps.find("libc.so") == std::string::npos; ++i) {
    ::usleep(10'000);
    maps = ReadText(proc + "/maps");
    if (maps.find(self) == std::string::npos) maps.clear();  // before exec
  }
  EXPECT_THAT(maps, HasSubstr("libc.so"));
  EXPECT_THAT(maps, Not(HasSubstr("torch")));
  EXPECT_THAT(maps, Not(HasSubstr("libc10")));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(input[0]);
  ::close(input[1]);
}

TEST_F(StartTest, WhatNeedsNetworksGoesOnInTheOtherProgram) {
  const std::string tengen = BesideScript(
      "printf '<%s>' \"$@\"; echo; cat; echo \"$TENGEN_START_TEST $$\"; echo sorry >&2; exit 7");
  ::setenv("TENGEN_START_TEST", "kept", 1);
  const std::vector<std::vector<std::string>> commands = {
      {"train", "go5", "--help"},
      {"rl", "--nonsense"},
      {"view"},
      {"gtp"},  // plays net:go9 if nobody is named
      {"gtp", "katago:a b,visits=1"},
      {"match", "random", "run:x", "--game", "go:size=5"},
      {"match", "random", "random", "--device", "cuda", "--game", "go:size=5"},
      {"exhaustive", "mcts:10", "run:x"},
      {"episodes", "run:x", "--episodes", "1"}};
  for (const auto& command : commands) {
    const pid_t child = Start(tengen, command, "the input");
    const Ended ended = Wait(child);
    std::string wanted;
    for (const std::string& word : command) wanted += "<" + word + ">";
    wanted += "\nthe inputkept " + std::to_string(child) + "\nsorry\n";
    EXPECT_EQ(ended.text, wanted) << command[0];
    EXPECT_EQ(ended.code, 7) << command[0];
  }
  EXPECT_EQ(Run({"games"}, "", tengen).code, 0) << "and what needs none does not";
}

// Two threads of OpenBLAS beside two of self-play make a third of its evaluations.
TEST_F(StartTest, NetworksGetOneThreadOfOpenBlasUnlessTheUserSaysMore) {
  const std::string tengen = BesideScript("echo \"${OPENBLAS_NUM_THREADS-none}\"");
  ::unsetenv("OPENBLAS_NUM_THREADS");
  EXPECT_EQ(Run({"train", "go5"}, "", tengen).text, "1\n");
  ::setenv("OPENBLAS_NUM_THREADS", "3", 1);
  EXPECT_EQ(Run({"train", "go5"}, "", tengen).text, "3\n");
  ::unsetenv("OPENBLAS_NUM_THREADS");
}

TEST_F(StartTest, OpenBlasIsToldOfProcessorsThatItMayNotKnow) {
  const std::string tengen = BesideScript("echo \"${OPENBLAS_CORETYPE-none}\"");
  ::unsetenv("OPENBLAS_CORETYPE");
  const char* kernels = OpenBlasKernels(ThisProcessor());
  EXPECT_EQ(Run({"train", "go5"}, "", tengen).text,
            std::string(kernels == nullptr ? "none" : kernels) + "\n");
  ::setenv("OPENBLAS_CORETYPE", "ZEN", 1);
  EXPECT_EQ(Run({"train", "go5"}, "", tengen).text, "ZEN\n");
  ::unsetenv("OPENBLAS_CORETYPE");
}

TEST_F(StartTest, SignalsReachTheOtherProgram) {
  const std::string tengen = BesideScript("echo ready; exec sleep 60");
  const pid_t child = Start(tengen, {"train", "go5"}, "");
  for (int i = 0; i < 1000 && ReadText(temp_ / "output") != "ready\n"; ++i) ::usleep(10'000);
  ::kill(child, SIGTERM);
  EXPECT_EQ(Wait(child).signal, SIGTERM);
}

TEST_F(StartTest, WithoutTheOtherProgramASentenceSaysWhatIsMissing) {
  const std::string tengen = BesideScript("");
  const Ended ended = Run({"gtp", "net:go9"}, "name\n", tengen);
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.text, StartsWith("tengen: agent 'net:go9' needs networks, but "));
  EXPECT_THAT(ended.text, HasSubstr("tengen-nets"));
  EXPECT_EQ(Run({"train", "go5"}, "", tengen).code, 1);
}

}  // namespace
}  // namespace tengen

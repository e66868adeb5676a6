#include "experiments/study/run_process.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/result.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

std::string Text(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

ProcessEnd RunScript(const TempFolder& temp, const std::string& script,
                     const std::atomic<bool>& stop) {
  return RunProcess({"/bin/sh", "-c", script}, temp / "out", temp / "log", stop);
}

TEST(RunProcess, KeepsWhatTheProgramSaysApart) {
  TempFolder temp;
  const std::atomic<bool> stop{false};
  EXPECT_TRUE(RunScript(temp, "echo answer; echo prose >&2", stop).ok());
  EXPECT_TRUE(RunScript(temp, "echo second; echo more >&2", stop).ok());
  EXPECT_EQ(Text(temp / "out"), "second\n");
  EXPECT_EQ(Text(temp / "log"), "prose\nmore\n");
}

TEST(RunProcess, TellsHowItEnded) {
  TempFolder temp;
  const std::atomic<bool> stop{false};
  EXPECT_EQ(RunScript(temp, "exit 3", stop).Text(), "exit code 3");
  EXPECT_EQ(RunScript(temp, "kill -9 $$", stop).Text(), "signal 9 (Killed)");
  EXPECT_THROW(RunProcess({"/no/such/program"}, temp / "out", temp / "log", stop), WorldError);
}

TEST(RunProcess, StopsByATermThatTheProgramMayAnswer) {
  TempFolder temp;
  std::atomic<bool> stop{false};
  std::jthread later([&stop] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop = true;
  });
  const ProcessEnd end =
      RunScript(temp, "trap 'echo saved; exit 5' TERM; while :; do sleep 0.05; done", stop);
  EXPECT_EQ(end.exit_code, 5);
  EXPECT_EQ(Text(temp / "out"), "saved\n");
}

}  // namespace
}  // namespace tengen

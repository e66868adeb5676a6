// `tengen train alphago9` through all of its stages, killed within some of them.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nets/atomic_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::vector<std::string> Arguments(const fs::path& run) {
  return {
      "train",     "alphago9",          "--budget",  "60s",          "--threads", "1",
      "--run-dir", run.string(),        "--teacher", "net:go9",      "--set",     "game=go:size=5",
      "--set",     "blocks=1",          "--set",     "channels=8",   "--set",     "batch_size=32",
      "--set",     "reinforce_games=8", "--set",     "pool_every=5", "--set",     "match_games=40",
      "--set",     "teacher_games=640"};
}

// Whether stages.json knows the stage.
bool Begun(const fs::path& run, const std::string& stage) {
  const auto text = ReadWholeFile(run / "stages.json");
  if (!text) return false;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  return json.is_object() && json["stages"].contains(stage);
}

TEST(AlphaGoKillResume, AllStagesEndAndTheAgentPlays) {
  TempFolder temp;
  const fs::path run = temp / "run";
  int status = 0;
  for (const std::string stage : {"games", "rollouts-rl", "sl", "rl", "value"}) {
    const pid_t child = StartTengen(Arguments(run));
    while (!Begun(run, stage)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ASSERT_EQ(::waitpid(child, &status, WNOHANG), 0) << "ended before stage " << stage;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "ended in stage " << stage;
  }
  ::waitpid(StartTengen(Arguments(run)), &status, 0);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  const auto list = nlohmann::json::parse(ReadWholeFile(run / "stages.json").value());
  for (const auto& [name, stage] : list.at("stages").items()) EXPECT_TRUE(stage.at("done")) << name;
  EXPECT_EQ(list.at("stages").size(), 6U);
  const ProgramOutput match =
      RunTengen("match 'alphago:" + run.string() +
                    ",visits=16,value=on,policy=rl' random --games 2 --game "
                    "go:size=5 --json",
                /*errors=*/false);
  EXPECT_EQ(match.code, 0);
  EXPECT_THAT(match.text, HasSubstr("\"games\""));
}

}  // namespace
}  // namespace tengen

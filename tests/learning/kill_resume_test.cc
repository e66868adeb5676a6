// A run that is killed at random moments loses nothing that it counted.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "envs/core/rng.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 10;

pid_t StartTraining(const std::string& run) {
  return StartTengen({"train", "go5", "--no-forecast", "--budget", "10m", "--set", "checkpoint_s=1",
                      "--set", "learner.first_positions=500", "--set", "progress.share=0",
                      "--run-dir", run});
}

struct Counted {
  std::int64_t games = 0;
  std::int64_t step = 0;  // of the newest status line
  std::int64_t lines = 0;
};

// What metrics.jsonl counted, a torn last line left out.
Counted ReadCounts(const fs::path& run) {
  Counted counted;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (line.is_discarded()) continue;
    ++counted.lines;
    if (line.at("kind") == "stored") counted.games = line.at("games");
    if (line.at("kind") == "status") counted.step = line.at("step");
  }
  return counted;
}

TEST(KillResume, TenKillsLoseNoCountedGameAndLeaveNoCorruptFile) {
  TempFolder temp;
  const fs::path run = temp / "run";
  Rng rng(20, RngRole::kTest);
  Counted before;
  std::int64_t last_resumable_step = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    const pid_t child = StartTraining(run.string());
    // The first finished games, and so the first learner steps, come after a few seconds.
    const int wait_ms = 3000 + static_cast<int>(rng.Below(12000));
    std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms));
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, WNOHANG), 0) << "training ended by itself, kill " << kill;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);

    const Counted now = ReadCounts(run);
    EXPECT_GE(now.games, before.games);
    EXPECT_GT(now.lines, before.lines) << "the curve does not go on";
    RecordShardReader reader(ListShards(run / "games"));
    std::int64_t found = 0;
    std::set<std::uint64_t> numbers;
    while (const auto record = reader.Next()) {
      ++found;
      numbers.insert(record->stream);
      ASSERT_TRUE(CheckRecord(*record).ok());
    }
    EXPECT_GE(found, now.games) << "a counted game is lost, kill " << kill;
    EXPECT_EQ(static_cast<std::int64_t>(numbers.size()), found) << "a game was played twice";
    for (const ShardProblem& problem : reader.problems()) {
      EXPECT_TRUE(problem.torn_tail) << problem.Text();
    }
    for (const std::int64_t step : RunFolder::Checkpoints(run)) {
      const auto network = LoadNetwork(RunFolder::Checkpoint(run, step));
      EXPECT_TRUE(network.ok()) << network.error();
    }
    std::printf("kill %d after %.1f s: %lld games counted, %lld found, step %lld\n", kill + 1,
                wait_ms / 1000.0, static_cast<long long>(now.games), static_cast<long long>(found),
                static_cast<long long>(now.step));
    before = now;
    last_resumable_step = std::max(last_resumable_step, RunFolder::Checkpoints(run).back());
  }
  EXPECT_GT(before.games, 0);
  EXPECT_GT(last_resumable_step, 0) << "no run got as far as a learner step";
}

}  // namespace
}  // namespace tengen

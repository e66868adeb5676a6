// `tengen train --ranks` as programs: a run of two processes, and what a killed one does to the
// other.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/rank_team.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Tiny(const fs::path& run, const std::string& budget) {
  return "train tictactoe --no-forecast --threads 1 --ranks 2 --run-dir '" + run.string() +
         "' --budget " + budget +
         " --set net.channels=8 net.blocks=1 selfplay.parallel_games=16 "
         "learner.first_positions=200 progress.share=0";
}

std::string TextOf(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool Eventually(const std::function<bool()>& what) {
  for (int i = 0; i < 6000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// The process that has this one as its parent; 0: none.
pid_t ChildOf(pid_t parent) {
  const std::string wanted = "PPid:\t" + std::to_string(parent) + "\n";
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && TextOf(entry.path() / "status").find(wanted) != std::string::npos) return pid;
  }
  return 0;
}

bool IsThere(pid_t pid) {
  const std::string status = TextOf("/proc/" + std::to_string(pid) + "/status");
  return !status.empty() && status.find("State:\tZ") == std::string::npos;
}

// 0 would be every process of this test's group.
void Tell(pid_t pid, int signal) {
  if (pid > 0) ::kill(pid, signal);
}

// Two ranks that train, with their standard error in a file.
class TwoRanks {
 public:
  TwoRanks(const fs::path& run, const fs::path& log)
      : TwoRanks(Tiny(run, "1h"), log, run / "metrics.jsonl", "\"stored\"") {}
  // They are at work once `sign` stands in `file`.
  TwoRanks(const std::string& arguments, const fs::path& log, const fs::path& file,
           const std::string& sign)
      : log_(log) {
    const std::string command =
        std::string("exec '") + TENGEN_BINARY + "' " + arguments + " 2>'" + log.string() + "'";
    first_ = ::fork();
    if (first_ == 0) {
      ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
      ::_exit(127);
    }
    EXPECT_TRUE(Eventually([&] { return TextOf(file).find(sign) != std::string::npos; }))
        << TextOf(log);
    second_ = ChildOf(first_);
    EXPECT_GT(second_, 0);
  }
  ~TwoRanks() {
    for (const pid_t pid : {first_, second_}) {
      if (pid > 0 && !ended_) ::kill(pid, SIGKILL);
    }
    if (!ended_) ::waitpid(first_, nullptr, 0);
  }

  pid_t first() const { return first_; }
  pid_t second() const { return second_; }
  std::string log() const { return TextOf(log_); }
  // Exit code of rank 0; -1 after a signal or after a minute.
  int Wait() {
    int status = 0;
    ended_ = Eventually([&] { return ::waitpid(first_, &status, WNOHANG) == first_; });
    return ended_ && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  const fs::path log_;
  pid_t first_ = 0;
  pid_t second_ = 0;
  bool ended_ = false;
};

// Processes meet through LibTorch's Gloo, which not every LibTorch has.
class RanksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RankTeam::Available()) GTEST_SKIP() << "no Gloo in this LibTorch, or no headers of it";
  }
};

TEST_F(RanksTest, TwoRanksTrainARunToItsEnd) {
  TempFolder temp;
  const ProgramOutput run = RunTengen(Tiny(temp / "run", "40steps"), /*errors=*/true);
  EXPECT_EQ(run.code, 0) << run.text;
  EXPECT_THAT(run.text, HasSubstr("rank 1 of 2 computes its share of the updates"));
  EXPECT_TRUE(fs::exists(temp / "run/checkpoints/00000040/model.safetensors"));
  // And on, alone.
  std::string alone = Tiny(temp / "run", "50steps");
  alone.replace(alone.find("--ranks 2"), 9, "--ranks 1");
  EXPECT_EQ(RunTengen(alone, /*errors=*/true).code, 0);
}

TEST(RanksCommand, WithoutGlooItIsRefusedClearly) {
  if (RankTeam::Available()) GTEST_SKIP() << "there is Gloo";
  TempFolder temp;
  const ProgramOutput run = RunTengen(Tiny(temp / "run", "40steps"), /*errors=*/true);
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.text, HasSubstr("libgloo-dev"));
}

TEST_F(RanksTest, AKilledRankEndsTheOtherWithASentence) {
  TempFolder temp;
  TwoRanks ranks(temp / "run", temp / "log");
  Tell(ranks.second(), SIGKILL);
  EXPECT_EQ(ranks.Wait(), 1);
  EXPECT_THAT(ranks.log(), HasSubstr("rank 0 of 2 lost the others"));
}

TEST_F(RanksTest, WithoutRankZeroTheOthersEnd) {
  TempFolder temp;
  TwoRanks ranks(temp / "run", temp / "log");
  Tell(ranks.first(), SIGKILL);
  ranks.Wait();
  EXPECT_TRUE(Eventually([&] { return !IsThere(ranks.second()); }));
  EXPECT_THAT(ranks.log(), HasSubstr("rank 1 of 2 lost the others"));
}

TEST_F(RanksTest, AStopSavesAndEndsAll) {
  TempFolder temp;
  TwoRanks ranks(temp / "run", temp / "log");
  Tell(ranks.second(), SIGTERM);  // rank 0's business
  Tell(ranks.first(), SIGTERM);
  EXPECT_EQ(ranks.Wait(), 0) << ranks.log();
  EXPECT_FALSE(IsThere(ranks.second()));
}

// A terminal that closes tells every process in it.
TEST_F(RanksTest, ALearnerOfTwoRanksOutlivesItsTerminalUntilItHasSaved) {
  TempFolder temp;
  const std::string arguments = "learner tictactoe --ranks 2 --listen 127.0.0.1:0 --run-dir '" +
                                (temp / "run").string() +
                                "' --budget 1h --set net.channels=8 net.blocks=1";
  TwoRanks ranks(arguments, temp / "log", temp / "log", "workers join with");
  Tell(ranks.second(), SIGHUP);
  Tell(ranks.first(), SIGHUP);
  EXPECT_EQ(ranks.Wait(), 0) << ranks.log();
  EXPECT_TRUE(fs::exists(temp / "run/resume")) << ranks.log();
}

TEST_F(RanksTest, ARankThatWaitsForTheOthersEndsWhenItIsTold) {
  TempFolder temp;
  for (const auto& [name, value] :
       {std::pair("RANK", "0"), std::pair("WORLD_SIZE", "2"), std::pair("MASTER_PORT", "29517"),
        std::pair("MASTER_ADDR", "127.0.0.1")}) {
    ::setenv(name, value, 1);
  }
  const pid_t alone = StartTengen({"train", "tictactoe", "--run-dir", (temp / "run").string()});
  for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_PORT", "MASTER_ADDR"}) ::unsetenv(name);
  std::this_thread::sleep_for(std::chrono::seconds(2));
  EXPECT_TRUE(IsThere(alone));
  ::kill(alone, SIGTERM);
  int status = 0;
  EXPECT_TRUE(Eventually([&] { return ::waitpid(alone, &status, WNOHANG) == alone; }));
  EXPECT_FALSE(fs::exists(temp / "run"));
}

TEST(RanksCommand, NamesWhatCannotBe) {
  TempFolder temp;
  const std::string run = " --run-dir '" + (temp / "run").string() + "'";
  ProgramOutput output = RunTengen("train go5 --ranks 3" + run, /*errors=*/true);
  EXPECT_EQ(output.code, 2);
  EXPECT_THAT(output.text, AllOf(HasSubstr("learner.batch_size is"), HasSubstr("3 equal shares")));
  ::setenv("RANK", "2", 1);
  ::setenv("WORLD_SIZE", "2", 1);
  output = RunTengen("train go5" + run, /*errors=*/true);
  ::unsetenv("RANK");
  ::unsetenv("WORLD_SIZE");
  EXPECT_EQ(output.code, 2);
  EXPECT_THAT(output.text, HasSubstr("RANK is '2', wanted a whole number from 0 to 1"));
  EXPECT_FALSE(fs::exists(temp / "run"));
}

TEST_F(RanksTest, LearnHasThemToo) {
  TempFolder temp;
  const std::string folder = temp.path().string();
  const auto cnn =
      RunTengen("learn cnn --ranks 2 --steps 3 --set data.count=200 --run-dir '" + folder + "/cnn'",
                /*errors=*/false);
  EXPECT_EQ(cnn.code, 0);
  EXPECT_THAT(cnn.text, HasSubstr("test accuracy"));
  const auto uneven = RunTengen("learn cnn --ranks 3 --run-dir '" + folder + "/no'", true);
  EXPECT_EQ(uneven.code, 2);
  EXPECT_THAT(uneven.text, HasSubstr("batch_size is 128, wanted 3 equal shares"));
  RunTengen("match random random --game go:size=3 --games 20 --sgf '" + folder + "/games'", false);
  const auto go = RunTengen(
      "learn go-policy 3x32 --ranks 2 --budget 3steps --set net.channels=8 "
      "net.blocks=1 --sgf '" +
          folder + "/games' --run-dir '" + folder + "/go'",
      /*errors=*/false);
  EXPECT_EQ(go.code, 0);
  EXPECT_THAT(go.text, HasSubstr("after 3 steps"));
}

}  // namespace
}  // namespace tengen

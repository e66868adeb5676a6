#include "agents/gtp/child_process.h"

#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using Outcome = ChildProcess::Outcome;
using ::testing::HasSubstr;

ChildProcess::Clock::time_point In(double seconds) {
  return ChildProcess::Clock::now() + std::chrono::milliseconds(static_cast<int>(1000 * seconds));
}

std::unique_ptr<ChildProcess> Start(const std::string& command) {
  auto child = ChildProcess::Start({command, {}});
  EXPECT_TRUE(child.ok());
  return std::move(*child);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ChildProcess, LinesGoThereAndBack) {
  const auto child = Start("cat");
  ASSERT_EQ(child->Write("one\ntwo\r\nthree", In(5)), Outcome::kDone);
  std::string line;
  ASSERT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
  EXPECT_EQ(line, "one");
  ASSERT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
  EXPECT_EQ(line, "two");
  EXPECT_EQ(child->ReadLine(line, In(0.05)), Outcome::kTimeout) << "half a line is none";
  EXPECT_EQ(child->ExitText(), "");
}

TEST(ChildProcess, TheLastLineNeedsNoEnd) {
  const auto child = Start("printf 'a\\nb'; exit 3");
  std::string line;
  ASSERT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
  ASSERT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
  EXPECT_EQ(line, "b");
  EXPECT_EQ(child->ReadLine(line, In(5)), Outcome::kClosed);
  EXPECT_EQ(child->ExitText(), "exit code 3");
}

// Debian's place for GNU Go, which is not on the PATH of root.
TEST(ChildProcess, FindsProgramsAmongTheGames) {
  const auto child = Start("echo \"$PATH\"");
  std::string line;
  ASSERT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
  EXPECT_THAT(line, ::testing::EndsWith(":/usr/games"));
}

TEST(ChildProcess, AnInterruptionEndsWaitingFromAnotherThread) {
  const auto interruption = std::make_shared<const Interruption>();
  auto child = ChildProcess::Start({"sleep 60", {}, interruption});
  ASSERT_TRUE(child.ok());
  EXPECT_FALSE(interruption->raised());
  const auto begin = ChildProcess::Clock::now();
  std::thread other([&interruption] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    interruption->Raise();
  });
  std::string line;
  EXPECT_EQ((*child)->ReadLine(line, In(30)), Outcome::kInterrupted);
  other.join();
  EXPECT_TRUE(interruption->raised());
  const std::string much(1 << 20, 'x');  // more than a pipe holds
  EXPECT_EQ((*child)->Write(much, In(30)), Outcome::kInterrupted);
  (*child)->Stop(In(30));
  EXPECT_EQ((*child)->ExitText(), "ended from here");
  EXPECT_LT(ChildProcess::Clock::now() - begin, std::chrono::seconds(10));
}

TEST(ChildProcess, SaysWhichSignalEndedIt) {
  const auto child = Start("kill -SEGV $$");
  std::string line;
  EXPECT_EQ(child->ReadLine(line, In(5)), Outcome::kClosed);
  EXPECT_THAT(child->ExitText(), HasSubstr("signal 11"));
}

TEST(ChildProcess, AnUnknownCommandEndsAtOnce) {
  TempFolder temp;
  auto child = ChildProcess::Start({"/nonexistent/program", temp / "log"});
  ASSERT_TRUE(child.ok());
  std::string line;
  EXPECT_EQ((*child)->ReadLine(line, In(5)), Outcome::kClosed);
  EXPECT_EQ((*child)->ExitText(), "exit code 127");
  EXPECT_THAT(ReadFile(temp / "log"), HasSubstr("not found"));
}

TEST(ChildProcess, AppendsStandardErrorToALog) {
  TempFolder temp;
  std::ofstream(temp / "log") << "before\n";
  auto child = ChildProcess::Start({"echo words >&2", temp / "log"});
  ASSERT_TRUE(child.ok());
  std::string line;
  EXPECT_EQ((*child)->ReadLine(line, In(5)), Outcome::kClosed);
  EXPECT_EQ(ReadFile(temp / "log"), "before\nwords\n");
  EXPECT_THAT(ChildProcess::Start({"true", "/nonexistent/log"}).error(),
              HasSubstr("/nonexistent/log"));
}

TEST(ChildProcess, AProgramThatDoesNotReadStopsWritingAtTheDeadline) {
  const auto child = Start("exec sleep 1000");
  EXPECT_EQ(child->Write(std::string(1 << 20, 'x'), In(0.1)), Outcome::kTimeout);
}

TEST(ChildProcess, WritingToAnEndedProgramRaisesNoSignal) {
  const auto child = Start("exec <&-; exit 0");
  std::string line;
  EXPECT_EQ(child->ReadLine(line, In(5)), Outcome::kClosed);
  EXPECT_EQ(child->Write("x\n", In(5)), Outcome::kClosed);
}

TEST(ChildProcess, ALineWithoutEndIsRefused) {
  const auto child = Start("while :; do printf '%01000d' 0; done");
  std::string line;
  EXPECT_EQ(child->ReadLine(line, In(20)), Outcome::kTooLong);
}

TEST(ChildProcess, EndingItEndsWhatItStarted) {
  auto child = Start("sleep 1000 & echo $!; trap '' TERM INT HUP; wait");
  std::string line;
  ASSERT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
  const pid_t grandchild = std::stoi(line);
  EXPECT_EQ(::kill(grandchild, 0), 0);
  child.reset();
  // Whoever adopted it reaps it soon; until then it is a zombie.
  std::string state = "R";
  for (int i = 0; i < 500 && ::kill(grandchild, 0) == 0 && state != "Z"; ++i) {
    std::istringstream words(ReadFile("/proc/" + line + "/stat"));
    words >> state >> state >> state;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(::kill(grandchild, 0) != 0 || state == "Z");
}

TEST(ChildProcess, GetsNoPipeOfItsSiblings) {
  const auto count_open = [] {
    std::string line;
    const auto child = Start("ls /proc/self/fd | wc -l");
    EXPECT_EQ(child->ReadLine(line, In(5)), Outcome::kDone);
    return std::stoi(line);
  };
  const int alone = count_open();
  const auto first = Start("cat");
  const auto second = Start("cat");
  EXPECT_EQ(count_open(), alone);
}

TEST(ChildProcess, StopLetsItEndByItself) {
  TempFolder temp;
  const std::string file = (temp / "farewell").string();
  const auto child = Start("cat; echo done > " + file);
  child->Stop(In(5));
  EXPECT_EQ(child->ExitText(), "exit code 0");
  EXPECT_EQ(ReadFile(file), "done\n");
}

}  // namespace
}  // namespace tengen

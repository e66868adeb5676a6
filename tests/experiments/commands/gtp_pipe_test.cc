// `tengen gtp` as controllers meet it: through pipes.

#include "tests/support/gtp_pipe.h"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

class GtpPipeTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (temp_ / name).string(); }

  std::string Read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(temp_ / name).rdbuf();
    return text.str();
  }

  // Standard output for that standard input, which may end anywhere.
  std::string Answers(const std::string& arguments, const std::string& input) const {
    std::ofstream(temp_ / "input") << input;
    const ProgramOutput output = RunTengen("gtp " + arguments + " < " + Path("input"), false);
    EXPECT_EQ(output.code, 0) << input.substr(0, 100);
    return output.text;
  }

  TempFolder temp_;
};

TEST_F(GtpPipeTest, WritesAnswersAndNothingElse) {
  EXPECT_THAT(
      Answers("mcts:20 --size 5",
              "\n# comment\n1 name\n2 play b c3\n3 nonsense\n4 genmove w\n5 quit\n6 name\n"),
      MatchesRegex("=1 Tengen\n\n=2\n\n[?]3 unknown command\n\n=4 [A-E][1-5]\n\n=5\n\n"));
}

TEST_F(GtpPipeTest, InputMayEndAnywhere) {
  EXPECT_EQ(Answers("random --size 5", ""), "");
  EXPECT_THAT(Answers("random --size 5", "play b c"), MatchesRegex("[?] [^\n]*\n\n"));
  const std::string analysis = Answers("mcts:20 --size 5", "kata-analyze 10");
  EXPECT_THAT(analysis, StartsWith("=\ninfo move "));
  EXPECT_THAT(analysis, EndsWith("\n\n"));
}

TEST_F(GtpPipeTest, EndlessLinesAreOneErrorEachAndChangeNothing) {
  const std::string text =
      Answers("random --size 5", "play b c3\n" + std::string(100'000, 'x') + "\nplay w " +
                                     std::string(3'000'000, 'a') + "\nkomi nan\nshowboard\n");
  EXPECT_THAT(text, MatchesRegex("=\n\n([?] [^\n]*\n\n){3}= [^?]*"));
  EXPECT_THAT(text, HasSubstr("\n 3 . . X . .\n"));
}

TEST_F(GtpPipeTest, OtherNamesCanBeGiven) {
  EXPECT_EQ(Answers("random --name KataGo --version-text 1.15", "name\nversion\n"),
            "= KataGo\n\n= 1.15\n\n");
}

TEST_F(GtpPipeTest, AFullDiskIsOneSentenceAndExitCode1) {
  std::ofstream(temp_ / "input") << "name\n";
  const std::string command = std::string("'") + TENGEN_BINARY + "' gtp random < " + Path("input") +
                              " > /dev/full 2> " + Path("errors");
  const int status = std::system(command.c_str());
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 1);
  EXPECT_THAT(Read("errors"), MatchesRegex("tengen: cannot write to standard output: [^\n]*\n"));
}

TEST_F(GtpPipeTest, AReaderThatGoesAwayEndsAnAnalysis) {
  // The input stays open; one line of the analysis is read.
  ASSERT_EQ(::mkfifo(Path("commands").c_str(), 0600), 0);
  const int commands = ::open(Path("commands").c_str(), O_RDWR);
  ASSERT_GE(commands, 0);
  const std::string analyze = "kata-analyze 1\n";
  ASSERT_EQ(::write(commands, analyze.data(), analyze.size()),
            static_cast<ssize_t>(analyze.size()));
  const ProgramOutput output = RunTengen(
      "gtp mcts:20 --size 5 < " + Path("commands") + " 2> " + Path("errors") + " | head -1", false);
  ::close(commands);
  EXPECT_EQ(output.text, "=\n");
  EXPECT_THAT(Read("errors"), MatchesRegex("tengen: cannot write to standard output: [^\n]*\n"));
}

TEST_F(GtpPipeTest, AnalysisComesInTimeGoesOnAndStops) {
  GtpPipe gtp("gtp mcts:100 --size 9");
  ExpectTimelyAnalysis(gtp, "lz-analyze b 20", 0.2);
  ExpectTimelyAnalysis(gtp, "kata-analyze w interval 20 ownership true", 0.2);
}

TEST_F(GtpPipeTest, PonderingHoldsNoAnswerBack) {
  GtpPipe gtp("gtp mcts:100 --size 9 --ponder");
  gtp.Ask("name");
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(gtp.Ask("protocol_version"), "= 2\n");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  }
  EXPECT_THAT(gtp.Ask("genmove b"), MatchesRegex("= [A-HJ][1-9]\n"));
  EXPECT_EQ(gtp.Ask("quit"), "=\n");
}

}  // namespace
}  // namespace tengen

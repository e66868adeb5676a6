#include "experiments/train/run_status.h"

#include <algorithm>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A run of go5 a quarter of the way, with all that a line can hold.
RunStatus FullStatus() {
  RunStatus status;
  status.seconds = 150;
  status.budget_used = 0.25;
  status.games = 812;
  status.positions = 12345;
  status.steps = 40;
  status.evaluations_per_s = 18200;
  status.batch_fill = 0.97;
  status.losses = {
      {"total", 2.5}, {"policy", 1.75}, {"value", 0.5}, {"score", 0.125}, {"ownership", 0.125}};
  status.elo = Interval{310, 220, 400};
  return status;
}

TEST(WhyIdle, NamesWhatTheLearnerWaitsFor) {
  RunStatus status;
  status.first_positions = 1000;
  status.positions = 120;
  EXPECT_EQ(WhyIdle(status), "learner waits for positions: 120 of 1000");
  status.positions = 5000;
  status.steps = 10;
  status.seconds_since_step = 1.0;
  EXPECT_EQ(WhyIdle(status), "");
  status.seconds_since_step = 20.0;
  status.seconds_since_game = 20.0;
  EXPECT_EQ(WhyIdle(status), "learner waits for games; the last one came 20 s ago");
  status.steps_due = 30;
  status.queued_games = status.queue_capacity = 64;
  EXPECT_EQ(WhyIdle(status), "self-play waits for the learner: 30 steps due");
}

TEST(StatusLine, TellsCountsRatesLossesAndElo) {
  EXPECT_EQ(StatusLine(FullStatus()),
            " 25% 3 min, 8 min left | games 812, positions 12.3k | steps 40 | 18.2k evals/s, batch "
            "fill 97% | loss total 2.500 policy 1.750 value 0.500 score 0.125 ownership 0.125 | "
            "Elo 310 (220 to 400)");
}

TEST(FittedStatusLine, HoldsAllOfItIn190Columns) {
  const std::string line = StatusLine(FullStatus());
  ASSERT_LE(line.size(), 190U);
  EXPECT_EQ(FittedStatusLine(FullStatus(), 190), line);
}

TEST(FittedStatusLine, LeavesOutWhatMattersLeastIn80Columns) {
  EXPECT_EQ(FittedStatusLine(FullStatus(), 80),
            " 25% 3 min, 8 min left | games 812 | steps 40 | loss total 2.500 | Elo 310");
}

TEST(FittedStatusLine, KeepsTheEssentialIn40Columns) {
  EXPECT_EQ(FittedStatusLine(FullStatus(), 40), " 25% 3 min | steps 40 | Elo 310");
}

TEST(FittedStatusLine, WhyNothingMovesComesBeforeNumbers) {
  RunStatus status = FullStatus();
  status.doing = "evaluating";
  EXPECT_EQ(FittedStatusLine(status, 40), " 25% 3 min | steps 40 | evaluating");
  status.doing.clear();
  status.steps = 0;
  status.first_positions = 20000;
  EXPECT_THAT(FittedStatusLine(status, 80),
              EndsWith(" | learner waits for positions: 12.3k of 20.0k"));
}

TEST(FittedStatusLine, NeverIsLongerThanItsColumnsAndGrowsWithThem) {
  RunStatus status = FullStatus();
  status.returns = {12.0, 480.0};
  status.doing = "evaluating";
  std::size_t longest = 0;
  for (int columns = 0; columns <= 250; ++columns) {
    const std::string line = FittedStatusLine(status, columns);
    EXPECT_LE(line.size(), static_cast<std::size_t>(columns)) << line;
    EXPECT_THAT(
        line,
        StartsWith(
            std::string(" 25% 3 min").substr(0, static_cast<std::size_t>(std::min(columns, 10)))));
    longest = std::max(longest, line.size());
  }
  EXPECT_EQ(longest, StatusLine(status).size());
}

TEST(FittedStatusLine, PartsOfALossDoNotStandWithoutIt) {
  RunStatus status;
  status.losses = {{"total_of_everything_there_is", 123456.5}, {"x", 0.5}};
  for (int columns = 0; columns < 120; ++columns) {
    const std::string line = FittedStatusLine(status, columns);
    if (line.find("x 0.500") == std::string::npos) continue;
    EXPECT_THAT(line, HasSubstr("loss total"));
  }
}

TEST(CanRewriteLines, NeedsATerminalThatUnderstandsIt) {
  EXPECT_TRUE(CanRewriteLines(true, "xterm-256color"));
  EXPECT_FALSE(CanRewriteLines(true, "dumb"));
  EXPECT_FALSE(CanRewriteLines(true, ""));
  EXPECT_FALSE(CanRewriteLines(true, nullptr));
  EXPECT_FALSE(CanRewriteLines(false, "xterm"));
}

TEST(CountText, ShortensLargeNumbers) {
  EXPECT_EQ(CountText(9999.0), "9999");
  EXPECT_EQ(CountText(18200.0), "18.2k");
  EXPECT_EQ(CountText(1240000.0), "1.24M");
}

// Standard error as a terminal of that width while it lives.
class FakeTerminal {
 public:
  explicit FakeTerminal(int columns) : before_(::dup(STDERR_FILENO)) {
    EXPECT_EQ(::openpty(&own_, &program_, nullptr, nullptr, nullptr), 0);
    ::fcntl(own_, F_SETFL, O_NONBLOCK);
    SetColumns(columns);
    ::dup2(program_, STDERR_FILENO);
  }
  ~FakeTerminal() {
    ::dup2(before_, STDERR_FILENO);
    for (const int file : {before_, own_, program_}) ::close(file);
  }
  void SetColumns(int columns) const {
    winsize size = {};
    size.ws_col = static_cast<unsigned short>(columns);
    EXPECT_EQ(::ioctl(program_, TIOCSWINSZ, &size), 0);
  }
  // Until nothing more comes: what was written arrives in pieces, a little later.
  std::string Read() const {
    constexpr int kQuiet_ms = 100;
    std::string all;
    pollfd watched = {own_, POLLIN, 0};
    while (::poll(&watched, 1, kQuiet_ms) > 0) {
      char text[4096];
      const ssize_t size = ::read(own_, text, sizeof text);
      if (size <= 0) break;
      all.append(text, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  const int before_;
  int own_ = -1;
  int program_ = -1;
};

TEST(StatusPrinter, FollowsTheWidthOfTheTerminal) {
  ::setenv("TERM", "xterm", 1);
  const FakeTerminal terminal(80);
  StatusPrinter printer;
  printer.Show(FullStatus(), 0.0);
  EXPECT_EQ(terminal.Read(), "\r" + FittedStatusLine(FullStatus(), 79) + "\033[K");
  terminal.SetColumns(40);
  printer.Show(FullStatus(), 1.0);
  EXPECT_EQ(terminal.Read(), "\r" + FittedStatusLine(FullStatus(), 39) + "\033[K");
  terminal.SetColumns(300);
  printer.Show(FullStatus(), 2.0);
  EXPECT_EQ(terminal.Read(), "\r" + StatusLine(FullStatus()) + "\033[K");
  printer.Show(FullStatus(), 2.1);
  EXPECT_EQ(terminal.Read(), "") << "too soon";
  printer.Say("a word");
  EXPECT_EQ(terminal.Read(), "\r\033[Ka word\r\n");  // terminals turn \n into \r\n
}

TEST(StatusPrinter, WritesPlainLinesWhereNothingIsUnderstood) {
  ::setenv("TERM", "dumb", 1);
  const FakeTerminal terminal(40);
  StatusPrinter printer;
  printer.Show(FullStatus(), 0.0);
  EXPECT_EQ(terminal.Read(), StatusLine(FullStatus()) + "\r\n");
  printer.Show(FullStatus(), 20.0);
  EXPECT_EQ(terminal.Read(), "") << "plain lines come every 30 s";
  printer.Show(FullStatus(), 31.0);
  printer.Say("a word");
  EXPECT_THAT(terminal.Read(), Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace tengen

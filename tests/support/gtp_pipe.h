#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "agents/gtp/child_process.h"
#include "tests/support/analysis_line.h"

// Speaks with the tengen program (TENGEN_BINARY) as a controller does.

namespace tengen {

class GtpPipe {
 public:
  using Clock = ChildProcess::Clock;

  explicit GtpPipe(const std::string& arguments)
      : program_(ChildProcess::Start({std::string("exec '") + TENGEN_BINARY + "' " + arguments, {}})
                     .value()) {}

  void Send(const std::string& line) {
    EXPECT_EQ(program_->Write(line + "\n", Deadline()), ChildProcess::Outcome::kDone) << line;
  }

  std::string ReadLine() {
    std::string line;
    EXPECT_EQ(program_->ReadLine(line, Deadline()), ChildProcess::Outcome::kDone);
    return line;
  }

  // The whole answer without the empty line that ends it.
  std::string Ask(const std::string& command) {
    Send(command);
    return ReadAnswer();
  }

  std::string ReadAnswer() {
    std::string answer;
    for (std::string line = ReadLine(); !line.empty(); line = ReadLine()) answer += line + "\n";
    return answer;
  }

 private:
  static Clock::time_point Deadline() { return Clock::now() + std::chrono::seconds(60); }

  std::unique_ptr<ChildProcess> program_;
};

// Expects of an analysis with that interval: the first line within a second, the others at the
// interval, each with more visits than the last, and an end at once when another command comes.
inline void ExpectTimelyAnalysis(GtpPipe& gtp, const std::string& command, double interval_s) {
  const auto seconds_since = [](GtpPipe::Clock::time_point start) {
    return std::chrono::duration<double>(GtpPipe::Clock::now() - start).count();
  };
  gtp.Ask("clear_board");
  const auto asked = GtpPipe::Clock::now();
  gtp.Send(command);
  EXPECT_EQ(gtp.ReadLine(), "=") << command;
  std::vector<double> at_s;
  std::vector<int> visits;
  while (at_s.size() < 6) {
    const std::string line = gtp.ReadLine();
    ASSERT_EQ(line.rfind("info move ", 0), 0U) << line;
    at_s.push_back(seconds_since(asked));
    visits.push_back(VisitsIn(line));
  }
  const auto stopped = GtpPipe::Clock::now();
  gtp.Send("name");
  gtp.ReadAnswer();  // of the analysis: lines that were under way
  EXPECT_EQ(gtp.ReadAnswer(), "= Tengen\n");
  const double stop_s = seconds_since(stopped);

  std::vector<double> gaps;
  for (std::size_t i = 1; i < at_s.size(); ++i) {
    gaps.push_back(at_s[i] - at_s[i - 1]);
    EXPECT_GT(visits[i], visits[i - 1]) << command;
  }
  std::sort(gaps.begin(), gaps.end());
  std::printf(
      "%s: first line after %.3f s, then every %.3f to %.3f s, %d to %d visits, end %.3f s\n",
      command.c_str(), at_s.front(), gaps.front(), gaps.back(), visits.front(), visits.back(),
      stop_s);
  EXPECT_LT(at_s.front(), 1.0) << command;
  EXPECT_NEAR(gaps[gaps.size() / 2], interval_s, 0.1 + 0.5 * interval_s) << command;
  EXPECT_LT(stop_s, 1.0) << command;
}

}  // namespace tengen

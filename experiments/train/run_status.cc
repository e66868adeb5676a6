#include "experiments/train/run_status.h"

#include <cmath>
#include <cstdio>
#include <unistd.h>

#include "envs/core/check.h"
#include "experiments/config/budget.h"

namespace tengen {
namespace {

constexpr double kTerminalInterval_s = 0.5;
constexpr double kPlainInterval_s = 30.0;

template <typename... Args>
std::string Format(const char* format, Args... args) {
  char text[256];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

}  // namespace

std::string CountText(double count) {
  if (count < 10000.0) return Format("%.0f", count);
  if (count < 1e6) return Format("%.1fk", count / 1e3);
  return Format("%.2fM", count / 1e6);
}

std::string WhyIdle(const RunStatus& s) {
  if (!s.doing.empty()) return s.doing;
  if (s.steps == 0 && s.positions < s.first_positions) {
    return StrCat("learner waits for positions: ", CountText(static_cast<double>(s.positions)),
                  " of ", CountText(static_cast<double>(s.first_positions)));
  }
  if (s.steps_due == 0 && s.seconds_since_step > 10.0) {
    return StrCat("learner waits for games; the last one came ", DurationText(s.seconds_since_game),
                  " ago");
  }
  if (s.queued_games >= s.queue_capacity && s.steps_due > 0) {
    return StrCat("self-play waits for the learner: ", s.steps_due, " steps due");
  }
  return "";
}

std::string StatusLine(const RunStatus& s) {
  std::string line = Format("%3.0f%% ", std::fmin(s.budget_used, 1.0) * 100.0);
  line += DurationText(s.seconds);
  if (s.budget_used > 0.005 && s.budget_used < 1.0) {
    line += ", " + DurationText(s.seconds / s.budget_used - s.seconds) + " left";
  }
  line += StrCat(" | games ", CountText(static_cast<double>(s.games)), ", positions ",
                 CountText(static_cast<double>(s.positions)), ", steps ",
                 CountText(static_cast<double>(s.steps)));
  line += Format(" | %s evals/s, batch fill %.0f%%", CountText(s.evaluations_per_s).c_str(),
                 s.batch_fill * 100.0);
  if (!s.losses.empty()) {
    line += " | loss";
    for (const auto& [name, value] : s.losses) line += Format(" %s %.3f", name.c_str(), value);
  }
  if (s.elo) {
    line += Format(" | Elo %.0f (%.0f to %.0f)", s.elo->value, s.elo->low, s.elo->high);
  }
  if (s.returns) {
    line += Format(" | return %.1f, with search %.1f", s.returns->first, s.returns->second);
  }
  const std::string why = WhyIdle(s);
  if (!why.empty()) line += " | " + why;
  return line;
}

StatusPrinter::StatusPrinter() : terminal_(::isatty(STDERR_FILENO) == 1) {}

StatusPrinter::~StatusPrinter() {
  if (line_open_) std::fputc('\n', stderr);
}

void StatusPrinter::Show(const RunStatus& status, double now_s) {
  if (now_s - last_s_ < (terminal_ ? kTerminalInterval_s : kPlainInterval_s)) return;
  last_s_ = now_s;
  const std::string line = StatusLine(status);
  if (terminal_) {
    std::fprintf(stderr, "\r%s\033[K", line.c_str());
    std::fflush(stderr);
    line_open_ = true;
  } else {
    std::fprintf(stderr, "%s\n", line.c_str());
  }
}

void StatusPrinter::Say(const std::string& text) {
  if (line_open_) std::fprintf(stderr, "\r\033[K");
  std::fprintf(stderr, "%s\n", text.c_str());
  line_open_ = false;
}

}  // namespace tengen

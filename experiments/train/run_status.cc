#include "experiments/train/run_status.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include <climits>

#include "envs/core/check.h"
#include "experiments/config/budget.h"

namespace tengen {
namespace {

constexpr double kTerminalInterval_s = 0.5;
constexpr double kPlainInterval_s = 30.0;  // a log file of ten hours has 1200 of them
constexpr int kUsualColumns = 80;          // of a terminal that does not tell its width
constexpr double kIdle_s = 10.0;           // without a step, longer than any step takes
// Before this share of the budget the time left would jump about.
constexpr double kTellsTimeLeft = 0.005;

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
  if (!s.doing.empty() || !s.plays) return s.doing;
  if (s.steps == 0 && s.positions < s.first_positions) {
    return StrCat("learner waits for positions: ", CountText(static_cast<double>(s.positions)),
                  " of ", CountText(static_cast<double>(s.first_positions)));
  }
  if (s.steps_due == 0 && s.seconds_since_step > kIdle_s) {
    return StrCat("learner waits for games; the last one came ", DurationText(s.seconds_since_game),
                  " ago");
  }
  if (s.queued_games >= s.queue_capacity && s.steps_due > 0) {
    return StrCat("self-play waits for the learner: ", s.steps_due, " steps due");
  }
  return "";
}

namespace {

// A piece of the status line. Pieces of one group stand together, and all but its first say nothing
// without it.
struct Piece {
  int group = 0;
  int importance = 0;  // 0 = most; equal ones in their order
  std::string text;
  const char* before = ", ";  // between it and what its group shows before it
};

class Pieces {
 public:
  void Add(int group, int importance, std::string text, const char* before = ", ") {
    pieces_.push_back({group, importance, std::move(text), before});
  }
  // The most important ones that fit into so many columns, in their order.
  std::string Fitted(std::size_t columns) const;

 private:
  std::string Joined(const std::vector<bool>& shown) const;
  bool LeadsOrFollows(std::size_t i, const std::vector<bool>& shown) const;

  std::vector<Piece> pieces_;
};

std::string Pieces::Joined(const std::vector<bool>& shown) const {
  std::string line;
  int group = -1;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (!shown[i]) continue;
    if (!line.empty()) line += pieces_[i].group == group ? pieces_[i].before : " | ";
    line += pieces_[i].text;
    group = pieces_[i].group;
  }
  return line;
}

// Whether the first piece of its group is shown, or it is that itself.
bool Pieces::LeadsOrFollows(std::size_t i, const std::vector<bool>& shown) const {
  std::size_t first = i;
  while (first > 0 && pieces_[first - 1].group == pieces_[i].group) --first;
  return first == i || shown[first];
}

std::string Pieces::Fitted(std::size_t columns) const {
  std::vector<std::size_t> order(pieces_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return pieces_[a].importance < pieces_[b].importance;
  });
  std::vector<bool> shown(pieces_.size());
  for (const std::size_t i : order) {
    if (!LeadsOrFollows(i, shown)) continue;
    shown[i] = true;
    if (i != order.front() && Joined(shown).size() > columns) shown[i] = false;
  }
  return Joined(shown).substr(0, columns);
}

std::string Count(std::int64_t count) { return CountText(static_cast<double>(count)); }

// Importance, from what tells whether the run lives to what only experts watch: 0 share and time,
// 1 why nothing moves, 2 steps, 3 strength, 4 time left, 5 games, 6 total loss, 7 speed, 8
// positions, 9 the interval of the strength, 10 batch fill, 11 parts of the loss.
Pieces PiecesOf(const RunStatus& s) {
  Pieces pieces;
  pieces.Add(0, 0,
             Format("%3.0f%% ", std::fmin(s.budget_used, 1.0) * 100.0) + DurationText(s.seconds));
  if (s.budget_used > kTellsTimeLeft && s.budget_used < 1.0) {
    pieces.Add(0, 4, DurationText(s.seconds / s.budget_used - s.seconds) + " left");
  }
  pieces.Add(1, 5, "games " + Count(s.games));
  pieces.Add(1, 8, "positions " + Count(s.positions));
  pieces.Add(2, 2, "steps " + Count(s.steps));
  if (s.plays) {
    pieces.Add(3, 7, CountText(s.evaluations_per_s) + " evals/s");
    pieces.Add(3, 10, Format("batch fill %.0f%%", s.batch_fill * 100.0));
  }
  for (std::size_t i = 0; i < s.losses.size(); ++i) {
    const auto& [name, value] = s.losses[i];
    pieces.Add(4, i == 0 ? 6 : 11, Format(i == 0 ? "loss %s %.3f" : "%s %.3f", name.c_str(), value),
               " ");
  }
  if (s.elo) {
    pieces.Add(5, 3, Format("Elo %.0f", s.elo->value));
    pieces.Add(5, 9, Format("(%.0f to %.0f)", s.elo->low, s.elo->high), " ");
  }
  if (s.returns) {
    pieces.Add(6, 3, Format("return %.1f", s.returns->first));
    pieces.Add(6, 9, Format("with search %.1f", s.returns->second));
  }
  const std::string why = WhyIdle(s);
  if (!why.empty()) pieces.Add(7, 1, why);
  return pieces;
}

int TerminalColumns() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualColumns;
  return size.ws_col;
}

}  // namespace

std::string StatusLine(const RunStatus& status) { return FittedStatusLine(status, INT_MAX); }

std::string FittedStatusLine(const RunStatus& status, int columns) {
  return PiecesOf(status).Fitted(static_cast<std::size_t>(std::max(columns, 0)));
}

bool CanRewriteLines(bool is_terminal, const char* term) {
  if (!is_terminal || term == nullptr) return false;
  const std::string_view name = term;
  return !name.empty() && name != "dumb";
}

StatusPrinter::StatusPrinter()
    : rewrites_(CanRewriteLines(::isatty(STDERR_FILENO) == 1, std::getenv("TERM"))) {}

StatusPrinter::~StatusPrinter() {
  if (line_open_) std::fputc('\n', stderr);
}

void StatusPrinter::Show(const RunStatus& status, double now_s) {
  if (now_s - last_s_ < (rewrites_ ? kTerminalInterval_s : kPlainInterval_s)) return;
  last_s_ = now_s;
  if (!rewrites_) {
    std::fprintf(stderr, "%s\n", StatusLine(status).c_str());
    return;
  }
  // The last column stays free: behind a character there, terminals differ in what \033[K erases.
  const std::string line = FittedStatusLine(status, TerminalColumns() - 1);
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
  line_open_ = true;
}

void StatusPrinter::Say(const std::string& text) {
  if (line_open_) std::fprintf(stderr, "\r\033[K");
  std::fprintf(stderr, "%s\n", text.c_str());
  line_open_ = false;
}

}  // namespace tengen

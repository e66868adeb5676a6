#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agents/zero/self_play_stats.h"
#include "experiments/statistics/interval.h"

namespace tengen {

// What a running experiment can tell at one moment.
struct RunStatus {
  bool plays = true;             // games come from self-play; false: they are all there
  double seconds = 0.0;          // of the whole run, earlier sessions included
  double budget_used = 0.0;      // share, 1 = done
  std::int64_t games = 0;        // stored
  std::int64_t positions = 0;    // training positions of those games
  std::int64_t steps = 0;        // learner's
  std::int64_t evaluations = 0;  // of self-play, over the whole run
  std::int64_t steps_due = 0;
  std::int64_t first_positions = 0;  // wanted before the first step
  std::int64_t network_step = 0;     // of the network that self-play uses
  double evaluations_per_s = 0.0;    // over the last seconds
  double batch_fill = 0.0;           // share
  std::optional<int> workers;        // elsewhere and connected; empty: this process plays
  std::size_t queued_games = 0;      // finished, not yet taken by the learner
  std::size_t queue_capacity = 1;
  double seconds_since_game = 0.0;  // finished
  double seconds_since_step = 0.0;
  SelfPlayStats selfplay;                              // of this session
  std::vector<std::pair<std::string, double>> losses;  // means since the last report
  std::optional<Interval> elo;                         // of the newest evaluation
  // One player: mean returns without and with search, of the newest evaluation.
  std::optional<std::pair<double, double>> returns;
  std::string doing;  // "", or what holds the loop up ("evaluating", "saving")
};

// One line for people: counts, rates, losses, Elo, time left, and, when nothing moves, why. Of
// ASCII characters.
std::string StatusLine(const RunStatus& status);
// The same in at most `columns` characters: what matters least is left out first, and time and
// share are cut only if they alone are too long.
std::string FittedStatusLine(const RunStatus& status, int columns);
// The last part alone: "" while everything moves.
std::string WhyIdle(const RunStatus& status);

// "812", "9.8k", "1.24M".
std::string CountText(double count);

// Whether a line can be written again in its place: on a terminal, but not on one whose TERM (null:
// not set) says that it understands nothing.
bool CanRewriteLines(bool is_terminal, const char* term);

// Writes status to stderr: on a terminal one line that is rewritten and always fits its width,
// which may change; elsewhere a plain line every 30 s.
class StatusPrinter {
 public:
  StatusPrinter();
  ~StatusPrinter();  // leaves the last line standing
  // `now_s`: seconds of a steady clock. Cheap to call often.
  void Show(const RunStatus& status, double now_s);
  // Prints a line of prose above the status line.
  void Say(const std::string& text);

 private:
  const bool rewrites_;
  double last_s_ = -1e9;
  bool line_open_ = false;
};

}  // namespace tengen

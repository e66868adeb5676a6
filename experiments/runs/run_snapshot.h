#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/game.h"
#include "experiments/runs/metric_table.h"

namespace tengen {

// A finished self-play game. The record keeps to the rules of `game`.
struct WatchedGame {
  GameRecord record;
  std::shared_ptr<const Game> game;
};

// One look of a run at its strength: a match, or in games of one player mean returns.
struct ProgressRow {
  double seconds = 0.0;  // of training
  std::int64_t step = 0;
  std::string opponent;  // "" in games of one player
  int games = 0;
  double points = 0.0;                                        // of games
  double elo = 0.0;                                           // random play = 0
  double elo_low = -std::numeric_limits<double>::infinity();  // 95 % interval
  double elo_high = std::numeric_limits<double>::infinity();
  double policy_return = 0.0;  // mean return without search, and with it
  double search_return = 0.0;
};

enum class RunPhase {
  kRunning,
  kFinished,  // the budget is used up
  kStopped,   // it is not, and no process runs
  kGone,      // the folder cannot be read any more
};

// What is known of a run folder at one moment. Immutable once published.
struct RunSnapshot {
  std::filesystem::path folder;
  RunPhase phase = RunPhase::kStopped;
  // One sentence: who waits for whom, or why nothing moves.
  std::string sentence;

  // Of config.json and the newest session.
  std::string preset;
  std::shared_ptr<const Game> game;  // the first one of the config; null if it cannot be told
  std::string config_problem;        // "", or what is wrong with config.json
  std::string budget;                // "10m"; "" before the first session
  std::string machine;               // processor or device, threads

  // Of the newest lines.
  double seconds = 0.0;      // of training
  double budget_used = 0.0;  // share
  std::int64_t games = 0;
  std::int64_t positions = 0;
  std::int64_t steps = 0;
  std::optional<std::filesystem::file_time_type> changed;  // metrics.jsonl; empty: there is none

  std::shared_ptr<const MetricTable> status;    // lines of kind "status", with rates
  std::shared_ptr<const MetricTable> progress;  // lines of kind "progress"
  std::vector<ProgressRow> matches;             // the same, oldest first
  std::vector<std::shared_ptr<const WatchedGame>> newest_games;  // oldest first
  std::vector<std::int64_t> checkpoints;                         // steps, ascending
  bool loading = false;  // there is more to read than was read so far
};

// What the sentence is made of.
struct RunFacts {
  RunPhase phase = RunPhase::kStopped;
  bool began = false;        // a process wrote that it began
  bool has_status = false;   // and how it does
  std::string idle;          // of the newest status line, see WhyIdle
  double age_s = 0.0;        // of the newest line
  double budget_used = 0.0;  // share
  std::string budget;        // "10 min"
};
std::string RunSentence(const RunFacts& facts);

// Seconds since the newest line was written, infinite if there is none.
double AgeOf(const RunSnapshot& snapshot);

}  // namespace tengen

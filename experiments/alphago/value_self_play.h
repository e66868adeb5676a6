#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "agents/alphago/value_games.h"
#include "envs/core/result.h"
#include "nets/device.h"

namespace tengen {

struct ValueSelfPlayConfig {
  std::string game = "go:size=9,komi=7";
  std::string from;              // a run with sl/ and rl/
  std::int64_t games = 100'000;  // at most
  int batch_games = 128;         // at once
  double test_share = 0.1;       // of the games, which are never learnt from
  std::uint64_t seed = 1;
};

// Plays the value network's games (value_games.h) into a run folder: every 1 / test_share-th game
// into held_out/, the others into games/, so that GameSplit reads them. What was played is kept
// from batch to batch: playing.json says where a process goes on that was stopped or killed.
class ValueSelfPlay {
 public:
  // What was played in `run` so far; Load errors: the file is damaged.
  struct Progress {
    std::uint64_t next = 0;  // number of the next game
    std::int64_t kept = 0;   // games with a position
    double seconds = 0.0;
    bool done = false;
  };
  static Result<Progress> Load(const std::filesystem::path& run);

  // Throws UsageError: no networks in config.from, or such of another game.
  ValueSelfPlay(const ValueSelfPlayConfig& config, const std::filesystem::path& run, Device device,
                int threads);

  // Plays until config.games are kept or `seconds` were played, over all sessions, or `stop` is
  // set. Tells people on stderr. Throws WorldError.
  Progress Go(double seconds, const std::atomic<bool>& stop);

 private:
  std::set<std::uint64_t> StoredNumbers() const;

  const ValueSelfPlayConfig config_;
  const std::filesystem::path run_;
  const int threads_;
  std::shared_ptr<const GoGame> game_;
  std::shared_ptr<Evaluator> supervised_;
  std::shared_ptr<Evaluator> reinforced_;
  Progress progress_;
};

}  // namespace tengen

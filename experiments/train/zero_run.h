#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "experiments/config/train_config.h"
#include "experiments/train/self_play_driver.h"

namespace tengen {

// What a run has done so far.
struct RunCounts {
  std::int64_t games = 0;
  std::int64_t positions = 0;  // training positions
  std::int64_t steps = 0;
  std::int64_t steps_due = 0;    // that the learner is behind
  std::int64_t evaluations = 0;  // of this session's self-play
};

// One self-play training run in a folder, in this process. The main thread learns, stores games and
// looks after everything else; self-play has threads of its own and meets it in a bounded queue.
//
//   self-play threads --games--> queue --> store (fsync) --> buffer --> learner steps
//          ^                                                                |
//          +------------------------- new network --------------------------+
//
// With config.deterministic there are no other threads: games and steps alternate in a fixed order,
// so that equal seeds give equal records and weights.
//
// A run that was stopped or killed is resumed by constructing it again with the same folder and
// config: learner, buffer, counters and game numbers go on where its newest saved state stood, and
// games stored after that count as new. Not thread-safe.
class ZeroRun {
 public:
  // Opens the folder and prepares everything. Throws UsageError (config, folder of another run) and
  // WorldError (disk, device, damaged state). `driver` makes what the games come from when Go
  // begins; without it that is threads of this process.
  // `team`: ranks that follow this process's learner, whose rank 0 it is; null: none.
  ZeroRun(const TrainConfig& config, const std::filesystem::path& folder, DriverFactory driver = {},
          std::shared_ptr<RankTeam> team = nullptr);
  ~ZeroRun();

  // What this run will need and do, for people, before it starts.
  std::string Outlook() const;
  // Measures this machine for about two seconds and says what to expect of the budget. "" for runs
  // that go on and for deterministic ones, and once `stop` is set. Changes nothing of the run.
  std::string Forecast(const std::atomic<bool>& stop) const;

  // Trains until the budget is used up or `stop` is set, then saves. Throws WorldError; what was
  // stored stays.
  void Go(const std::atomic<bool>& stop);

  // After Go: one paragraph on what came out.
  std::string Summary() const;
  // After Go.
  RunCounts counts() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen

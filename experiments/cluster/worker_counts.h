#pragma once

#include <chrono>
#include <map>
#include <string>

#include "agents/zero/self_play_stats.h"
#include "experiments/cluster/worker_door.h"

namespace tengen {

// What all workers together did for one learner. Each tells what it did since its own start: one
// that lived through a learner's end goes on counting, and what it had counted before is the
// earlier learner's. Not thread-safe.
class WorkerCounts {
 public:
  using Clock = std::chrono::steady_clock;

  // Takes over what a worker says now. Nothing if it says what no machine can do.
  void Look(const ConnectedWorker& worker, Clock::time_point now);
  // Of those that left too.
  const SelfPlayStats& total() const { return total_; }

 private:
  struct Counted {
    SelfPlayStats stats;
    Clock::time_point when;
  };
  std::map<std::string, Counted> counted_;  // by instance
  SelfPlayStats total_;
  const Clock::time_point begin_ = Clock::now();
};

}  // namespace tengen

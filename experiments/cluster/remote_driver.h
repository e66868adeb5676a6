#pragma once

#include <functional>
#include <memory>

#include "experiments/cluster/worker_door.h"
#include "experiments/train/self_play_driver.h"

namespace tengen {

struct RemoteDriverOptions {
  // Games whose newest network is older than this many learner steps are dropped; 0 = none.
  std::int64_t max_stale_steps = 0;
  // Share of the games of which one position is evaluated again with the network that the game
  // names (network_check.h).
  double check_share = 0.05;
};

// Self-play elsewhere: games come through a door, each counted once by its number, and are
// acknowledged when the run has them on disk. Every few seconds RUN/workers.json tells who is
// there. A worker that sends a game which breaks the rules, is numbered out of its range, or was
// played with other weights than it names is shut out.
std::unique_ptr<SelfPlayDriver> MakeRemoteDriver(const DriverStart& start,
                                                 std::unique_ptr<WorkerDoor> door,
                                                 const RemoteDriverOptions& options);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/cluster/worker_door.h"

namespace tengen {

// What a learner counted beside what its door did.
struct LearnerCounts {
  std::int64_t step = 0;             // of the newest network
  std::uint64_t repeated_games = 0;  // came again, and were counted once
  std::uint64_t stale_games = 0;     // dropped: their networks were too old
  std::size_t queued_games = 0;
  std::uint64_t unknown_games = 0;  // dropped: nobody knows the networks that they name
};

// The content of RUN/workers.json, which observers get too: {"time": seconds since 1970, "step",
// "games", "repeated_games", "stale_games", "unknown_games", "queued_games", "refused",
// "last_refusal", "bytes_in", "bytes_out", "sessions", "workers": [{"name", "address", "threads",
// "device", "program", "games", "games_per_s", "evaluations_per_s", "network_step", "steps_behind",
// "waiting_games", "oldest_waiting_s", "dropped_games", "connected_s", "silent_s", "waits_for"}]}.
nlohmann::json WorkersToJson(const std::vector<ConnectedWorker>& workers, const DoorCounts& door,
                             const LearnerCounts& learner);
// The same for people: a line for each worker, and what holds things up. Error: it is not that
// content, as in a damaged file.
Result<std::string> WorkersText(const nlohmann::json& status);
// The same in Prometheus' text format (version 0.0.4). Errors likewise.
Result<std::string> WorkersMetrics(const nlohmann::json& status);

}  // namespace tengen

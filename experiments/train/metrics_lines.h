#pragma once

#include <cstdint>

#include <nlohmann/json_fwd.hpp>

#include "experiments/config/train_config.h"
#include "experiments/train/loss_means.h"
#include "experiments/train/progress.h"
#include "experiments/train/run_status.h"

namespace tengen {

// Lines of metrics.jsonl. Each has "kind":
//   session   a process began: settings that may change between sessions, processor, version, when
//   stored    games and training positions that are on the disk, over the whole run
//   status    every few seconds: counts, rates, losses, self-play statistics
//   progress  a match against an anchor with its Elo, or mean returns of one player

// `used` is what the configured precision came to on this machine.
nlohmann::json SessionStartMetrics(const TrainConfig& config, Precision used, bool resumed,
                                   std::int64_t step);
nlohmann::json ProgressMetrics(const ProgressPoint& point, double seconds);
nlohmann::json ProgressMetrics(const ReturnPoint& point, double seconds);

// Means of self-play are those of `since`, the stretch since the last such line; they are left out
// where nothing was counted in it. Counts of self-play are those of the session (status.selfplay).
// What each number covers is told to people by the notes of StatusCharts.
nlohmann::json StatusMetrics(const RunStatus& status, const SelfPlayStats& since,
                             std::int64_t buffer_positions, const LossMeans& losses);

}  // namespace tengen

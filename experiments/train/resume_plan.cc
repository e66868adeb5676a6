#include "experiments/train/resume_plan.h"

#include <algorithm>

#include "agents/zero/self_play.h"

namespace tengen {

ResumePlan PlanResume(std::span<const IndexedShard> shards, const WindowConfig& window) {
  ResumePlan plan;
  std::int64_t positions = 0;  // in the shards that are left
  for (const IndexedShard& shard : shards) {
    positions += shard.index.positions;
    for (const auto& [first, last] : shard.index.streams.ranges()) {
      plan.stored.AddRange(first, last);
      if (last < kFirstLeasedGame) plan.next_game = std::max(plan.next_game, last + 1);
    }
  }
  const std::int64_t size = WindowSize(window, positions);
  for (const IndexedShard& shard : shards) {
    const bool read = !plan.files.empty() || positions - shard.index.positions < size;
    positions -= shard.index.positions;
    if (!read) {
      plan.skipped_games += shard.index.records;
      plan.skipped_positions += shard.index.positions;
      continue;
    }
    if (!shard.present) {
      throw WorldError(StrCat(shard.file,
                              " was moved away, but training still draws from its games, wanted "
                              "it back in its place"));
    }
    plan.files.push_back(shard.file);
  }
  return plan;
}

}  // namespace tengen

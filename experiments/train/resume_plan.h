#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "agents/records/shard_index.h"
#include "agents/records/stream_set.h"
#include "agents/zero/replay_buffer.h"

namespace tengen {

// What a run that goes on has on its disk, and what of it must be read.
struct ResumePlan {
  std::vector<std::filesystem::path> files;  // shards that training draws from, oldest first
  std::int64_t skipped_games = 0;            // of the shards before those
  std::int64_t skipped_positions = 0;
  StreamSet stored;             // the numbers of all games
  std::uint64_t next_game = 0;  // above those of games that the run numbered itself
};

// From the indices of all shards, oldest first. The window of all positions so far is the largest
// that there was, so what lies before it is never drawn again. Throws WorldError if a shard that is
// to be read was moved away.
ResumePlan PlanResume(std::span<const IndexedShard> shards, const WindowConfig& window);

}  // namespace tengen

#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "agents/records/stream_set.h"
#include "envs/core/result.h"

// What a shard holds, without reading it: games-000001.index beside games-000001.shard, one JSON
// object {"bytes": ..., "records": ..., "positions": ..., "streams": [[first, last], ...]}. With
// them a run of millions of games is opened by reading those that training still draws from. A
// shard may be moved away when its index stays.

namespace tengen {

struct ShardIndex {
  std::int64_t bytes = 0;      // of the shard
  std::int64_t records = 0;    // whole ones
  std::int64_t positions = 0;  // training positions in them
  StreamSet streams;           // their numbers

  void Add(std::uint64_t stream, std::int64_t record_positions);
};

// A shard of a folder, with its index.
struct IndexedShard {
  std::filesystem::path file;
  bool present = true;  // false: only its index is
  ShardIndex index;
};

std::filesystem::path ShardIndexPath(const std::filesystem::path& shard);
// Errors: missing, damaged.
Result<ShardIndex> ReadShardIndex(const std::filesystem::path& file);
// Atomic. Throws WorldError.
void WriteShardIndex(const std::filesystem::path& file, const ShardIndex& index);
// By reading the shard; damage counts for nothing. Where there is an index of its first bytes, only
// the records behind those are read.
ShardIndex ScanShard(const std::filesystem::path& shard);

// All shards of a folder in writing order. An index that is missing, damaged or of another length
// than its shard is made anew by reading the shard, and kept unless that is the last one, which
// still grows.
std::vector<IndexedShard> IndexShards(const std::filesystem::path& folder);

}  // namespace tengen

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "agents/records/game_record.h"

namespace tengen {

// Follows a folder of shards (record_shard.h) that another process may be appending to, and gives
// the newest records. Reads each byte once; damage and a frame that is not yet written whole are
// passed over in silence. Not thread-safe.
class RecordTail {
 public:
  explicit RecordTail(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The newest records that came since the last call, in writing order, at most `count` of them;
  // the first call looks at the last shards only. Empty where nothing can be read. When the folder
  // was replaced by another, its newest records come.
  std::vector<GameRecord> Take(std::size_t count);

 private:
  const std::filesystem::path folder_;
  std::filesystem::path shard_;  // the last one that was read
  std::int64_t offset_ = 0;      // in it, behind the last whole record
};

}  // namespace tengen

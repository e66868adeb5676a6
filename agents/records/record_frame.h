#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "agents/records/game_record.h"
#include "envs/core/result.h"

// One frame of a shard, in memory; its layout stands in record_shard.h.

namespace tengen {

// What stands at some place of a shard. Refers to the bytes that it was read from.
struct RecordFrame {
  enum class State {
    kWhole,
    kCut,  // the bytes end inside it
    kBad,
  };
  State state = State::kBad;
  std::string reason;  // unless whole
  std::string_view payload;
  std::size_t raw_bytes = 0;  // of the record before compression

  std::size_t bytes() const;
  // REQUIRES: whole. Errors: the payload does not decompress, or is not a record.
  Result<GameRecord> Read() const;
};

std::string MakeRecordFrame(const GameRecord& record);

// The frame at the start of `bytes`. REQUIRES: !bytes.empty().
RecordFrame ParseRecordFrame(std::string_view bytes);

// Offset of the first whole frame at or behind `from`; npos if there is none.
std::size_t FindRecordFrame(std::string_view bytes, std::size_t from);

}  // namespace tengen

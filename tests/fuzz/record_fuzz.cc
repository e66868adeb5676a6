// libFuzzer target: any bytes, taken as a record in CBOR, as one in JSON and as a shard, are an
// error with a sentence, or records that survive being written and either keep the rules or are
// told why not.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agents/records/game_record.h"
#include "agents/records/record_frame.h"
#include "envs/registry/game_registry.h"

namespace {

using namespace tengen;  // NOLINT: a program of one file

void Require(bool condition) {
  if (!condition) std::abort();
}

// What trains on a record that passed CheckRecord relies on this.
void Use(const GameRecord& record) {
  const auto game = MakeGame(record.game_id);
  Require(game.ok());
  const auto plies = static_cast<int>(record.plies.size());
  Require(ReplayTo(**game, record, plies)->Ply() == plies);
  Require(record.owner.empty() ||
          record.owner.size() == static_cast<std::size_t>((*game)->spec().shape.points()));
}

void Follow(const Result<GameRecord>& record) {
  if (!record) {
    Require(!record.error().empty());
    return;
  }
  const auto from_cbor = RecordFromCbor(RecordToCbor(*record));
  Require(from_cbor.ok() && *from_cbor == *record);
  const auto from_json = RecordFromJson(RecordToJson(*record));
  Require(from_json.ok() && *from_json == *record);
  const Status valid = CheckRecord(*record);
  if (valid) {
    Use(*record);
  } else {
    Require(!valid.error().empty());
  }
}

void FollowFrames(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const RecordFrame frame = ParseRecordFrame(bytes.substr(at));
    if (frame.state != RecordFrame::State::kWhole) {
      const std::size_t next = FindRecordFrame(bytes, at + 1);
      if (next == std::string_view::npos) return;
      Require(next > at);
      at = next;
      continue;
    }
    Require(frame.bytes() > 0 && frame.bytes() <= bytes.size() - at);
    Follow(frame.Read());
    at += frame.bytes();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Follow(RecordFromCbor(bytes));
  Follow(RecordFromJson(bytes));
  FollowFrames(bytes);
  return 0;
}

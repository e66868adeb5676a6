#include "agents/records/record_tail.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "agents/records/record_frame.h"
#include "agents/records/record_shard.h"

namespace tengen {
namespace {

// The bytes of a file from `offset` on; empty if it cannot be read.
std::string BytesFrom(const std::filesystem::path& file, std::int64_t offset) {
  std::ifstream in(file, std::ios::binary);
  in.seekg(0, std::ios::end);
  const std::int64_t size = in ? static_cast<std::int64_t>(in.tellg()) : 0;
  if (size <= offset) return {};
  std::string bytes(static_cast<std::size_t>(size - offset), '\0');
  in.seekg(offset);
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
  return bytes;
}

// Whole records of a shard from `offset` on, the newest `count`; `offset` moves behind them.
std::vector<GameRecord> ReadShard(const std::filesystem::path& shard, std::int64_t& offset,
                                  std::size_t count) {
  const std::string bytes = BytesFrom(shard, offset);
  std::vector<RecordFrame> frames;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const RecordFrame frame = ParseRecordFrame(std::string_view(bytes).substr(at));
    if (frame.state == RecordFrame::State::kWhole) {
      frames.push_back(frame);
      at += frame.bytes();
      continue;
    }
    const std::size_t next = FindRecordFrame(bytes, at + 1);
    if (next == std::string::npos) break;  // perhaps being written
    at = next;
  }
  offset += static_cast<std::int64_t>(at);
  std::vector<GameRecord> records;
  for (std::size_t i = frames.size() - std::min(count, frames.size()); i < frames.size(); ++i) {
    Result<GameRecord> record = frames[i].Read();
    if (record) records.push_back(std::move(*record));
  }
  return records;
}

}  // namespace

std::vector<GameRecord> RecordTail::Take(std::size_t count) {
  const std::vector<std::filesystem::path> shards = ListShards(folder_);
  if (shards.empty()) return {};
  std::error_code error;
  auto known = std::find(shards.begin(), shards.end(), shard_);
  if (known != shards.end() &&
      static_cast<std::int64_t>(std::filesystem::file_size(*known, error)) < offset_) {
    known = shards.end();  // not the file that it was
  }
  // From the newest shard back to the known one, until there are enough.
  std::vector<GameRecord> records;
  for (auto shard = shards.end(); shard != shards.begin() && records.size() < count;) {
    --shard;
    std::int64_t offset = shard == known ? offset_ : 0;
    std::vector<GameRecord> older = ReadShard(*shard, offset, count - records.size());
    if (shard == shards.end() - 1) {
      shard_ = *shard;
      offset_ = offset;
    }
    records.insert(records.begin(), std::make_move_iterator(older.begin()),
                   std::make_move_iterator(older.end()));
    if (shard == known) break;
  }
  return records;
}

}  // namespace tengen

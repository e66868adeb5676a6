#include "agents/records/shard_index.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/records/game_record.h"
#include "agents/records/record_frame.h"
#include "agents/records/record_shard.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

void ShardIndex::Add(std::uint64_t stream, std::int64_t record_positions) {
  ++records;
  positions += record_positions;
  streams.Add(stream);
}

fs::path ShardIndexPath(const fs::path& shard) {
  return fs::path(shard).replace_extension(".index");
}

Result<ShardIndex> ReadShardIndex(const fs::path& file) {
  const Result<std::string> text = ReadWholeFile(file);
  if (!text) return Error{text.error()};
  try {
    const nlohmann::json json = nlohmann::json::parse(*text);
    ShardIndex index;
    index.bytes = json.at("bytes").get<std::int64_t>();
    index.records = json.at("records").get<std::int64_t>();
    index.positions = json.at("positions").get<std::int64_t>();
    for (const auto& [first, last] :
         json.at("streams").get<std::vector<std::pair<std::uint64_t, std::uint64_t>>>()) {
      if (first > last) return Error{StrCat(file, ": streams from ", first, " to ", last)};
      index.streams.AddRange(first, last);
    }
    return index;
  } catch (const nlohmann::json::exception& error) {
    return Error{StrCat(file, ": ", error.what())};
  }
}

void WriteShardIndex(const fs::path& file, const ShardIndex& index) {
  const nlohmann::json json = {{"bytes", index.bytes},
                               {"records", index.records},
                               {"positions", index.positions},
                               {"streams", index.streams.ranges()}};
  WriteFileAtomically(file, json.dump() + "\n");
}

namespace {

// Whether an index of the first `known` bytes can be gone on from: a frame follows there.
bool CanGoOn(std::string_view bytes, std::int64_t known) {
  if (known < 0 || known > static_cast<std::int64_t>(bytes.size())) return false;
  bytes.remove_prefix(static_cast<std::size_t>(known));
  return bytes.empty() || ParseRecordFrame(bytes).state == RecordFrame::State::kWhole;
}

}  // namespace

ShardIndex ScanShard(const fs::path& shard) {
  const Result<std::string> bytes = ReadWholeFile(shard);
  if (!bytes) throw WorldError(bytes.error());
  Result<ShardIndex> known = ReadShardIndex(ShardIndexPath(shard));
  ShardIndex index;
  if (known && CanGoOn(*bytes, known->bytes)) index = std::move(*known);
  auto offset = static_cast<std::size_t>(index.bytes);
  while (offset < bytes->size()) {
    const RecordFrame frame = ParseRecordFrame(std::string_view(*bytes).substr(offset));
    if (frame.state != RecordFrame::State::kWhole) {
      offset = FindRecordFrame(*bytes, offset + 1);  // npos is behind the end too
      continue;
    }
    offset += frame.bytes();
    const Result<GameRecord> record = frame.Read();
    if (record) index.Add(record->stream, record->sample_count());
  }
  index.bytes = static_cast<std::int64_t>(bytes->size());
  return index;
}

std::vector<IndexedShard> IndexShards(const fs::path& folder) {
  std::vector<IndexedShard> all;
  std::set<fs::path> present;
  for (const fs::path& shard : ListShards(folder)) {
    present.insert(shard);
    all.push_back({shard, true, {}});
  }
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".index") continue;
    const fs::path shard = fs::path(entry.path()).replace_extension(".shard");
    if (!present.contains(shard)) all.push_back({shard, false, {}});
  }
  // Numbers of up to six digits have leading zeros, longer ones are longer names.
  std::sort(all.begin(), all.end(), [](const IndexedShard& a, const IndexedShard& b) {
    const std::string& x = a.file.native();
    const std::string& y = b.file.native();
    return std::pair(x.size(), x) < std::pair(y.size(), y);
  });
  for (IndexedShard& shard : all) {
    const fs::path file = ShardIndexPath(shard.file);
    Result<ShardIndex> index = ReadShardIndex(file);
    const bool fits =
        index &&
        (!shard.present || index->bytes == static_cast<std::int64_t>(fs::file_size(shard.file)));
    if (fits) {
      shard.index = std::move(*index);
    } else if (shard.present) {
      shard.index = ScanShard(shard.file);
      if (&shard != &all.back()) WriteShardIndex(file, shard.index);
    }
  }
  return all;
}

}  // namespace tengen

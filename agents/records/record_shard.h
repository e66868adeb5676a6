#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agents/records/game_record.h"
#include "agents/records/shard_index.h"

// Game records at rest: a folder of append-only files games-000001.shard, games-000002.shard, ...
// A shard is a row of frames, numbers little-endian:
//
//   offset  0  4 bytes  "TGR1"
//           4  u32      length of the payload in bytes
//           8  u32      length of the record before compression
//          12  u32      CRC-32 of the payload
//          16  u32      CRC-32 of the sixteen bytes above
//          20  payload  zlib stream of the record's CBOR

namespace tengen {

// A stretch of a shard that could not be read.
struct ShardProblem {
  std::filesystem::path file;
  std::int64_t offset = 0;  // of the first byte that is no good
  std::int64_t bytes = 0;
  std::string reason;
  // The file ends inside a frame: its writer was stopped in the middle of it.
  bool torn_tail = false;

  std::string Text() const;  // one sentence with all of it
};

// The shards of a folder in writing order; none if the folder does not exist.
std::vector<std::filesystem::path> ListShards(const std::filesystem::path& folder);

// Appends records. Not thread-safe; one writer per folder. A record counts as stored once Sync has
// returned. Throws WorldError when the disk fails, as DiskFull (nets/write_error.h) when it is
// full; what was stored before stays readable.
class RecordShardWriter {
 public:
  // Makes the folder if needed. A torn tail of the last shard is cut off (see recovered()); shards
  // with other damage are left alone, and numbering goes on behind the last one.
  // A shard that has reached `max_bytes` gets its index and is followed by a new one.
  explicit RecordShardWriter(std::filesystem::path folder, std::int64_t max_bytes = 64 << 20);
  ~RecordShardWriter();
  RecordShardWriter(const RecordShardWriter&) = delete;
  RecordShardWriter& operator=(const RecordShardWriter&) = delete;

  // What was found and cut off at the end of the last shard when it was opened.
  const std::optional<ShardProblem>& recovered() const { return recovered_; }

  // Writes one frame, all or nothing: after a failure the shard is cut back to its last whole
  // frame.
  void Append(const GameRecord& record);
  // Forces everything appended to the disk (fsync).
  void Sync();
  // Appends records[done ...] and syncs. `done` counts those that are stored, also when DiskFull is
  // thrown: what was appended besides is taken back then, and the same call goes on with the rest
  // once there is room. REQUIRES: nothing was appended since the last Sync.
  void Store(std::span<const GameRecord> records, std::size_t& done);

  // Writes the index of the open shard as of the last Sync: who opens the folder next reads only
  // what comes behind.
  void WriteIndex();

  // Since construction.
  std::int64_t records_appended() const { return appended_; }
  std::int64_t records_stored() const { return stored_; }
  std::int64_t bytes_appended() const { return bytes_; }

 private:
  void OpenShard(int number);
  void CloseShard();
  void Rollback();  // to the last Sync

  const std::filesystem::path folder_;
  const std::int64_t max_bytes_;
  std::optional<ShardProblem> recovered_;
  std::filesystem::path path_;
  int file_ = -1;  // descriptor, -1 = no shard is open
  int number_ = 0;
  std::int64_t size_ = 0;         // of the open shard
  std::int64_t synced_size_ = 0;  // of its part that is stored
  bool torn_ = false;             // behind size_ lies a part of a frame
  ShardIndex index_;              // of the open shard, of what is stored
  std::vector<std::pair<std::uint64_t, std::int64_t>> pending_;  // stream and positions; not stored
  std::int64_t appended_ = 0;
  std::int64_t stored_ = 0;
  std::int64_t bytes_ = 0;
};

// Reads records in writing order. Damage does not stop it: it is noted in problems() and reading
// goes on at the next whole frame. Throws WorldError when a file cannot be read at all.
class RecordShardReader {
 public:
  explicit RecordShardReader(std::vector<std::filesystem::path> files);

  // The next record; empty at the end.
  std::optional<GameRecord> Next();
  const std::vector<ShardProblem>& problems() const { return problems_; }
  // Notes the record that Next returned last as a problem: it is whole, but of no use.
  void Refuse(std::string reason);
  // Where the record that Next returned last was found.
  const std::filesystem::path& file() const { return files_[file_index_]; }
  std::int64_t offset() const { return record_offset_; }

 private:
  bool LoadFile();

  std::vector<std::filesystem::path> files_;
  std::size_t file_index_ = 0;
  bool loaded_ = false;
  std::string bytes_;         // of the current file
  std::size_t position_ = 0;  // behind that record
  std::int64_t record_offset_ = 0;
  std::vector<ShardProblem> problems_;
};

}  // namespace tengen

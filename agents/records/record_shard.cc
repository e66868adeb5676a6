#include "agents/records/record_shard.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "agents/records/record_frame.h"
#include "agents/records/shard_index.h"
#include "envs/core/check.h"
#include "nets/atomic_file.h"
#include "nets/write_error.h"

namespace tengen {
namespace {

constexpr std::string_view kPrefix = "games-";
constexpr std::string_view kSuffix = ".shard";

// The damaged stretch of `bytes` at `offset`, up to the next whole frame or the end.
ShardProblem MakeProblem(const std::filesystem::path& file, std::string_view bytes,
                         std::size_t offset, const RecordFrame& frame) {
  const std::size_t next = FindRecordFrame(bytes, offset + 1);
  ShardProblem problem;
  problem.file = file;
  problem.offset = static_cast<std::int64_t>(offset);
  problem.bytes = static_cast<std::int64_t>(std::min(next, bytes.size()) - offset);
  problem.reason = frame.reason;
  problem.torn_tail = frame.state == RecordFrame::State::kCut && next == std::string_view::npos;
  return problem;
}

std::string ReadAll(const std::filesystem::path& path) {
  Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes) throw WorldError(bytes.error());
  return std::move(*bytes);
}

[[noreturn]] void ThrowErrno(const std::filesystem::path& path, std::string_view what) {
  const int code = errno;
  ThrowWriteError(StrCat(path.string(), ": ", what), code);
}

std::filesystem::path ShardPath(const std::filesystem::path& folder, int number) {
  std::string digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return folder / StrCat(kPrefix, digits, kSuffix);
}

// The number in a shard's name; 0 if it is not a shard's name.
int ShardNumber(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (name.size() <= kPrefix.size() + kSuffix.size() || !name.starts_with(kPrefix) ||
      !name.ends_with(kSuffix)) {
    return 0;
  }
  const std::string digits =
      name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
  if (digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string::npos) return 0;
  return std::stoi(digits);
}

// What stands in the way of appending to a shard: its first damage.
std::optional<ShardProblem> FindProblem(const std::filesystem::path& file, std::string_view bytes) {
  std::size_t offset = 0;
  while (offset < bytes.size()) {
    const RecordFrame frame = ParseRecordFrame(bytes.substr(offset));
    if (frame.state != RecordFrame::State::kWhole) return MakeProblem(file, bytes, offset, frame);
    offset += frame.bytes();
  }
  return std::nullopt;
}

}  // namespace

std::string ShardProblem::Text() const {
  return StrCat(file.string(), ": ", torn_tail ? "torn tail" : "damage", " at byte ", offset, ", ",
                bytes, " bytes not read: ", reason);
}

std::vector<std::filesystem::path> ListShards(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> shards;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (ShardNumber(entry.path()) > 0) shards.push_back(entry.path());
  }
  std::sort(shards.begin(), shards.end(),
            [](const auto& a, const auto& b) { return ShardNumber(a) < ShardNumber(b); });
  return shards;
}

RecordShardWriter::RecordShardWriter(std::filesystem::path folder, std::int64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) throw WorldError(StrCat(folder_.string(), ": cannot be made: ", error.message()));
  const auto shards = ListShards(folder_);
  if (shards.empty()) {
    OpenShard(1);
    return;
  }
  const int last = ShardNumber(shards.back());
  recovered_ = FindProblem(shards.back(), ReadAll(shards.back()));
  if (!recovered_) {
    OpenShard(last);
  } else if (recovered_->torn_tail) {
    std::filesystem::resize_file(shards.back(), static_cast<std::uintmax_t>(recovered_->offset),
                                 error);
    if (error) {
      throw WorldError(StrCat(shards.back().string(), ": cannot be cut: ", error.message()));
    }
    OpenShard(last);
  } else {
    recovered_.reset();
    OpenShard(last + 1);
  }
}

RecordShardWriter::~RecordShardWriter() { CloseShard(); }

// The shard before stays the open one until this has one.
void RecordShardWriter::OpenShard(int number) {
  const std::filesystem::path path = ShardPath(folder_, number);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) ThrowErrno(path, "cannot be opened for writing");
  CloseShard();
  file_ = file;
  number_ = number;
  path_ = path;
  size_ = lseek(file_, 0, SEEK_END);
  if (size_ < 0) ThrowErrno(path_, "has no size");
  synced_size_ = size_;
  torn_ = false;
  index_ = size_ > 0 ? ScanShard(path_) : ShardIndex();
  SyncFolder(folder_);
}

void RecordShardWriter::CloseShard() {
  if (file_ >= 0) close(file_);
  file_ = -1;
}

void RecordShardWriter::Append(const GameRecord& record) {
  if (size_ >= max_bytes_) {
    Sync();
    WriteIndex();
    OpenShard(number_ + 1);
  }
  if (torn_ && ftruncate(file_, size_) != 0) ThrowErrno(path_, "cannot be cut");
  torn_ = false;
  const std::string frame = MakeRecordFrame(record);
  std::size_t written = 0;
  while (written < frame.size()) {
    const ssize_t count = write(file_, frame.data() + written, frame.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int code = errno;
      // Cutting back can fail too; then it is tried again before the next frame.
      torn_ = ftruncate(file_, size_) != 0;
      errno = code;
      ThrowErrno(path_, StrCat("write of ", frame.size(), " bytes failed"));
    }
    written += static_cast<std::size_t>(count);
  }
  size_ += static_cast<std::int64_t>(frame.size());
  bytes_ += static_cast<std::int64_t>(frame.size());
  ++appended_;
  pending_.emplace_back(record.stream, record.sample_count());
}

void RecordShardWriter::Sync() {
  if (stored_ == appended_) return;
  if (fsync(file_) != 0) ThrowErrno(path_, "cannot be synced");
  stored_ = appended_;
  synced_size_ = size_;
  for (const auto& [stream, positions] : pending_) index_.Add(stream, positions);
  pending_.clear();
}

void RecordShardWriter::WriteIndex() {
  index_.bytes = synced_size_;
  WriteShardIndex(ShardIndexPath(path_), index_);
}

void RecordShardWriter::Store(std::span<const GameRecord> records, std::size_t& done) {
  Rollback();  // what a call before could not
  const std::int64_t before = stored_ - static_cast<std::int64_t>(done);
  try {
    for (std::size_t i = done; i < records.size(); ++i) Append(records[i]);
    Sync();
  } catch (const DiskFull&) {
    // A shard that is full is synced before the next one is begun.
    done = static_cast<std::size_t>(stored_ - before);
    Rollback();
    throw;
  }
  done = records.size();
}

void RecordShardWriter::Rollback() {
  if (file_ < 0 || (size_ == synced_size_ && !torn_)) return;
  if (ftruncate(file_, synced_size_) != 0) ThrowErrno(path_, "cannot be cut");
  bytes_ -= size_ - synced_size_;
  size_ = synced_size_;
  torn_ = false;
  appended_ = stored_;
  pending_.clear();
}

RecordShardReader::RecordShardReader(std::vector<std::filesystem::path> files)
    : files_(std::move(files)) {}

bool RecordShardReader::LoadFile() {
  if (loaded_ && position_ < bytes_.size()) return true;
  if (loaded_) ++file_index_;
  for (; file_index_ < files_.size(); ++file_index_) {
    bytes_ = ReadAll(files_[file_index_]);
    position_ = 0;
    loaded_ = true;
    if (!bytes_.empty()) return true;
  }
  loaded_ = false;
  return false;
}

void RecordShardReader::Refuse(std::string reason) {
  problems_.push_back({file(), record_offset_,
                       static_cast<std::int64_t>(position_) - record_offset_, std::move(reason),
                       /*torn_tail=*/false});
}

std::optional<GameRecord> RecordShardReader::Next() {
  while (LoadFile()) {
    const std::filesystem::path& file = files_[file_index_];
    const RecordFrame frame = ParseRecordFrame(std::string_view(bytes_).substr(position_));
    if (frame.state != RecordFrame::State::kWhole) {
      problems_.push_back(MakeProblem(file, bytes_, position_, frame));
      position_ += static_cast<std::size_t>(problems_.back().bytes);
      continue;
    }
    record_offset_ = static_cast<std::int64_t>(position_);
    position_ += frame.bytes();
    Result<GameRecord> record = frame.Read();
    if (record) return std::move(*record);
    problems_.push_back({file, record_offset_, static_cast<std::int64_t>(frame.bytes()),
                         record.error(), /*torn_tail=*/false});
  }
  return std::nullopt;
}

}  // namespace tengen

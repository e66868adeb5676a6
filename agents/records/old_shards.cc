#include "agents/records/old_shards.h"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "agents/records/record_shard.h"
#include "agents/records/shard_index.h"
#include "nets/atomic_file.h"
#include "nets/write_error.h"

namespace tengen {

namespace fs = std::filesystem;

namespace {

void SyncFile(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!synced) ThrowWriteError(StrCat("cannot sync ", file), error);
}

// Whether the index is of the whole shard, or of one that was moved away.
bool IsWhole(const fs::path& shard, const ShardIndex& index) {
  std::error_code error;
  const auto bytes = fs::file_size(shard, error);
  return error || static_cast<std::int64_t>(bytes) == index.bytes;
}

// Onto another file system: whole before its name is there.
void Copy(const fs::path& from, const fs::path& to) {
  const fs::path beside = to.string() + ".tmp";
  std::error_code error;
  fs::copy_file(from, beside, fs::copy_options::overwrite_existing, error);
  if (error) ThrowWriteError(StrCat("cannot copy ", from, " to ", to), error.value());
  SyncFile(beside);
  fs::rename(beside, to, error);
  if (error) ThrowWriteError(StrCat("cannot write ", to), error.value());
}

}  // namespace

void OldShards::ReadIndexes() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().extension() != ".index") continue;
    const fs::path shard = fs::path(entry.path()).replace_extension(".shard");
    // Numbers of up to six digits have leading zeros, longer ones are longer names.
    const auto key = std::pair(shard.native().size(), shard);
    if (positions_of_.contains(key)) continue;
    const Result<ShardIndex> index = ReadShardIndex(entry.path());
    // That of the shard that still grows is not the last word.
    if (index && IsWhole(shard, *index)) positions_of_[key] = index->positions;
  }
}

void OldShards::TakeAway(const fs::path& shard) const {
  std::error_code error;
  if (aside_.empty()) {
    fs::remove(shard, error);
    if (error) throw WorldError(StrCat("cannot remove ", shard, ": ", error.message()));
    return;
  }
  fs::create_directories(aside_, error);
  if (error) ThrowWriteError(StrCat("cannot make ", aside_), error.value());
  const fs::path target = aside_ / shard.filename();
  if (fs::exists(target, error)) {
    throw WorldError(StrCat("cannot move ", shard, " to ", aside_,
                            ": there is one of that name, wanted a folder for this run alone"));
  }
  fs::rename(shard, target, error);
  if (error == std::errc::cross_device_link) {
    Copy(shard, target);
    SyncFolder(aside_);
    fs::remove(shard, error);
  } else {
    SyncFolder(aside_);
  }
  if (error) ThrowWriteError(StrCat("cannot move ", shard, " to ", aside_), error.value());
}

int OldShards::Clear(std::int64_t positions, std::int64_t window) {
  ReadIndexes();
  std::vector<fs::path> old;
  for (const auto& [key, inside] : positions_of_) {
    positions -= inside;
    if (positions < window) break;
    old.push_back(key.second);
  }
  if (old.empty()) return 0;
  old.pop_back();
  int taken = 0;
  const std::vector<fs::path> present = ListShards(folder_);
  for (const fs::path& shard : old) {
    if (!fs::exists(shard) || shard == present.back()) continue;  // the last one still grows
    TakeAway(shard);
    ++taken;
  }
  return taken;
}

}  // namespace tengen

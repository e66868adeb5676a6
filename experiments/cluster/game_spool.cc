#include "experiments/cluster/game_spool.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include "agents/records/record_frame.h"
#include "experiments/cluster/paths_in.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostAtOnce = 16;  // late games that one Add writes

// Not forced to disk: what a power cut takes was acknowledged to nobody, and a torn file is seen.
Status Write(const fs::path& file, const std::string& frame) {
  errno = 0;
  std::ofstream out(file, std::ios::binary);
  out.write(frame.data(), static_cast<std::streamsize>(frame.size()));
  out.close();
  if (out) return Ok{};
  const int error = errno;
  std::error_code ignored;
  fs::remove(file, ignored);
  return Error{StrCat("cannot write ", file, ": ", std::strerror(error))};
}

}  // namespace

GameSpool::GameSpool(std::optional<fs::path> folder, const GameSpoolLimits& limits,
                     std::function<void(const std::string&)> news)
    : folder_(std::move(folder)), limits_(limits), news_(std::move(news)) {
  if (folder_) LoadFolder();
}

fs::path GameSpool::FileOf(std::uint64_t stream) const {
  return *folder_ / (std::to_string(stream) + ".game");
}

void GameSpool::LoadFolder() {
  std::error_code error;
  fs::create_directories(*folder_, error);
  if (error) throw WorldError(StrCat("cannot make the spool ", *folder_, ": ", error.message()));
  const fs::path probe = *folder_ / "probe";  // no game, also for those who watch the folder
  const Status written = Write(probe, "may this be written?");
  if (!written) throw WorldError("the spool: " + written.error());
  fs::remove(probe, error);
  std::vector<std::uint64_t> streams;
  for (const fs::path& file : PathsIn(*folder_, error)) {
    if (file.extension() != ".game") continue;
    streams.push_back(std::strtoull(file.stem().c_str(), nullptr, 10));
  }
  if (error) throw WorldError(StrCat("cannot read the spool ", *folder_, ": ", error.message()));
  std::sort(streams.begin(), streams.end());
  MutexLock lock(mutex_);
  for (const std::uint64_t stream : streams) {
    Result<std::string> frame = ReadWholeFile(FileOf(stream));
    const bool whole =
        frame && !frame->empty() && ParseRecordFrame(*frame).state == RecordFrame::State::kWhole;
    if (whole) {
      Append(stream, std::move(*frame), /*on_disk=*/true);
    } else {
      ++dropped_;
      fs::remove(FileOf(stream), error);
    }
  }
}

void GameSpool::Append(std::uint64_t stream, std::string frame, bool on_disk) {
  bytes_ += frame.size();
  on_disk_ += on_disk ? 1 : 0;
  place_of_[stream] = first_place_ + entries_.size();
  entries_.push_back({stream, std::move(frame), on_disk, Clock::now()});
}

bool GameSpool::Full() const { return connected_ && place_of_.size() >= limits_.games; }

bool GameSpool::Add(GameRecord record) {
  std::string frame = MakeRecordFrame(record);
  const Status written = folder_ ? Write(FileOf(record.stream), frame) : Ok{};
  std::function<void()> listener;
  bool changed = false;
  {
    MutexLock lock(mutex_);
    while (Full() && !closed_) changed_.Wait(mutex_);
    if (closed_) return false;
    Append(record.stream, std::move(frame), folder_ && written);
    changed = written.ok() == troubled_;
    troubled_ = !written;
    if (folder_ && written && on_disk_ < place_of_.size()) WriteWhatIsMissing();
    while (bytes_ > limits_.bytes && place_of_.size() > 1) {
      const auto oldest = std::find_if(entries_.begin(), entries_.end(),
                                       [](const Entry& entry) { return !entry.frame.empty(); });
      ++dropped_;
      Forget(first_place_ + static_cast<std::uint64_t>(oldest - entries_.begin()));
    }
    listener = listener_;
  }
  if (changed && news_) {
    news_(written ? StrCat("the spool ", *folder_, " can be written to again")
                  : StrCat("the spool: ", written.error(), "; games wait in memory"));
  }
  if (listener) listener();
  return true;
}

void GameSpool::WriteWhatIsMissing() {
  std::size_t tried = 0;
  for (Entry& entry : entries_) {
    if (entry.frame.empty() || entry.on_disk) continue;
    if (tried++ == kMostAtOnce || !Write(FileOf(entry.stream), entry.frame)) return;
    entry.on_disk = true;
    ++on_disk_;
  }
}

void GameSpool::OnAdded(std::function<void()> listener) {
  MutexLock lock(mutex_);
  listener_ = std::move(listener);
}

GameSpool::Parcel GameSpool::TakeUnsent(std::size_t max_games, std::size_t max_bytes) {
  MutexLock lock(mutex_);
  Parcel parcel;
  next_unsent_ = std::max(next_unsent_, first_place_);
  while (next_unsent_ < first_place_ + entries_.size() && parcel.games < max_games) {
    const Entry& entry = entries_[next_unsent_ - first_place_];
    if (parcel.games > 0 && parcel.frames.size() + entry.frame.size() > max_bytes) break;
    ++next_unsent_;
    if (entry.frame.empty()) continue;
    parcel.frames += entry.frame;
    ++parcel.games;
    ++in_flight_;
  }
  return parcel;
}

void GameSpool::Forget(std::uint64_t place) {
  Entry& entry = entries_[place - first_place_];
  bytes_ -= entry.frame.size();
  on_disk_ -= entry.on_disk ? 1 : 0;
  if (place < next_unsent_) --in_flight_;
  entry.frame = std::string();
  place_of_.erase(entry.stream);
  std::error_code ignored;
  if (folder_) fs::remove(FileOf(entry.stream), ignored);
  while (!entries_.empty() && entries_.front().frame.empty()) {
    entries_.pop_front();
    ++first_place_;
  }
}

void GameSpool::Stored(std::span<const std::uint64_t> streams) {
  MutexLock lock(mutex_);
  for (const std::uint64_t stream : streams) {
    const auto place = place_of_.find(stream);
    if (place != place_of_.end()) Forget(place->second);
  }
  changed_.NotifyAll();
}

void GameSpool::Connect(bool connected) {
  MutexLock lock(mutex_);
  connected_ = connected;
  next_unsent_ = first_place_;
  in_flight_ = 0;
  changed_.NotifyAll();
}

void GameSpool::Close() {
  MutexLock lock(mutex_);
  closed_ = true;
  changed_.NotifyAll();
}

std::size_t GameSpool::games() const {
  MutexLock lock(mutex_);
  return place_of_.size();
}

std::size_t GameSpool::on_disk() const {
  MutexLock lock(mutex_);
  return on_disk_;
}

std::size_t GameSpool::in_flight() const {
  MutexLock lock(mutex_);
  return in_flight_;
}

std::uint64_t GameSpool::dropped() const {
  MutexLock lock(mutex_);
  return dropped_;
}

double GameSpool::oldest_s() const {
  MutexLock lock(mutex_);
  if (entries_.empty()) return 0.0;
  return std::chrono::duration<double>(Clock::now() - entries_.front().since).count();
}

}  // namespace tengen

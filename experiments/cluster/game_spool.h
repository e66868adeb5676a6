#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agents/zero/self_play.h"
#include "envs/core/mutex.h"

namespace tengen {

struct GameSpoolLimits {
  // While the learner is there: games that it has not stored yet. A full spool holds self-play up,
  // so that games do not grow old in it.
  std::size_t games = 256;
  // While it is not: bytes of games that wait for it. Then the oldest are dropped.
  std::size_t bytes = std::size_t{256} << 20;
};

// Finished games on their way to the learner, each kept until the learner has stored it. With a
// folder they survive the worker: each is a file of one record frame (record_shard.h), named by its
// stream. A folder that is full or cannot be written to stops nothing: games stay in memory, and
// are written when it can be again. Thread-safe.
class GameSpool : public GameSink {
 public:
  // Takes up the games of an earlier worker; torn ones are dropped. `news` is told, by the thread
  // that adds a game, when the folder can no longer be written to and when it can again. Throws
  // WorldError: a folder that cannot be made or written to.
  GameSpool(std::optional<std::filesystem::path> folder, const GameSpoolLimits& limits,
            std::function<void(const std::string&)> news = nullptr);

  // Waits while full. False once closed.
  bool Add(GameRecord record) override TENGEN_EXCLUDES(mutex_);
  // Called after each Add, by the thread that added.
  void OnAdded(std::function<void()> listener) TENGEN_EXCLUDES(mutex_);

  // The oldest games that were not sent on this connection, joined, and how many; marks them sent.
  struct Parcel {
    std::string frames;
    std::uint64_t games = 0;
  };
  Parcel TakeUnsent(std::size_t max_games, std::size_t max_bytes) TENGEN_EXCLUDES(mutex_);
  // The learner has them on disk. Unknown streams are ignored.
  void Stored(std::span<const std::uint64_t> streams) TENGEN_EXCLUDES(mutex_);
  // A connection began or ended: everything is unsent.
  void Connect(bool connected) TENGEN_EXCLUDES(mutex_);
  // No more games; wakes those who wait to add one.
  void Close() TENGEN_EXCLUDES(mutex_);

  std::size_t games() const TENGEN_EXCLUDES(mutex_);
  // Of them, those that another worker would find.
  std::size_t on_disk() const TENGEN_EXCLUDES(mutex_);
  // Sent on this connection and not yet stored.
  std::size_t in_flight() const TENGEN_EXCLUDES(mutex_);
  std::uint64_t dropped() const TENGEN_EXCLUDES(mutex_);
  double oldest_s() const TENGEN_EXCLUDES(mutex_);  // seconds that the oldest game has waited

 private:
  using Clock = std::chrono::steady_clock;
  struct Entry {
    std::uint64_t stream = 0;
    std::string frame;  // empty: stored or dropped
    bool on_disk = false;
    Clock::time_point since;
  };
  void LoadFolder();
  void Append(std::uint64_t stream, std::string frame, bool on_disk) TENGEN_REQUIRES(mutex_);
  void WriteWhatIsMissing() TENGEN_REQUIRES(mutex_);
  void Forget(std::uint64_t place) TENGEN_REQUIRES(mutex_);
  bool Full() const TENGEN_REQUIRES(mutex_);
  std::filesystem::path FileOf(std::uint64_t stream) const;

  const std::optional<std::filesystem::path> folder_;
  const GameSpoolLimits limits_;
  const std::function<void(const std::string&)> news_;
  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Entry> entries_ TENGEN_GUARDED_BY(mutex_);
  std::uint64_t first_place_ TENGEN_GUARDED_BY(mutex_) = 0;  // of entries_.front()
  std::uint64_t next_unsent_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::size_t in_flight_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> place_of_ TENGEN_GUARDED_BY(mutex_);
  std::size_t bytes_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::size_t on_disk_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool troubled_ TENGEN_GUARDED_BY(mutex_) = false;  // the folder could not be written to last
  std::uint64_t dropped_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool connected_ TENGEN_GUARDED_BY(mutex_) = false;
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;
  std::function<void()> listener_ TENGEN_GUARDED_BY(mutex_);
};

}  // namespace tengen

#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "experiments/cluster/bar_list.h"
#include "experiments/cluster/worker_door.h"

// A learner and workers that see one file system need no port and no key. Below the run's folder:
//
//   leases/N              made by a worker: its game numbers (lease_folder.h)
//   inbox/WORKER/         made by a worker; WORKER is its instance
//     hello.json          who it is
//     status.json         how it is, every few seconds
//     NUMBER-GAMES.games  record frames (record_shard.h), as many as the name says; written beside
//                         as .games.tmp, synced, renamed
//     refused             made by the learner: why it takes no more of this worker
//   checkpoints/STEP/     networks, each whole (checkpoint.h); the newest is the one to play with
//   barred.json           made by the learner: who is refused whenever it comes (bar_list.h)
//   ended                 the run is over, one sentence
//
// A file of games is removed once the run has all of its games on disk: that is the
// acknowledgement. One that comes again after a crash is told by its streams. Who has nothing left
// to hand over removes its folder when it ends; the learner removes those of workers that are gone,
// and that left nothing. A worker is there as long as its status changes: the clocks of machines,
// and of the file system, need not agree.

namespace tengen {

std::filesystem::path InboxOf(const std::filesystem::path& run);

class FolderDoor : public WorkerDoor {
 public:
  // Throws WorldError: no permission, a file of bars that cannot be read.
  explicit FolderDoor(std::filesystem::path run);

  // Nothing: checkpoints are written by the run itself.
  void Publish(const NetworkMessage& network, std::shared_ptr<const std::string> weights) override;
  std::vector<ReceivedGame> Take(std::chrono::milliseconds wait) override;
  void Stored(std::uint64_t session, std::vector<std::uint64_t> streams) override;
  void Refuse(std::uint64_t session, const std::string& reason) override;
  void End(const std::string& text) override;
  std::vector<std::string> TakeNews() override { return std::exchange(news_, {}); }
  void SetStatus(std::string) override {}
  std::vector<ConnectedWorker> workers() override;
  DoorCounts counts() const override { return counts_; }
  std::size_t queued() const override { return 0; }
  std::size_t capacity() const override { return 1; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker {
    std::uint64_t session = 0;
    HelloMessage hello;
    std::uint64_t games = 0;
    bool fresh = false;   // came while this learner was there
    bool joined = false;  // people were told
    bool barred = false;
    std::filesystem::file_time_type status_time;  // of its newest status; means nothing here
    Clock::time_point since;                      // when it was found
    std::optional<Clock::time_point> heard;       // when its status was last seen to change
  };
  struct Parcel {
    std::filesystem::path file;
    std::uint64_t session = 0;
    std::size_t unanswered = 0;
  };
  struct NewParcel {
    std::filesystem::file_time_type written;
    std::string instance;
    std::filesystem::path file;
  };
  std::vector<NewParcel> FindParcels();
  void LookAround();
  void Greet(const std::string& instance);
  void Listen(const std::string& instance, Worker& worker);
  bool Gone(const std::string& instance, const Worker& worker);
  void TakeParcel(const std::filesystem::path& file, const std::string& instance,
                  std::vector<ReceivedGame>& games);
  void ShutOut(const std::string& instance, const std::string& reason);

  const std::filesystem::path run_;
  BarList bars_;
  std::map<std::string, Worker> workers_;                          // by instance
  std::map<std::filesystem::path, std::shared_ptr<Parcel>> open_;  // read, not yet answered
  // By stream: a worker may send one twice.
  std::multimap<std::uint64_t, std::shared_ptr<Parcel>> parcel_of_;
  std::deque<std::pair<std::uint64_t, HelloMessage>> gone_;  // sessions, oldest first
  bool first_look_ = true;
  Clock::time_point last_listen_;
  std::uint64_t last_session_ = 0;
  DoorCounts counts_;
  std::vector<std::string> news_;
};

}  // namespace tengen

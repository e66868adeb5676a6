#include "experiments/cluster/folder_link.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/records/record_frame.h"
#include "envs/core/mutex.h"
#include "envs/core/queue.h"
#include "experiments/cluster/folder_door.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/cluster/paths_in.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
using Kind = WorkerEvent::Kind;

constexpr auto kParcelInterval = std::chrono::seconds(1);
constexpr auto kStatusInterval = std::chrono::seconds(5);
constexpr auto kAgain = std::chrono::seconds(10);  // until a network that was not taken comes again
constexpr auto kLook = std::chrono::milliseconds(100);

std::string MessageJson(const Frame& frame) {
  return nlohmann::json::from_cbor(frame.head).dump() + "\n";
}

class FolderLink : public WorkerLink, private GameSink {
 public:
  FolderLink(fs::path run, const HelloMessage& hello, std::size_t most_games)
      : run_(std::move(run)),
        folder_(InboxOf(run_) / hello.instance),
        hello_(MessageJson(ToFrame(FrameType::kHello, hello))),
        most_games_(most_games) {
    const Result<std::string> config = ReadWholeFile(run_ / "config.json");
    if (!config) throw WorldError("no run to work for: " + config.error());
    if (!fs::is_directory(InboxOf(run_))) {
      throw WorldError(StrCat(run_,
                              " has no inbox, wanted the folder of a learner that runs with "
                              "--folder-workers"));
    }
    SayHello();
    WelcomeMessage welcome;
    welcome.run = run_.string();
    welcome.config = *config;
    welcome.lease = LeaseFolder(run_).Take();
    welcome_.welcome = std::move(welcome);
    events_.Push(welcome_);
    thread_ = std::jthread([this](const std::stop_token& stop) { Live(stop); });
  }
  ~FolderLink() override { CloseSink(); }

  std::optional<WorkerEvent> Next(std::chrono::milliseconds wait) override {
    return events_.PopFor(wait);
  }
  GameSink& sink() override { return *this; }

  void SetStatus(const WorkerStatusMessage& status) override {
    MutexLock lock(mutex_);
    status_ = status;
  }
  WorkerStatusMessage status() const override {
    MutexLock lock(mutex_);
    WorkerStatusMessage status = status_;
    status.waiting_games = parcel_games_ + inbox_games_;
    return status;
  }

  void CloseSink() override {
    MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }

  Leftover Finish(std::chrono::seconds limit) override {
    const auto end = Clock::now() + limit;
    while (status().waiting_games > 0 && Clock::now() < end && !over_) {
      std::this_thread::sleep_for(kLook);
    }
    thread_.request_stop();
    thread_.join();
    MutexLock lock(mutex_);
    if (parcel_games_ + inbox_games_ == 0) {
      std::error_code ignored;
      fs::remove_all(folder_, ignored);
    }
    return {.kept = inbox_games_, .lost = parcel_games_};
  }

 private:
  bool Add(GameRecord record) override {
    const std::string frame = MakeRecordFrame(record);
    MutexLock lock(mutex_);
    while (parcel_games_ + inbox_games_ >= most_games_ && !closed_) changed_.Wait(mutex_);
    if (closed_) return false;
    parcel_ += frame;
    ++parcel_games_;
    return true;
  }

  void SayHello() {
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) throw WorldError(StrCat("cannot make ", folder_, ": ", error.message()));
    WriteFileAtomically(folder_ / "hello.json", hello_);
  }

  void Live(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        Look();
        if (!last_error_.empty()) events_.Push(welcome_);  // it is well again
        last_error_.clear();
      } catch (const std::exception& error) {
        if (last_error_ != error.what()) {
          events_.Push(WorkerEvent(Kind::kDisconnected, error.what()));
        }
        last_error_ = error.what();
      }
      std::this_thread::sleep_for(kLook);
    }
    try {
      WriteParcel();
    } catch (const std::exception&) {  // counted by Finish as not delivered
    }
  }

  // What only reads comes before what a full disk can stop.
  void Look() {
    const auto now = Clock::now();
    if (now - last_parcel_ >= kParcelInterval) {
      FindNetwork();
      FindEnd();
      last_parcel_ = now;
      // A learner takes the folder of a worker that slept for an hour for one that nobody needs.
      if (!fs::exists(folder_)) SayHello();
      WriteParcel();
      CountInbox();
    }
    if (now - last_status_ >= kStatusInterval) {
      WriteFileAtomically(folder_ / "status.json",
                          MessageJson(ToFrame(FrameType::kWorkerStatus, status())));
      last_status_ = now;
    }
  }

  void WriteParcel() {
    std::string bytes;
    std::size_t games = 0;
    {
      MutexLock lock(mutex_);
      bytes = std::exchange(parcel_, "");
      games = std::exchange(parcel_games_, 0);
      inbox_games_ += games;
    }
    if (games == 0) return;
    char name[64];
    std::snprintf(name, sizeof name, "%08llu-%zu.games", static_cast<unsigned long long>(parcels_),
                  games);
    try {
      WriteFileAtomically(folder_ / name, bytes);
      ++parcels_;
    } catch (const WorldError&) {  // a full disk: they wait here until there is room
      MutexLock lock(mutex_);
      parcel_ = bytes + parcel_;
      parcel_games_ += games;
      inbox_games_ -= games;
      throw;
    }
  }

  // What the learner has not stored yet. The number of games stands in each file's name.
  void CountInbox() {
    std::size_t games = 0;
    std::error_code error;
    for (const fs::path& file : PathsIn(folder_, error)) {
      if (file.extension() != ".games") continue;
      const std::string stem = file.stem().string();
      games += std::strtoull(stem.c_str() + stem.find('-') + 1, nullptr, 10);
    }
    if (error) return;  // nobody knows how many there are
    MutexLock lock(mutex_);
    inbox_games_ = games;
    changed_.NotifyAll();
  }

  void FindNetwork() {
    const std::vector<std::int64_t> steps = RunFolder::Checkpoints(run_);
    if (steps.empty()) return;
    const auto now = Clock::now();
    const bool taken = status().network_step == network_step_ || now - last_network_ < kAgain;
    if (steps.back() == network_step_ && taken) return;
    network_step_ = steps.back();
    last_network_ = now;
    WorkerEvent event(Kind::kNetwork);
    event.network.step = network_step_;
    event.checkpoint = RunFolder::Checkpoint(run_, network_step_);
    events_.Push(std::move(event));
  }

  void FindEnd() {
    for (const auto& [file, kind] : {std::pair(run_ / "ended", Kind::kEnded),
                                     std::pair(folder_ / "refused", Kind::kRefused)}) {
      const Result<std::string> text = ReadWholeFile(file);
      if (!text || over_) continue;
      over_ = true;
      events_.Push(WorkerEvent(kind, text->substr(0, text->find('\n')), /*is_final=*/true));
    }
  }

  const fs::path run_;
  const fs::path folder_;
  const std::string hello_;
  const std::size_t most_games_;
  BoundedQueue<WorkerEvent> events_{1024};
  WorkerEvent welcome_{Kind::kWelcome};
  std::atomic<bool> over_ = false;

  mutable Mutex mutex_;
  CondVar changed_;
  WorkerStatusMessage status_ TENGEN_GUARDED_BY(mutex_);
  std::string parcel_ TENGEN_GUARDED_BY(mutex_);
  std::size_t parcel_games_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::size_t inbox_games_ TENGEN_GUARDED_BY(mutex_) = 0;
  bool closed_ TENGEN_GUARDED_BY(mutex_) = false;

  // Of the thread alone.
  std::uint64_t parcels_ = 0;
  std::int64_t network_step_ = -1;  // offered last
  Clock::time_point last_network_;
  std::string last_error_;
  Clock::time_point last_parcel_;
  Clock::time_point last_status_;
  std::jthread thread_;
};

}  // namespace

std::unique_ptr<WorkerLink> MakeFolderLink(const fs::path& run, const HelloMessage& hello,
                                           std::size_t most_games) {
  return std::make_unique<FolderLink>(run, hello, most_games);
}

}  // namespace tengen

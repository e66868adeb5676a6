#include "experiments/cluster/folder_door.h"

#include <algorithm>
#include <ctime>
#include <thread>
#include <tuple>

#include <nlohmann/json.hpp>

#include "agents/records/record_frame.h"
#include "experiments/cluster/messages.h"
#include "experiments/config/processor.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFrom = "folder";  // every worker's address
constexpr auto kLook = std::chrono::milliseconds(50);
constexpr double kGone_s = 60.0;  // a worker that wrote no status for so long is not there

// An inbox may hold anything: folders, and pipes that nobody writes into.
bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

template <typename Message>
Message ReadMessage(const fs::path& file, FrameType type) {
  if (!IsFile(file)) return Message();
  const Result<std::string> text = ReadWholeFile(file);
  const nlohmann::json json =
      text ? nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false) : nlohmann::json();
  if (!json.is_object()) return Message();
  std::string head;
  nlohmann::json::to_cbor(json, head);
  Result<Message> message = FromFrame<Message>({type, std::move(head), ""});
  return message ? std::move(*message) : Message();
}

// Seconds since the file was written; negative if there is none.
double Age(const fs::path& file) {
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  if (error) return -1.0;
  return std::chrono::duration<double>(fs::file_time_type::clock::now() - time).count();
}

}  // namespace

fs::path InboxOf(const fs::path& run) { return run / "inbox"; }

FolderDoor::FolderDoor(fs::path run) : run_(std::move(run)), bars_(BarFileOf(run_)) {
  std::error_code error;
  fs::create_directories(InboxOf(run_), error);
  if (error) throw WorldError(StrCat("cannot make ", InboxOf(run_), ": ", error.message()));
  fs::remove(run_ / "ended", error);
}

void FolderDoor::Publish(const NetworkMessage&, std::shared_ptr<const std::string>) {}

std::vector<ReceivedGame> FolderDoor::Take(std::chrono::milliseconds wait) {
  const auto end = std::chrono::steady_clock::now() + wait;
  std::vector<ReceivedGame> games;
  while (true) {
    for (const NewParcel& parcel : FindParcels()) {
      if (games.size() >= kMostGamesTaken) break;
      if (!workers_[parcel.instance].barred) TakeParcel(parcel.file, parcel.instance, games);
    }
    if (!games.empty() || std::chrono::steady_clock::now() >= end) return games;
    std::this_thread::sleep_for(kLook);
  }
}

// What waits and was not read yet, the oldest first: after a stop of the learner there may be much,
// of workers long gone too.
std::vector<FolderDoor::NewParcel> FolderDoor::FindParcels() {
  GreetNewcomers();
  std::vector<NewParcel> parcels;
  for (const auto& [instance, worker] : workers_) {
    if (worker.barred) continue;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(InboxOf(run_) / instance, error)) {
      if (entry.path().extension() != ".games" || !IsFile(entry) || open_.contains(entry.path())) {
        continue;
      }
      const auto written = entry.last_write_time(error);
      if (!error) parcels.push_back({written, instance, entry.path()});
    }
  }
  std::ranges::sort(parcels, {}, [](const NewParcel& p) { return std::tie(p.written, p.file); });
  return parcels;
}

void FolderDoor::GreetNewcomers() {
  std::error_code error;
  for (const auto& folder : fs::directory_iterator(InboxOf(run_), error)) {
    const std::string instance = folder.path().filename().string();
    if (!workers_.contains(instance)) Greet(instance);
  }
}

// Later, if it has not yet said who it is.
void FolderDoor::Greet(const std::string& instance) {
  const fs::path file = InboxOf(run_) / instance / "hello.json";
  if (!IsFile(file)) return;
  Worker& worker = workers_[instance];
  worker.session = ++last_session_;
  worker.hello = ReadMessage<HelloMessage>(file, FrameType::kHello);
  worker.hello.instance = instance;
  ++counts_.sessions;
  if (bars_.Contains(kFrom, worker.hello)) {
    ShutOut(instance, StrCat("games that '", worker.hello.name, "' sent from its device '",
                             worker.hello.device, "' were wrong, it is not let in again"));
  } else {
    news_.push_back("worker " + instance + " joined");
  }
}

void FolderDoor::TakeParcel(const fs::path& file, const std::string& instance,
                            std::vector<ReceivedGame>& games) {
  const Result<std::string> bytes = ReadWholeFile(file);
  if (!bytes) return;  // its worker is at it, or the file system is; the next look tells
  Worker& worker = workers_[instance];
  auto parcel = std::make_shared<Parcel>(Parcel{file});
  for (std::string_view rest = *bytes; !rest.empty();) {
    const RecordFrame frame = ParseRecordFrame(rest);
    if (frame.state != RecordFrame::State::kWhole) {
      return ShutOut(instance, StrCat(file, ": a damaged game: ", frame.reason));
    }
    Result<GameRecord> record = frame.Read();
    if (!record) return ShutOut(instance, StrCat(file, ": ", record.error()));
    rest.remove_prefix(frame.bytes());
    parcel_of_[record->stream] = parcel;
    ++parcel->unanswered;
    games.push_back({worker.session, instance, std::move(*record)});
  }
  worker.games += parcel->unanswered;
  counts_.games += parcel->unanswered;
  counts_.bytes_in += bytes->size();
  open_[file] = std::move(parcel);
}

void FolderDoor::Stored(std::uint64_t, std::vector<std::uint64_t> streams) {
  for (const std::uint64_t stream : streams) {
    const auto found = parcel_of_.find(stream);
    if (found == parcel_of_.end()) continue;
    const std::shared_ptr<Parcel> parcel = found->second;
    parcel_of_.erase(found);
    if (--parcel->unanswered > 0) continue;
    std::error_code ignored;
    fs::remove(parcel->file, ignored);
    open_.erase(parcel->file);
  }
}

void FolderDoor::Refuse(std::uint64_t session, const std::string& reason) {
  for (const auto& [instance, worker] : workers_) {
    if (worker.session != session) continue;
    const Status kept = bars_.Add(kFrom, worker.hello, reason);
    if (!kept) news_.push_back(kept.error());
    return ShutOut(instance, reason);
  }
}

void FolderDoor::ShutOut(const std::string& instance, const std::string& reason) {
  workers_[instance].barred = true;
  ++counts_.refused;
  counts_.last_refusal = instance + ": " + reason;
  news_.push_back("refused " + counts_.last_refusal);
  try {
    WriteFileAtomically(InboxOf(run_) / instance / "refused", reason + "\n");
  } catch (const WorldError& error) {  // a full disk: then it plays on for nobody
    news_.emplace_back(error.what());
  }
}

void FolderDoor::End(const std::string& text) { WriteFileAtomically(run_ / "ended", text + "\n"); }

std::vector<ConnectedWorker> FolderDoor::workers() {
  GreetNewcomers();
  std::vector<ConnectedWorker> there;
  for (const auto& [instance, worker] : workers_) {
    const fs::path folder = InboxOf(run_) / instance;
    const double silent_s = Age(folder / "status.json");
    if (worker.barred || silent_s < 0.0 || silent_s > kGone_s) continue;
    ConnectedWorker row;
    row.session = worker.session;
    row.address = kFrom;
    row.local = worker.hello.name == MachineName();
    row.hello = worker.hello;
    row.status = ReadMessage<WorkerStatusMessage>(folder / "status.json", FrameType::kWorkerStatus);
    row.games = worker.games;
    row.seconds = std::max(0.0, Age(folder / "hello.json"));
    row.silent_s = silent_s;
    there.push_back(std::move(row));
  }
  return there;
}

}  // namespace tengen

#include "experiments/cluster/folder_door.h"

#include <algorithm>
#include <ctime>
#include <thread>
#include <tuple>

#include <nlohmann/json.hpp>

#include "agents/records/record_frame.h"
#include "experiments/cluster/messages.h"
#include "experiments/cluster/paths_in.h"
#include "experiments/config/processor.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

namespace {

constexpr const char* kFrom = "folder";  // every worker's address
constexpr auto kLook = std::chrono::milliseconds(50);
constexpr auto kListen = std::chrono::milliseconds(250);
// Workers that left and whose games may not have been looked at yet: more than can wait to be.
constexpr std::size_t kKeptGone = 4096;
constexpr auto kAway = std::chrono::seconds(60);  // without a status, after which it is not there
constexpr auto kGone = std::chrono::hours(1);     // and after which its folder is in the way

// An inbox may hold anything: folders, and pipes that nobody writes into.
bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// As a worker wrote it: a JSON object in a file that is replaced as a whole.
template <typename Message>
Result<Message> ParseMessage(const std::string& text, FrameType type) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Error{"no JSON object"};
  std::string head;
  nlohmann::json::to_cbor(json, head);
  return FromFrame<Message>({type, std::move(head), ""});
}

}  // namespace

fs::path InboxOf(const fs::path& run) { return run / "inbox"; }

FolderDoor::FolderDoor(fs::path run) : run_(std::move(run)), bars_(BarFileOf(run_)) {
  std::error_code error;
  fs::create_directories(InboxOf(run_), error);
  if (error) throw WorldError(StrCat("cannot make ", InboxOf(run_), ": ", error.message()));
  fs::remove(run_ / "ended", error);
  LookAround();
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
  LookAround();
  std::vector<NewParcel> parcels;
  for (const auto& [instance, worker] : workers_) {
    if (worker.barred) continue;
    std::error_code error;
    for (const fs::path& file : PathsIn(InboxOf(run_) / instance, error)) {
      if (file.extension() != ".games" || !IsFile(file) || open_.contains(file)) continue;
      const auto written = fs::last_write_time(file, error);
      if (!error) parcels.push_back({written, instance, file});
    }
  }
  std::ranges::sort(parcels, {}, [](const NewParcel& p) { return std::tie(p.written, p.file); });
  return parcels;
}

void FolderDoor::LookAround() {
  std::error_code error;
  for (const fs::path& folder : PathsIn(InboxOf(run_), error)) {
    const std::string instance = folder.filename().string();
    if (!workers_.contains(instance)) Greet(instance);
  }
  first_look_ = false;
  if (Clock::now() - last_listen_ < kListen) return;
  last_listen_ = Clock::now();
  for (auto known = workers_.begin(); known != workers_.end();) {
    Listen(known->first, known->second);
    known = Gone(known->first, known->second) ? workers_.erase(known) : std::next(known);
  }
}

// Later, if it has not yet said who it is.
void FolderDoor::Greet(const std::string& instance) {
  const fs::path file = InboxOf(run_) / instance / "hello.json";
  if (!IsFile(file)) return;
  const Result<std::string> text = ReadWholeFile(file);
  if (!text) return;
  Worker& worker = workers_[instance];
  worker.session = ++last_session_;
  worker.since = Clock::now();
  worker.fresh = !first_look_;
  Result<HelloMessage> hello = ParseMessage<HelloMessage>(*text, FrameType::kHello);
  if (hello) worker.hello = std::move(*hello);
  worker.hello.instance = instance;
  ++counts_.sessions;
  std::error_code ignored;
  worker.barred = fs::exists(file.parent_path() / "refused", ignored);  // by an earlier learner
  if (worker.barred) return;
  if (!hello) return ShutOut(instance, "its hello: " + hello.error());
  if (worker.hello.formats != kGameFormats) {
    return ShutOut(instance, StrCat("its game formats are '", worker.hello.formats, "', wanted '",
                                    kGameFormats, "': use the same version on both sides"));
  }
  if (bars_.Contains(kFrom, worker.hello)) {
    ShutOut(instance, StrCat("games that '", worker.hello.name, "' sent from its device '",
                             worker.hello.device, "' were wrong, it is not let in again"));
  }
}

// Of those whose folders an earlier learner left, nobody knows whether they still live until
// another status comes.
void FolderDoor::Listen(const std::string& instance, Worker& worker) {
  const fs::path file = InboxOf(run_) / instance / "status.json";
  if (!IsFile(file)) return;
  std::error_code error;
  const auto time = fs::last_write_time(file, error);
  const bool changed = !error && time != worker.status_time;
  const bool first = worker.status_time == fs::file_time_type();
  if (!error) worker.status_time = time;
  if (!changed || (first && !worker.fresh)) return;
  worker.heard = Clock::now();
  if (worker.joined || worker.barred) return;
  worker.joined = true;
  news_.push_back(Printable("worker " + instance + " joined"));
}

bool FolderDoor::Gone(const std::string& instance, const Worker& worker) {
  const fs::path folder = InboxOf(run_) / instance;
  std::error_code error;
  const bool there = fs::exists(folder, error) || error;
  if (there && Clock::now() - worker.heard.value_or(worker.since) < kGone) return false;
  if (there && !worker.barred) {
    for (const fs::path& file : PathsIn(folder, error)) {
      if (file.extension() == ".games") return false;
    }
    if (error) return false;
  }
  if (there) fs::remove_all(folder, error);
  if (worker.joined) news_.push_back(Printable("worker " + instance + " left"));
  if (worker.games > 0) gone_.emplace_back(worker.session, worker.hello);
  if (gone_.size() > kKeptGone) gone_.pop_front();
  return true;
}

void FolderDoor::TakeParcel(const fs::path& file, const std::string& instance,
                            std::vector<ReceivedGame>& games) {
  const Result<std::string> bytes = ReadWholeFile(file);
  if (!bytes) return;  // its worker is at it, or the file system is; the next look tells
  std::error_code ignored;
  if (bytes->empty()) {  // nothing to answer
    fs::remove(file, ignored);
    return;
  }
  Worker& worker = workers_[instance];
  const std::string place = PlaceOf(kFrom, worker.hello);
  auto parcel = std::make_shared<Parcel>(Parcel{file, worker.session});
  for (std::string_view rest = *bytes; !rest.empty();) {
    const RecordFrame frame = ParseRecordFrame(rest);
    if (frame.state != RecordFrame::State::kWhole) {
      return ShutOut(instance, StrCat(file, ": a damaged game: ", frame.reason));
    }
    Result<GameRecord> record = frame.Read();
    if (!record) return ShutOut(instance, StrCat(file, ": ", record.error()));
    rest.remove_prefix(frame.bytes());
    parcel_of_.emplace(record->stream, parcel);
    ++parcel->unanswered;
    games.push_back({worker.session, instance, place, std::move(*record)});
  }
  worker.games += parcel->unanswered;
  counts_.games += parcel->unanswered;
  counts_.bytes_in += bytes->size();
  open_[file] = std::move(parcel);
}

// Another worker may have sent a copy of a game, and has its own answer.
void FolderDoor::Stored(std::uint64_t session, std::vector<std::uint64_t> streams) {
  for (const std::uint64_t stream : streams) {
    const auto [begin, end] = parcel_of_.equal_range(stream);
    for (auto place = begin; place != end;) {
      const std::shared_ptr<Parcel> parcel = place->second;
      if (parcel->session != session) {
        ++place;
        continue;
      }
      place = parcel_of_.erase(place);
      if (--parcel->unanswered > 0) continue;
      std::error_code ignored;
      fs::remove(parcel->file, ignored);
      open_.erase(parcel->file);
    }
  }
}

void FolderDoor::Refuse(std::uint64_t session, const std::string& reason) {
  for (const auto& [instance, worker] : workers_) {
    if (worker.session != session) continue;
    const Status kept = bars_.Add(kFrom, worker.hello, reason);
    if (!kept) news_.push_back(kept.error());
    return ShutOut(instance, reason);
  }
  for (const auto& [gone, hello] : gone_) {
    if (gone != session || bars_.Contains(kFrom, hello)) continue;
    const Status kept = bars_.Add(kFrom, hello, reason);
    if (!kept) news_.push_back(kept.error());
    ++counts_.refused;
    counts_.last_refusal = Printable(hello.instance + ": " + reason);
    news_.push_back("refused " + counts_.last_refusal);
  }
}

void FolderDoor::ShutOut(const std::string& instance, const std::string& reason) {
  workers_[instance].barred = true;
  ++counts_.refused;
  counts_.last_refusal = Printable(instance + ": " + reason);
  news_.push_back("refused " + counts_.last_refusal);
  try {
    WriteFileAtomically(InboxOf(run_) / instance / "refused", reason + "\n");
  } catch (const WorldError& error) {  // a full disk: then it plays on for nobody
    news_.emplace_back(error.what());
  }
}

void FolderDoor::End(const std::string& text) {
  try {
    WriteFileAtomically(run_ / "ended", text + "\n");
  } catch (const WorldError& error) {  // a full disk; the run must be saved all the same
    news_.push_back(StrCat(error.what(), ": workers do not hear that the run is over"));
  }
}

std::vector<ConnectedWorker> FolderDoor::workers() {
  LookAround();
  std::vector<ConnectedWorker> there;
  const auto now = Clock::now();
  for (const auto& [instance, worker] : workers_) {
    if (worker.barred || !worker.heard || now - *worker.heard > kAway) continue;
    ConnectedWorker row;
    row.session = worker.session;
    row.address = kFrom;
    row.local = worker.hello.name == MachineName();
    row.fresh = worker.fresh;
    row.hello = worker.hello;
    const fs::path file = InboxOf(run_) / instance / "status.json";
    const Result<std::string> text = IsFile(file) ? ReadWholeFile(file) : Error{"no file"};
    const auto status =
        ParseMessage<WorkerStatusMessage>(text ? *text : "", FrameType::kWorkerStatus);
    row.heard = status.ok();
    if (status) row.status = *status;
    row.games = worker.games;
    row.seconds = std::chrono::duration<double>(now - worker.since).count();
    row.silent_s = std::chrono::duration<double>(now - *worker.heard).count();
    there.push_back(std::move(row));
  }
  return there;
}

}  // namespace tengen

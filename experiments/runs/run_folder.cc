#include "experiments/runs/run_folder.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <set>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"
#include "experiments/config/usage_error.h"
#include "nets/atomic_file.h"
#include "nets/folder_swap.h"
#include "nets/write_error.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

int LockFolder(const fs::path& path) {
  const std::string file = (path / "lock").string();
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) throw WorldError(StrCat("cannot write in ", path, ": ", std::strerror(errno)));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    throw WorldError(
        StrCat("run folder ", path, " is in use by another process, wanted one that is free"));
  }
  return lock;
}

void EraseKeys(const std::vector<std::string>& keys, nlohmann::json& json) {
  for (const std::string& key : keys) json.erase(key);
}

// What kind of run a config is for, as people say it; "" where it does not tell.
std::string KindOf(const nlohmann::json& config) {
  for (const char* key : {"task", "algorithm"}) {
    if (config.contains(key) && config[key].is_string()) {
      return (*key == 't' ? "task " : "algorithm ") + config[key].get<std::string>();
    }
  }
  return config.contains("selfplay") ? "self-play" : "";
}

// `met`: the config of who asks.
nlohmann::json ReadStoredConfig(const fs::path& file, const nlohmann::json& met,
                                const ConfigRules& rules) {
  const std::string text = OrWorldError(ReadWholeFile(file));
  nlohmann::json stored = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!stored.is_object()) {
    throw WorldError(StrCat(file, " is not JSON, wanted the config of a run"));
  }
  if (const std::string kind = KindOf(stored); kind != KindOf(met) && !kind.empty()) {
    throw UsageError(StrCat("run folder ", file.parent_path(), " holds a run of another kind (",
                            kind, "); use another --run-dir"));
  }
  if (!rules.complete) return stored;
  Result<nlohmann::json> complete = rules.complete(stored);
  if (!complete) throw UsageError(StrCat(file, ": ", complete.error()));
  return std::move(*complete);
}

// "seeds is 3, wanted 5 or more", "" if none has shrunk.
std::string FirstShrunk(const nlohmann::json& met, const nlohmann::json& stored,
                        const ConfigRules& rules) {
  for (const std::string& key : rules.may_grow) {
    if (met.at(key) >= stored.at(key)) continue;
    return StrCat(key, " is ", met.at(key).dump(), ", wanted ", stored.at(key).dump(), " or more");
  }
  return "";
}

// Whether something has grown since `stored` was written. Throws UsageError where more differs.
bool RequireSameConfig(const fs::path& run, nlohmann::json met, nlohmann::json stored,
                       const ConfigRules& rules) {
  std::string difference = FirstShrunk(met, stored, rules);
  bool grown = false;
  for (const std::string& key : rules.may_grow) grown |= met.at(key) != stored.at(key);
  for (nlohmann::json* config : {&met, &stored}) {
    EraseKeys(rules.may_change, *config);
    EraseKeys(rules.may_grow, *config);
  }
  if (difference.empty()) difference = FirstDifference(met, stored);
  if (difference.empty()) return grown;
  throw UsageError(StrCat("run folder ", run, " holds a run with another config: ", difference,
                          "; use the same config or another --run-dir"));
}

// What a process leaves that fails before config.json stands; older versions made the two folders
// first.
bool IsLeftover(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  if (name == "lock" || name == "config.json.tmp") return entry.is_regular_file();
  return (name == "checkpoints" || name == "games") && entry.is_directory() &&
         fs::is_empty(entry.path());
}

// Whether a run left anything but its config.
bool HoldsMore(const fs::path& path) {
  for (const auto& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    const bool nothing =
        name == "config.json" || IsLeftover(entry) ||
        (name == "metrics.jsonl" && entry.is_regular_file() && fs::is_empty(entry.path()));
    if (!nothing) return true;
  }
  return false;
}

// A crash can leave half a line at the end; it was never counted, so it goes.
void CutTornLine(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t end = text.rfind('\n');
  const std::size_t keep = end == std::string::npos ? 0 : end + 1;
  if (keep < text.size()) fs::resize_file(file, keep);
}

void RequireFreeForARun(const fs::path& path) {
  if (!fs::exists(path)) return;
  if (!fs::is_directory(path)) {
    throw UsageError(StrCat("run folder ", path, " is a file, wanted a folder or a new name"));
  }
  for (const auto& entry : fs::directory_iterator(path)) {
    if (IsLeftover(entry)) continue;
    throw UsageError(StrCat("run folder ", path, " holds ", entry.path().filename(),
                            " but no config.json, wanted a new name, an empty folder or a run"));
  }
}

}  // namespace

RunFolder::RunFolder(fs::path path, const nlohmann::json& config, const ConfigRules& rules)
    : path_(std::move(path)) {
  try {
    if (!fs::exists(path_ / "config.json")) RequireFreeForARun(path_);
    fs::create_directories(path_);
  } catch (const fs::filesystem_error& error) {
    throw WorldError(StrCat("cannot use the run folder ", path_, ": ", error.code().message()));
  }
  lock_ = LockFolder(path_);
  try {
    // A run that failed before it had anything keeps nobody from another config.
    resumes_ = fs::exists(path_ / "config.json") && HoldsMore(path_);
    Open(config, rules);
  } catch (const fs::filesystem_error& error) {
    ::close(lock_);
    throw WorldError(StrCat("cannot use ", error.path1(), ": ", error.code().message()));
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

// config.json comes first: with it the folder is a run, and whatever fails after that is tried
// again by the next process.
void RunFolder::Open(const nlohmann::json& config, const ConfigRules& rules) {
  const fs::path file = path_ / "config.json";
  const bool grown =
      resumes_ && RequireSameConfig(path_, config, ReadStoredConfig(file, config, rules), rules);
  if (!resumes_ || grown) WriteFileAtomically(file, config.dump(2) + "\n");
  fs::create_directories(path_ / "checkpoints");
  fs::create_directories(path_ / "games");
  const fs::path metrics = path_ / "metrics.jsonl";
  if (fs::is_regular_file(metrics)) CutTornLine(metrics);
  metrics_ = ::open(metrics.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (metrics_ < 0) throw WorldError(StrCat("cannot open ", metrics, ": ", std::strerror(errno)));
}

RunFolder::~RunFolder() {
  ::close(metrics_);
  ::close(lock_);
}

void RunFolder::AppendMetrics(const nlohmann::json& line) {
  const std::string text = line.dump() + "\n";
  const ssize_t written = ::write(metrics_, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return;
  const int error = written < 0 ? errno : ENOSPC;
  struct stat now = {};
  // The next line must not follow half a one. If it cannot be cut either, readers skip that line.
  if (written > 0 && (::fstat(metrics_, &now) != 0 ||
                      ::ftruncate(metrics_, now.st_size - static_cast<off_t>(written)) != 0)) {
    [[maybe_unused]] const ssize_t ended = ::write(metrics_, "\n", 1);
  }
  ThrowWriteError(StrCat("cannot write ", path_ / "metrics.jsonl"), error);
}

void RunFolder::SyncMetrics() {
  // EINVAL: something that has nothing to sync, such as a pipe.
  if (::fsync(metrics_) != 0 && errno != EINVAL) {
    throw WorldError(StrCat("cannot sync ", path_ / "metrics.jsonl", ": ", std::strerror(errno)));
  }
}

std::vector<nlohmann::json> RunFolder::ReadMetrics() const {
  std::vector<nlohmann::json> lines;
  std::ifstream in(path_ / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    nlohmann::json line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_discarded()) lines.push_back(std::move(line));
  }
  return lines;
}

fs::path RunFolder::Checkpoint(const fs::path& run, std::int64_t step) {
  char name[16];
  std::snprintf(name, sizeof name, "%08lld", static_cast<long long>(step));
  return run / "checkpoints" / name;
}

std::vector<std::int64_t> RunFolder::Checkpoints(const fs::path& run) {
  std::set<std::int64_t> steps;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run / "checkpoints", error)) {
    std::string name = entry.path().filename().string();
    // One whose process was killed while it replaced it stands aside.
    const std::string aside = FolderAside("").string();
    if (name.ends_with(aside)) name.resize(name.size() - aside.size());
    // 18 digits fit into 64 bits.
    if (!name.empty() && name.size() <= 18 &&
        name.find_first_not_of("0123456789") == std::string::npos) {
      steps.insert(std::stoll(name));
    }
  }
  return {steps.begin(), steps.end()};
}

void RunFolder::RequireNothingTrained(const std::filesystem::path& run,
                                      const std::filesystem::path& state) {
  const std::vector<std::int64_t> steps = Checkpoints(run);
  if (steps.empty() || steps.back() == 0) return;
  throw WorldError(StrCat(state, " is not there, but the run has a checkpoint of step ",
                          steps.back(), ", wanted the state of the run, or another --run-dir"));
}

std::optional<bool> RunFolder::InUse(const fs::path& run) {
  struct stat lock = {};
  if (::stat((run / "lock").c_str(), &lock) != 0) return false;
  std::ifstream locks("/proc/locks");
  if (!locks) return std::nullopt;
  // "1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234567 0 EOF"; file systems in layers report another
  // device than stat does.
  const std::string inode = StrCat(":", lock.st_ino, " ");
  for (std::string line; std::getline(locks, line);) {
    if (line.find("FLOCK") != std::string::npos && line.find(inode) != std::string::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace tengen

#include "experiments/runs/run_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"
#include "experiments/config/usage_error.h"
#include "nets/atomic_file.h"

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

void RequireSameConfig(const fs::path& path, const nlohmann::json& config) {
  std::ifstream in(path / "config.json");
  const nlohmann::json stored = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (stored.is_discarded()) {
    throw WorldError(StrCat(path / "config.json", " is not JSON, wanted the config of a run"));
  }
  const std::string difference = FirstDifference(config, stored);
  if (!difference.empty()) {
    throw UsageError(StrCat("run folder ", path, " holds a run with another config: ", difference,
                            "; use the same config or another --run-dir"));
  }
}

// A crash can leave half a line at the end; it was never counted, so it goes.
void CutTornLine(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t end = text.rfind('\n');
  const std::size_t keep = end == std::string::npos ? 0 : end + 1;
  if (keep < text.size()) fs::resize_file(file, keep);
}

}  // namespace

RunFolder::RunFolder(fs::path path, const nlohmann::json& config) : path_(std::move(path)) {
  std::error_code error;
  resumes_ = fs::exists(path_ / "config.json", error);
  if (!resumes_ && fs::exists(path_, error) && !fs::is_directory(path_, error)) {
    throw UsageError(StrCat("run folder ", path_, " is a file, wanted a folder or a new name"));
  }
  if (!resumes_ && fs::exists(path_, error) && !fs::is_empty(path_, error)) {
    throw UsageError(StrCat("run folder ", path_,
                            " holds files but no config.json, wanted a new name, "
                            "an empty folder or a run"));
  }
  fs::create_directories(path_ / "checkpoints", error);
  if (!error) fs::create_directories(path_ / "games", error);
  if (error) throw WorldError(StrCat("cannot create ", path_, ": ", error.message()));
  lock_ = LockFolder(path_);
  try {
    if (resumes_) {
      RequireSameConfig(path_, config);
    } else {
      WriteFileAtomically(path_ / "config.json", config.dump(2) + "\n");
    }
    const fs::path metrics = path_ / "metrics.jsonl";
    if (fs::is_regular_file(metrics)) CutTornLine(metrics);
    metrics_ = ::open(metrics.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (metrics_ < 0) throw WorldError(StrCat("cannot open ", metrics, ": ", std::strerror(errno)));
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

RunFolder::~RunFolder() {
  ::close(metrics_);
  ::close(lock_);
}

void RunFolder::AppendMetrics(const nlohmann::json& line) {
  const std::string text = line.dump() + "\n";
  const ssize_t written = ::write(metrics_, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    throw WorldError(StrCat("cannot write ", path_ / "metrics.jsonl", ": ",
                            written < 0 ? std::strerror(errno) : "the disk is full"));
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
  std::vector<std::int64_t> steps;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run / "checkpoints", error)) {
    const std::string name = entry.path().filename().string();
    if (!name.empty() && name.size() <= 18 &&
        name.find_first_not_of("0123456789") == std::string::npos) {
      steps.push_back(std::stoll(name));
    }
  }
  std::sort(steps.begin(), steps.end());
  return steps;
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
